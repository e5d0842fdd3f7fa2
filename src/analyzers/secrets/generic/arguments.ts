import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { lineStarts } from "../../../core/edits.ts";
import type { Models } from "../../../core/models.ts";
import type { Rule } from "../../../core/rule.ts";
import { Secret } from "../../../core/secret.ts";
import {
  alternativesOf,
  asString,
  Bytes,
  type CallObservation,
  isKind,
  type ModuleFile,
  type Placed,
  type Value,
  type WrittenArgument,
} from "../../../python/index.ts";
import { isPython } from "../../analyzer.ts";
import { ArgumentTest, passesArgument } from "../../argument-test.ts";
import { NameIndex, triggerOf } from "../../names.ts";
import { argumentAt, calleeNames } from "../../observed-call.ts";
import { mayPass, useOfCall, useOfStore, writtenAt } from "../../uses.ts";
import type { Candidate, Finder, Part } from "../candidates.ts";
import { isDocumentation } from "../context.ts";
import { isOwnMachine } from "./urls.ts";
import { isPlaceholder } from "./values.ts";

const Place = z.union([z.number().int().min(0), z.string().min(1)]);

/** Arguments that are keys by what the function does with them, whatever they look like and are called. */
export const ArgumentMatch = z.array(
  z.strictObject({
    /** What it is, as a noun with its article. */
    what: z.string().min(3),
    /** What whoever reads it does, as a verb with its object. */
    opens: z.string().min(3),
    calls: z.array(z.string().min(1)).min(1),
    argument: z.array(Place).min(1),
    /** Only in calls whose arguments pass these tests. */
    where: z.array(ArgumentTest).default([]),
    /** Which argument names the machine: what logs in on one's own is no secret. */
    host: z.array(Place).default([]),
    /** Where the argument is a whole login: the form of one, with the groups `password` and `host`. */
    login: z
      .string()
      .refine((form) => form.includes("(?<password>") && form.includes("(?<host>"), {
        error: "has no groups (?<password>…) and (?<host>…)",
      })
      .optional(),
    /** False where nobody logs in with a text that stands in for one; whoever reads it can sign with it all the same. */
    placeholders: z.boolean().default(true),
  }),
);
type ArgumentMatch = z.infer<typeof ArgumentMatch>;

/** Finds keys that are written out, or kept in a constant of the tree, and then used as keys. */
export function findArguments(rules: readonly Part<ArgumentMatch>[], models: Models): Finder {
  const index = new NameIndex<{ rule: Rule; match: ArgumentMatch[number] }>();
  for (const { rule, match: matches } of rules)
    for (const match of matches) for (const name of match.calls) index.add(name, { rule, match });
  const triggers = rules.flatMap((one) =>
    one.match.flatMap((match) => {
      const given = (written: readonly WrittenArgument[]) =>
        match.where.every((test) => mayPass(test, written)) &&
        (written.some((argument) => argument.spread !== undefined) ||
          writtenAt(written, match.argument) !== undefined);
      return match.calls.map((call) =>
        triggerOf(
          call,
          models,
          call.endsWith("=")
            ? useOfStore(call.slice(0, -1), { data: false })
            : useOfCall(call, models, given),
        ),
      );
    }),
  );
  return {
    triggers,
    wants: (path) => isPython(path) && !isTestPath(path) && !isDocumentation(path),
    find: (unit) => {
      // Other finders' words brought most files here, and running a file costs more than all else.
      if (!triggers.some((trigger) => unit.triggers.has(trigger))) return [];
      const python = unit.python();
      const found = new Map<number, Candidate>();
      let starts: number[] | undefined;
      for (const call of python?.calls ?? []) {
        for (const { rule, match } of calleeNames(call).flatMap((name) => index.find(name))) {
          const value = argumentAt(call, match.argument);
          for (const { text, written, file, node } of literalsOf(value)) {
            // A constant of another file is found where that file uses it, or by its name.
            if (file !== python?.file) continue;
            const secret = secretIn(text, written, match, call);
            if (secret === undefined) continue;
            starts ??= lineStarts(unit.text);
            const region = file.region(node);
            const start = (starts[region.startLine - 1] ?? 0) + region.startColumn - 1;
            const end = (starts[region.endLine - 1] ?? 0) + region.endColumn;
            const shown = `${secret.length} characters`;
            const values = { what: match.what, opens: match.opens, shown };
            // Of a login only the password is one, where it stands as it is.
            const inside = secret === written ? -1 : unit.text.slice(start, end).indexOf(secret);
            found.set(start, {
              rule,
              start: inside < 0 ? start : start + inside,
              end: inside < 0 ? end : start + inside + secret.length,
              secret: new Secret(secret),
              values,
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

/** The secret that an argument is, or holds; `text` is what it comes to, `written` what stands in the file. */
function secretIn(
  text: string,
  written: string,
  match: ArgumentMatch[number],
  call: CallObservation,
): string | undefined {
  if (PUBLIC.test(text) || !match.where.every((test) => isGiven(test, call))) return undefined;
  if (match.placeholders) return written;
  const login = match.login === undefined ? undefined : new RegExp(match.login).exec(text)?.groups;
  if (match.login !== undefined && login === undefined) return undefined;
  const host =
    login?.["host"] ??
    (match.host.length === 0 ? undefined : asString(argumentAt(call, match.host)));
  const secret = login?.["password"] ?? written;
  return secret.length >= MIN_PASSWORD &&
    !isPlaceholder(secret, "", "fixed") &&
    secret !== login?.["user"] &&
    !(host !== undefined && isOwnMachine(host))
    ? secret
    : undefined;
}

/** Shorter texts are words for nothing: `""`, `x`, `...`. */
const MIN_PASSWORD = 4;

function isGiven(test: ArgumentTest, call: CallObservation): boolean {
  return passesArgument(test, argumentAt(call, test.argument)) === true;
}

interface Literal {
  /** What it comes to, as far as that is known. */
  readonly text: string;
  /** What stands between the quotes: hexadecimal or base64 digits where the code decodes them. */
  readonly written: string;
  readonly file: ModuleFile;
  readonly node: Placed;
}

/** The texts that a value may be, where they stand as one literal: `"..."`, `b"..."`, `"...".encode()`. */
function literalsOf(value: Value | undefined): Literal[] {
  if (value === undefined) return [];
  return alternativesOf(value).flatMap((one) => {
    const isBytes = one.kind === "constant" && one.value instanceof Bytes;
    const text = isBytes ? (one.value as Bytes).text : asString(one);
    const node = one.site === undefined ? undefined : literalAt(one.site.node);
    if (one.site === undefined || node === undefined) return [];
    const written = isKind(node, "Constant") && typeof node.value === "string" ? node.value : text;
    return written === undefined || written === "" || text === ""
      ? []
      : [{ text: text ?? written, written, file: one.site.file, node }];
  });
}

/** What the standard library has to make bytes of a text of digits; a key is no less written out for it. */
const DECODERS = new Set([
  "fromhex",
  "unhexlify",
  "a2b_hex",
  "b16decode",
  "b32decode",
  "b64decode",
  "standard_b64decode",
  "urlsafe_b64decode",
  "a2b_base64",
]);

function literalAt(node: Placed): Placed | undefined {
  if (isKind(node, "Constant")) return node;
  if (!isKind(node, "Call")) return undefined;
  const { func, args } = node;
  const name = isKind(func, "Name") ? func.id : isKind(func, "Attribute") ? func.attr : "";
  const text =
    isKind(func, "Attribute") && name === "encode"
      ? func.value
      : name === "bytes" || DECODERS.has(name)
        ? args[0]
        : undefined;
  return text !== undefined && isKind(text, "Constant") ? text : undefined;
}
