/** Private keys in PEM (RFC 7468) and in the forms that OpenSSH and PGP make of it, with real line ends or written ones. */
import * as z from "zod";
import { Secret } from "../../core/secret.ts";
import type { Candidate, Part, TextFinder } from "./candidates.ts";
import { isPlaceholder } from "./context.ts";

/** Which keys a rule is about: those of a service account in JSON, or all others. */
export const PemMatch = z.enum(["service-account", "other"]);

const BEGIN = "-----BEGIN ";
const HEADER = /-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y;
const FOOTER = /-----END (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y;
/** A key of 16,384 bits has about 13,000 characters; quotes and indentation around its lines may double that. */
const MAX_BODY = 30_000;
/** A key on a small curve has 64 characters of base64 in one line. */
const MIN_KEY = 64;
/** What may stand between the two lines: base64, headers, and what a string in a program puts around lines. */
const BODY = /^[\w+/=\s\\:,.;"'`()$<>#*|-]*$/;
const MAX_FOUND = 500;
/** Google writes the key behind the account's type and two short ids. */
const ACCOUNT_REACH = 600;

export function findPrivateKeys(rules: readonly Part<z.infer<typeof PemMatch>>[]): TextFinder {
  const ruleFor = new Map(rules.map(({ rule, match }) => [match, rule]));
  return {
    triggers: rules.length === 0 ? [] : [[{ text: " PRIVATE KEY", whole: false }]],
    find: ({ text }) => {
      const found: Candidate[] = [];
      for (
        let at = text.indexOf(BEGIN);
        at >= 0 && found.length < MAX_FOUND;
        at = text.indexOf(BEGIN, at + BEGIN.length)
      ) {
        const end = endOfKey(text, at);
        if (end === undefined) continue;
        const isAccount = text
          .slice(Math.max(0, at - ACCOUNT_REACH), at)
          .includes("service_account");
        const rule =
          (isAccount ? ruleFor.get("service-account") : undefined) ?? ruleFor.get("other");
        if (rule === undefined) continue;
        const block = text.slice(at, end);
        const isEncrypted = /ENCRYPTED/.test(block);
        found.push({
          rule,
          start: at,
          end,
          secret: new Secret(block),
          values: { shown: `${end - at} characters${isEncrypted ? ", encrypted" : ""}` },
          // Tests make keys of their own, which open nothing else; an account of a service is one wherever its key stands.
          ...(rule === ruleFor.get("other") && { inTests: "low" }),
          // Whoever has it needs the passphrase too.
          ...(isEncrypted && { severity: "medium" }),
        });
      }
      return found;
    },
  };
}

/** True for a text that begins with a whole private key. */
export function holdsPrivateKey(text: string): boolean {
  return text.startsWith(BEGIN) && endOfKey(text, 0) !== undefined;
}

/** The end of the key that begins here; undefined where no whole key does, as in code that looks for one. */
function endOfKey(text: string, start: number): number | undefined {
  HEADER.lastIndex = start;
  const header = HEADER.exec(text);
  if (header === null) return undefined;
  const bodyStart = start + header[0].length;
  const bodyEnd = text.indexOf("-----", bodyStart);
  if (bodyEnd < 0 || bodyEnd - bodyStart > MAX_BODY) return undefined;
  FOOTER.lastIndex = bodyEnd;
  const footer = FOOTER.exec(text);
  const body = text.slice(bodyStart, bodyEnd);
  if (footer === null || !BODY.test(body)) return undefined;
  const key = keyText(body);
  return key.length < MIN_KEY || isPlaceholder(key) ? undefined : bodyEnd + footer[0].length;
}

/** The base64 text of a body, without headers, whether its line ends are real or written `\n`. */
function keyText(body: string): string {
  const lines = body.split(/\\[nr]|\n/).filter((line) => !line.includes(":"));
  return lines.join("").replace(/[^A-Za-z0-9+/=]/g, "");
}
