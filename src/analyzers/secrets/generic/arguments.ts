import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { lineStarts } from "../../../core/edits.ts";
import type { Rule } from "../../../core/rule.ts";
import { Secret } from "../../../core/secret.ts";
import { alternativesOf, argument, asString, Bytes, type Value } from "../../../python/index.ts";
import { isPython } from "../../analyzer.ts";
import { calleeNames } from "../../calls.ts";
import { NameIndex, triggerOf } from "../../names.ts";
import type { Candidate, Finder, Part } from "../candidates.ts";
import { isDocumentation } from "../context.ts";

const Place = z.union([z.number().int().min(0), z.string().min(1)]);

/** Arguments that are keys by what the function does with them, whatever they look like and are called. */
export const ArgumentMatch = z.array(
  z.strictObject({
    /** What it is, as a noun with its article. */
    what: z.string().min(3),
    calls: z.array(z.string().min(1)).min(1),
    argument: z.array(Place).min(1),
  }),
);
type ArgumentMatch = z.infer<typeof ArgumentMatch>;

/** Finds keys that are written out, or kept in a constant of the tree, and then used as keys. */
export function findArguments(rules: readonly Part<ArgumentMatch>[]): Finder {
  const index = new NameIndex<{ rule: Rule; match: ArgumentMatch[number] }>();
  for (const { rule, match: matches } of rules)
    for (const match of matches) for (const name of match.calls) index.add(name, { rule, match });
  const triggers = rules.flatMap((one) =>
    one.match.flatMap((match) => match.calls.map((call) => triggerOf(call))),
  );
  return {
    triggers,
    find: (unit) => {
      // Other finders' words brought most files here, and running a file costs more than all else.
      if (!triggers.some((words) => words.every(({ text }) => unit.words.has(text)))) return [];
      if (!isPython(unit.path) || isTestPath(unit.path) || isDocumentation(unit.path)) return [];
      const python = unit.python();
      const found = new Map<number, Candidate>();
      let starts: number[] | undefined;
      for (const call of python?.calls ?? []) {
        for (const { rule, match } of calleeNames(call).flatMap((name) => index.find(name))) {
          const value = argument(call.arguments, ...match.argument);
          for (const { text, site } of literalsOf(value)) {
            // A constant of another file is found where that file uses it, or by its name.
            if (site.file !== python?.file || PUBLIC.test(text)) continue;
            starts ??= lineStarts(unit.text);
            const region = site.file.region(site.node);
            const start = (starts[region.startLine - 1] ?? 0) + region.startColumn - 1;
            const end = (starts[region.endLine - 1] ?? 0) + region.endColumn;
            found.set(start, {
              rule,
              start,
              end,
              secret: new Secret(text),
              values: { what: match.what, shown: `${text.length} characters` },
            });
          }
        }
      }
      return [...found.values()];
    },
  };
}

/** What checks a signature may be known to everybody. */
const PUBLIC = /^\s*(?:-----BEGIN (?:RSA )?PUBLIC|-----BEGIN CERT|ssh-(?:rsa|ed25519) )/;

interface Literal {
  readonly text: string;
  readonly site: NonNullable<Value["site"]>;
}

/** The texts that a value may be, where they stand as one literal. */
function literalsOf(value: Value | undefined): Literal[] {
  if (value === undefined) return [];
  return alternativesOf(value).flatMap((one) => {
    const isBytes = one.kind === "constant" && one.value instanceof Bytes;
    const text = isBytes ? (one.value as Bytes).text : asString(one);
    const { site } = one;
    const isLiteral = site?.node.nodeType === "Constant";
    return text === undefined || text === "" || site === undefined || !isLiteral
      ? []
      : [{ text, site }];
  });
}
