import { createHash } from "node:crypto";
import * as z from "zod";
import { isTestPath } from "../core/config.ts";
import { lineStarts, toRegion } from "../core/edits.ts";
import type { RawFinding, Severity } from "../core/finding.ts";
import { severities } from "../core/finding.ts";
import { githubChecksum } from "../core/github-checksum.ts";
import type { Rule } from "../core/rule.ts";
import { analyzer, type FileUnit, type Prepared } from "./analyzer.ts";

/** A token format. Patterns are anchored at `keyword`, so only the neighbourhood of a keyword is ever matched. */
const SecretMatch = z.strictObject({
  /** Literal texts of which each secret holds one. */
  keywords: z.array(z.string().min(2)).min(1),
  /** Matches the whole secret; the named group `secret`, where there is one, is what must not be shown. Must be linear. */
  pattern: z.string().min(3).refine(isPattern, "must be a regular expression of JavaScript"),
  check: z.enum(["none", "github-crc32", "pem"]).default("none"),
  /** Bits a character, as a floor against placeholders. */
  entropy: z.number().min(0).default(0),
});
type SecretMatch = z.infer<typeof SecretMatch>;

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "dy").source !== "";
  } catch {
    return false;
  }
}

/** Keys and tokens in any text file, told by their format. Their text never leaves this file. */
export const secrets = analyzer({
  kind: "secret",
  match: SecretMatch,
  examplePath: "example.py",
  prepare,
});

/** How far a secret may reach from its keyword: a private key of 16,384 bits has about 13,000 characters. */
const REACH = 16_000;
const MAX_PER_FILE = 200;
const NO_SECRETS_IN =
  /(?:^|\/)(?:node_modules|\.git)\/|\.(?:map|min\.js|svg|lock)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml)$/;
/** The clearest signs that a text of the right form is not a secret. */
const PLACEHOLDER = /(.)\1{5}|x{4}|EXAMPLE|0123456789|1234567890|abcdefgh/i;

function prepare(rules: readonly Rule<SecretMatch>[]): Prepared {
  const compiled = rules.map((rule) => ({ rule, pattern: new RegExp(rule.match.pattern, "dy") }));
  return {
    triggers: rules.flatMap((rule) => rule.match.keywords.map((text) => [{ text, whole: false }])),
    wants: (path) => !NO_SECRETS_IN.test(path),
    inspect: (unit) => compiled.flatMap(({ rule, pattern }) => inspect(unit, rule, pattern)),
  };
}

function inspect(unit: FileUnit, rule: Rule<SecretMatch>, pattern: RegExp): RawFinding[] {
  const found = new Map<number, RawFinding>();
  let starts: number[] | undefined;
  for (const keyword of rule.match.keywords.filter((word) => unit.words.has(word))) {
    for (
      let at = unit.text.indexOf(keyword);
      at >= 0 && found.size < MAX_PER_FILE;
      at = unit.text.indexOf(keyword, at + keyword.length)
    ) {
      const from = Math.max(0, at - 100);
      const near = unit.text.slice(from, at + REACH);
      const match = firstCovering(pattern, near, at - from);
      if (match === undefined) continue;
      const [start, end] = match.indices?.groups?.["secret"] ?? [
        match.index,
        match.index + match[0].length,
      ];
      const secret = near.slice(start, end);
      if (found.has(from + start) || !isReal(rule.match, secret)) continue;
      starts ??= lineStarts(unit.text);
      const region = toRegion(starts, from + start, from + end);
      found.set(from + start, {
        ruleId: rule.id,
        path: unit.path,
        region,
        subject: createHash("sha256")
          .update(secret.replace(/\\n|\s/g, ""))
          .digest("hex"),
        values: { prefix: keyword.slice(0, 4), length: String(secret.length) },
        secrets: [region],
        ...(isTestPath(unit.path) && { severity: milder(rule.severity) }),
      });
      at = Math.max(at, from + end - keyword.length);
    }
  }
  return [...found.values()];
}

/** The match that holds the keyword. Only what begins at it or a little before is tried: decoys are cheap to write. */
function firstCovering(pattern: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  for (let start = 0; start <= offset; start++) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match !== null && start + match[0].length > offset) return match;
  }
  return undefined;
}

function milder(severity: Severity): Severity {
  return severities[Math.min(severities.indexOf(severity) + 1, severities.length - 1)] ?? severity;
}

function isReal(match: SecretMatch, secret: string): boolean {
  if (match.check === "pem") return pemBody(secret).length >= 64;
  if (PLACEHOLDER.test(secret) || entropy(secret) < match.entropy) return false;
  return (
    match.check !== "github-crc32" || githubChecksum(secret.slice(-36, -6)) === secret.slice(-6)
  );
}

/** The base64 text between the two lines of a PEM block, whether its line ends are real or written `\n`. */
function pemBody(block: string): string {
  const body = /-----[\s\S]*?-----([\s\S]*)-----END/.exec(block)?.[1] ?? "";
  return body.replace(/\\n|\\r|^.*:.*$/gm, "").replace(/[^A-Za-z0-9+/=]/g, "");
}

/** Shannon's entropy of a text in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}
