import * as z from "zod";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { alternativesOf, argument, type CallObservation, type Value } from "../python/index.ts";
import { analyzer, type FileUnit, isPython, type Prepared } from "./analyzer.ts";
import { NameIndex, triggerOf } from "./names.ts";
import { normalise } from "./subject.ts";
import { passes, ValueTest } from "./value-test.ts";

const Place = z.union([z.number().int().min(0), z.string().min(1)]);

/** Calls of these functions whose arguments pass all of the tests. */
const CallMatch = z.strictObject({
  calls: z.array(z.string().min(1)).min(1),
  where: z
    .array(
      ValueTest.extend({
        argument: z.union([Place, z.array(Place)]).describe("By position, by keyword, or either."),
      }),
    )
    .default([]),
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
    triggers: rules.flatMap((rule) => rule.match.calls.map(triggerOf)),
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
        if (
          !rule.match.where.every((test) => passes(test, argumentAt(call, test.argument)) === true)
        )
          continue;
        const { file, node } = call.site;
        const key = `${rule.id} ${node.lineno}:${node.col_offset}`;
        found.set(key, {
          ruleId: rule.id,
          ...file.location(node),
          subject: normalise(file.source(node)),
          values: { call: shownName(name) },
        });
      }
    }
  }
  return [...found.values()];
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
