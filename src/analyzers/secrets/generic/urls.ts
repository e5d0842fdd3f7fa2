import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { Secret } from "../../../core/secret.ts";
import type { Candidate, Finder, Part } from "../candidates.ts";
import { isDocumentation } from "../context.ts";
import { isPlaceholder, looksSecret } from "./values.ts";

/** Addresses with a user's password in them. */
export const UrlMatch = z.strictObject({
  /** What is behind the address, by its scheme in lower case. */
  schemes: z.record(z.string(), z.string()),
});
type UrlMatch = z.infer<typeof UrlMatch>;

const MIN_LENGTH = 5;
/** What follows a scheme's colon; every part has a bound. */
const AUTHORITY =
  /:\/\/([^\s:@/"'`<>\\]{0,100}):([^\s@/"'`<>\\]{3,200})@(\[[\da-f:]{2,40}\]|[^\s/"'`:?,;)\]}>\\]{1,200})/dy;
const SCHEME = /[a-z][a-z\d+.-]{1,30}$/i;

/** Machines of one's own, the usual names of containers beside the program, and names that only manuals use. */
const LOCAL =
  /^(?:localhost|127\.\d|0\.0\.0\.0|\[?::1|host\.docker\.internal$|(?:db|database|postgres|postgresql|mysql|mariadb|redis|mongo|mongodb|rabbitmq|rabbit|broker|cache|queue|proxy|mail|smtp|ldap|elasticsearch|minio)\d*$)|\.(?:local|localhost|test|invalid|example)$|(?:^|\.)example\.\w+$|^(?:host|hostname|server|my-?host|domain)(?:\.(?:com|org|tld))?$/i;

/** True for hosts that nobody else can reach, or that nobody has. */
export function isOwnMachine(host: string): boolean {
  return LOCAL.test(host);
}

/** Finds `scheme://user:password@host`, in any file. */
export function findUrls(rules: readonly Part<UrlMatch>[]): Finder {
  return {
    triggers:
      rules.length === 0
        ? []
        : [
            [
              { text: "://", whole: false },
              { text: "@", whole: false },
            ],
          ],
    find: ({ path, text }) => {
      if (isTestPath(path) || isDocumentation(path)) return [];
      const found: Candidate[] = [];
      for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
        AUTHORITY.lastIndex = at;
        const match = AUTHORITY.exec(text);
        if (match === null) continue;
        const scheme = SCHEME.exec(text.slice(Math.max(0, at - 32), at))?.[0].toLowerCase() ?? "";
        const [, user = "", password = "", host = ""] = match;
        const owner = rules.find((one) => one.match.schemes[scheme] !== undefined);
        if (owner === undefined || !isSecret(user, password, host)) continue;
        const [start, end] = match.indices?.[2] ?? [at, at];
        found.push({
          rule: owner.rule,
          start,
          end,
          secret: new Secret(password),
          values: {
            what: owner.match.schemes[scheme] ?? scheme,
            shown: `${password.length} characters`,
          },
        });
      }
      return found;
    },
  };
}

function isSecret(user: string, password: string, host: string): boolean {
  if (password.length < MIN_LENGTH || password === user || isOwnMachine(host)) return false;
  if (/[{}$%](?![\dA-F]{2})|^<|\bpass(?:word)?\b/i.test(password) || /[{}$]/.test(host + user))
    return false;
  const plain = unescaped(password);
  // A name without a dot is a machine beside this one, as containers have; there only what was made counts.
  if (!/[.:]/.test(host)) return looksSecret(plain, user, "password");
  return !isPlaceholder(plain, user, "fixed");
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
