import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { ownValue } from "../../../core/own-value.ts";
import type { Rule } from "../../../core/rule.ts";
import { Secret } from "../../../core/secret.ts";
import type { Candidate, Part, TextFinder } from "../candidates.ts";
import { isDocumentation } from "../context.ts";
import { isPlaceholder, looksSecret } from "./values.ts";

/** Addresses with a user's password in them. */
export const UrlMatch = z.strictObject({
  /** What is behind the address, by its scheme in lower case. */
  schemes: z.record(z.string(), z.string()),
  /** Names of the password in texts of settings, `host=db user=shop password=...`, and of what stands beside it in them. */
  settings: z.strictObject({
    what: z.string().min(3),
    passwords: z.array(z.string()).min(1),
    hosts: z.array(z.string()).min(1),
    users: z.array(z.string()).min(1),
  }),
});
type UrlMatch = z.infer<typeof UrlMatch>;

const MIN_LENGTH = 5;
const MAX_FOUND = 500;
/** What follows a scheme's colon; every part has a bound. */
const AUTHORITY =
  /:\/\/([^\s:@/"'`<>\\]{0,100}):([^\s@/"'`<>\\]{3,200})@(\[[\da-f:]{2,40}\]|\{[\w.]{1,80}\}|[^\s/"'`:?,;)\]}>\\]{1,200})/dy;
const SCHEME = /[a-z][a-z\d+.-]{1,30}$/i;

/** Machines of one's own, the usual names of containers beside the program, and names that only manuals use. */
const LOCAL =
  /^(?:localhost|127\.\d|0\.0\.0\.0|\[?::1|host\.docker\.internal$|(?:db|database|postgres|postgresql|mysql|mariadb|redis|mongo|mongodb|rabbitmq|rabbit|broker|cache|queue|proxy|mail|smtp|ldap|elasticsearch|minio)\d*$)|\.(?:local|localhost|test|invalid|example)$|(?:^|\.)example\.\w{1,20}$|^(?:host|hostname|server|my-?host|domain)(?:\.(?:com|org|tld))?$/i;

/** True for hosts that nobody else can reach, or that nobody has. */
export function isOwnMachine(host: string): boolean {
  return LOCAL.test(host);
}

/** Finds `scheme://user:password@host`, in any file. */
export function findUrls(rules: readonly Part<UrlMatch>[]): TextFinder {
  const settings = rules.map(({ rule, match }) => toSettings(rule, match.settings));
  return {
    triggers:
      rules.length === 0
        ? []
        : [
            [
              { text: "://", whole: false },
              { text: "@", whole: false },
            ],
            ...rules.flatMap(({ match: { settings } }) =>
              settings.passwords.flatMap((name) =>
                [name, capitalised(name)].map((text) => [{ text: `${text}=`, whole: false }]),
              ),
            ),
          ],
    wants: (path) => !isTestPath(path) && !isDocumentation(path),
    find: ({ text }) => {
      const found = settings.flatMap((one) => inSettings(text, one));
      for (
        let at = text.indexOf("://");
        at >= 0 && found.length < MAX_FOUND;
        at = text.indexOf("://", at + 3)
      ) {
        AUTHORITY.lastIndex = at;
        const match = AUTHORITY.exec(text) ?? tokenOf(text, at);
        if (match === null) continue;
        const scheme = SCHEME.exec(text.slice(Math.max(0, at - 32), at))?.[0].toLowerCase() ?? "";
        const [, user = "", password = "", host = ""] = match;
        const owner = rules.find(({ match: one }) => behindScheme(one, scheme) !== undefined);
        if (owner === undefined || !isSecret(user, password, host)) continue;
        const [start, end] = match.indices?.[2] ?? [at, at];
        found.push({
          rule: owner.rule,
          start,
          end,
          secret: new Secret(password),
          values: {
            what: behindScheme(owner.match, scheme) ?? scheme,
            shown: `${password.length} characters`,
          },
        });
      }
      return found;
    },
  };
}

/** `https://token@host/repository.git`: who clones with a token needs no password. Groups as those of `AUTHORITY`. */
function tokenOf(text: string, at: number): RegExpExecArray | null {
  CLONE.lastIndex = at;
  const match = CLONE.exec(text);
  return match !== null && looksSecret(match[2] ?? "", "token", "generated") ? match : null;
}

const CLONE = /:\/\/()([\w-]{20,200})@([\w.-]{1,200})\/[\w./~-]{1,200}?\.git(?![\w-])/dy;

/** True for a text that is an address with a login, or holds one. */
export function holdsLogin(text: string): boolean {
  AUTHORITY.lastIndex = text.indexOf("://");
  const match = AUTHORITY.lastIndex < 0 ? null : AUTHORITY.exec(text);
  return match !== null && isSecret(match[1] ?? "", match[2] ?? "", match[3] ?? "");
}

/** `postgresql+psycopg2` and `db+postgresql` are spoken to as `postgresql` is. */
function behindScheme({ schemes }: UrlMatch, scheme: string): string | undefined {
  return [scheme, ...scheme.split("+")]
    .map((one) => ownValue(schemes, one))
    .find((one) => one !== undefined);
}

interface Settings {
  readonly rule: Rule;
  readonly what: string;
  readonly password: RegExp;
  readonly host: RegExp;
  readonly user: RegExp;
}

function toSettings(rule: Rule, { what, passwords, hosts, users }: UrlMatch["settings"]): Settings {
  const value = `[^\\s;"'\`{}$%<>]`;
  const entry = (names: readonly string[], flags: string) =>
    new RegExp(`(?<![\\w-])(?:${names.join("|")})\\s?=\\s?(${value}{1,200})`, flags);
  return {
    rule,
    what,
    password: entry(passwords, "dgi"),
    host: entry(hosts, "i"),
    user: entry(users, "i"),
  };
}

/** Passwords in texts of settings: both who logs in and where must stand in the same text. */
function inSettings(text: string, { rule, what, password, host, user }: Settings): Candidate[] {
  const found: Candidate[] = [];
  for (const match of text.matchAll(password)) {
    const [, value = ""] = match;
    const [start, end] = match.indices?.[1] ?? [0, 0];
    const around = textAround(text, start, end);
    const login = user.exec(around)?.[1];
    const machine = host.exec(around)?.[1];
    if (login === undefined || machine === undefined || login === value) continue;
    if (found.length >= MAX_FOUND) break;
    if (value.length < MIN_LENGTH || isOwnMachine(machine) || isPlaceholder(value, login, "fixed"))
      continue;
    const shown = `${value.length} characters`;
    found.push({ rule, start, end, secret: new Secret(value), values: { what, shown } });
  }
  return found;
}

/** The text in quotes, or the line, in which a stretch stands, as far as it is near. */
function textAround(text: string, start: number, end: number): string {
  const before = /[^"'`\n]{0,300}$/.exec(text.slice(Math.max(0, start - NEAR), start))?.[0] ?? "";
  const behind = /^[^"'`\n]{0,300}/.exec(text.slice(end, end + NEAR))?.[0] ?? "";
  return `${before}${text.slice(start, end)}${behind}`;
}

const NEAR = 300;

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function isSecret(user: string, password: string, host: string): boolean {
  if (password.length < MIN_LENGTH || password === user || isOwnMachine(host)) return false;
  if (
    /[{}]|\$(?=[\w{(])|%(?![\dA-F]{2})|^<|\bpass(?:word)?\b/i.test(password) ||
    /[{}$]/.test(user)
  )
    return false;
  const plain = unescaped(password);
  // Where the machine is told elsewhere, only what was made counts.
  if (/^\{[\w.]+\}$/.test(host)) return looksSecret(plain, user, "password");
  if (/[{}$]/.test(host)) return false;
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
