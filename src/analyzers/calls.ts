import * as z from "zod";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { alternativesOf, argument, type CallObservation, type Value } from "../python/index.ts";
import { analyzer, type FileUnit, isPython, type Prepared, type Trigger } from "./analyzer.ts";
import { ArgumentTest, passesArgument } from "./argument-test.ts";
import { CallFix, proposeFix } from "./call-fix.ts";
import { importsPackage } from "./imports.ts";
import { NameIndex, triggerOf } from "./names.ts";
import { normalise } from "./subject.ts";

/** Calls of these functions whose arguments pass all of the tests. */
const CallMatch = z.strictObject({
  calls: z.array(z.string().min(1)).min(1),
  where: z.array(ArgumentTest).default([]),
  /** Lists of tests of which one must pass as a whole too. */
  either: z.array(z.array(ArgumentTest).min(1)).default([]),
  /** Only in files that import one of these packages: for methods that are known by their name alone. */
  importing: z.array(z.string().min(1)).default([]),
  fix: CallFix.optional(),
});
type CallMatch = z.infer<typeof CallMatch>;

/** Calls that are dangerous by what they call and with which arguments. */
export const calls = analyzer({
  kind: "call",
  match: CallMatch,
  examplePath: "example.py",
  prepare,
});

function prepare(rules: readonly Rule<CallMatch>[]): Prepared {
  const index = new NameIndex<Rule<CallMatch>>();
  for (const rule of rules) for (const name of rule.match.calls) index.add(name, rule);
  return {
    triggers: rules.flatMap((rule) => triggersOf(rule.match)),
    wants: isPython,
    inspect: (unit) => inspect(unit, index),
  };
}

function inspect(unit: FileUnit, index: NameIndex<Rule<CallMatch>>): RawFinding[] {
  const found = new Map<string, RawFinding>();
  const python = unit.python();
  for (const call of python?.calls ?? []) {
    if (call.site.file !== python?.file) continue;
    for (const name of calleeNames(call)) {
      for (const rule of index.find(name)) {
        if (!fits(rule.match, call)) continue;
        const { file, node } = call.site;
        const key = `${rule.id} ${node.lineno}:${node.col_offset}`;
        if (found.has(key)) continue;
        const fix = rule.match.fix && proposeFix(rule.match.fix, call);
        found.set(key, {
          ruleId: rule.id,
          ...file.location(node),
          subject: normalise(file.source(node)),
          values: { call: shownName(name) },
          ...(fix !== undefined && { fix }),
        });
      }
    }
  }
  return [...found.values()];
}

/** The words of each name, and of one of the packages that the file has to import where the rule says so. */
function triggersOf({ calls: names, importing }: CallMatch): Trigger[] {
  return names.flatMap((name) =>
    importing.length === 0
      ? [triggerOf(name)]
      : importing.map((text) => [...triggerOf(name), { text, whole: true }]),
  );
}

function fits(match: CallMatch, call: CallObservation): boolean {
  const pass = (tests: readonly ArgumentTest[]) =>
    tests.every((test) => passesArgument(test, argumentAt(call, test.argument)) === true);
  return (
    pass(match.where) &&
    (match.either.length === 0 || match.either.some(pass)) &&
    (match.importing.length === 0 ||
      match.importing.some((name) => importsPackage(call.site.file, name)))
  );
}

/** The qualified names that a call's callee may have. */
export function calleeNames(call: CallObservation): string[] {
  return alternativesOf(call.callee).flatMap((callee) =>
    callee.kind === "symbol" ? [callee.name] : [],
  );
}

/** A qualified name as a person would write it. */
export function shownName(name: string): string {
  return name
    .replace(/^(?:builtins|\?)\./, "")
    .replaceAll("()", "")
    .replaceAll("[]", "");
}

/** The argument that a rule names; undefined when it is not given. */
export function argumentAt(
  call: CallObservation,
  places: number | string | readonly (number | string)[],
): Value | undefined {
  return argument(call.arguments, ...(typeof places === "object" ? places : [places]));
}
