/** What several rules say of one flaw, of which one is told. */
import type { RawFinding, Region, Step } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";

/**
 * The findings of a file without those that yield to another: one of a rule that says more, about the same place or about one that
 * the data goes through on its way here. Who mends that has mended both.
 */
export function toldOnce(
  found: readonly RawFinding[],
  rules: ReadonlyMap<string, Rule>,
): readonly RawFinding[] {
  if (found.length < 2) return found;
  const byRule = new Map<string, RawFinding[]>();
  for (const one of found) byRule.set(one.ruleId, [...(byRule.get(one.ruleId) ?? []), one]);
  return found.filter((finding) => {
    const yieldsTo = rules.get(finding.ruleId)?.["yields-to"] ?? [];
    return !yieldsTo.some((id) => byRule.get(id)?.some((other) => says(other, finding)));
  });
}

/** True where a finding tells of the same flaw as another. */
function says(finding: RawFinding, other: RawFinding): boolean {
  if (isWithin(finding.region, other.region) && isWithin(other.region, finding.region)) return true;
  const [source] = finding.trace ?? [];
  const [first, ...steps] = other.trace?.slice(0, -1) ?? [];
  if (first === undefined) return false;
  const goesThrough = (step: Step) =>
    step.path === finding.path && isWithin(step.region, finding.region);
  // What is no flow itself may be where one begins, or a part of that.
  if (source === undefined)
    return first.path === finding.path && isWithin(finding.region, first.region);
  return isSamePlace(source, first) && steps.some(goesThrough);
}

function isSamePlace(one: Step, other: Step): boolean {
  return (
    one.path === other.path &&
    isWithin(one.region, other.region) &&
    isWithin(other.region, one.region)
  );
}

function isWithin(inner: Region, outer: Region): boolean {
  return (
    isBefore(outer.startLine, outer.startColumn, inner.startLine, inner.startColumn) &&
    isBefore(inner.endLine, inner.endColumn, outer.endLine, outer.endColumn)
  );
}

/** True for a position in a file that is not behind another. */
function isBefore(line: number, column: number, otherLine: number, otherColumn: number): boolean {
  return line < otherLine || (line === otherLine && column <= otherColumn);
}
