import type { Rule } from "../../../core/rule.ts";
import { Secret } from "../../../core/secret.ts";
import type { Candidate } from "../candidates.ts";
import { milder } from "../context.ts";
import { decoded } from "./formats.ts";
import type { NamePattern } from "./names.ts";
import { isPlaceholder, looksSecret, type Shape } from "./values.ts";

/** Names that mean the same: what they stand for, and how it must look. */
export interface Group {
  readonly rule: Rule;
  readonly what: string;
  readonly opens: string;
  readonly pattern: NamePattern;
  readonly shape: Shape;
  readonly severity?: Candidate["severity"];
}

export function groupOf(groups: readonly Group[], name: string): Group | undefined {
  return groups.find((group) => group.pattern.matches(name));
}

/** Who a password is for, and where: names that stand beside it. */
export const USERS = ["user", "username", "login", "email"];
export const HOSTS = ["host", "hostname", "server", "address", "url"];

/** What builds and tests: its services live as long as it runs. */
const CI =
  /(?:^|\/)\.(?:github|gitlab|circleci|ci|devcontainer|azure[\w-]{0,40}|buildkite)\/|(?:^|\/)(?:\.gitlab-ci|\.travis|azure-pipelines|bitbucket-pipelines|appveyor|\.drone|cloudbuild)\.ya?ml$/i;

/** A header's value: its scheme, and what proves who calls. */
export const HEADER = /^(?:Bearer|Token|Basic|ApiKey|JWT)\s+(\S{8,1000})$/i;
/** The same with a scheme that only one service has: `GenieKey ...`, `SSWS ...`. */
const OWN_SCHEME = /^[A-Za-z][\w-]{1,30}\s+(?:token=)?"?([^\s"]{16,1000})"?$/;
const AUTHORIZATION = /authorization$/i;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** True where a text that has a name looks like a secret, or is a header that holds one. */
export function isSecretText(name: string, value: string, shape: Shape): boolean {
  const header =
    HEADER.exec(value)?.[1] ?? (AUTHORIZATION.test(name) ? OWN_SCHEME.exec(value)?.[1] : undefined);
  if (header !== undefined) {
    if (UUID.test(header) && AUTHORIZATION.test(name)) return !isPlaceholder(header, name, shape);
    const login = /^Basic/i.test(value) ? decoded(header)?.split(":")[1] : undefined;
    return login === undefined
      ? looksSecret(header, name, "generated")
      : looksSecret(login, name, "password");
  }
  return looksSecret(value, name, shape);
}

/** A stretch that a name gives away. */
export function candidate(
  { rule, what, opens, severity }: Group,
  path: string,
  name: string,
  value: string,
  [start, end]: readonly [number, number],
): Candidate {
  return {
    rule,
    start,
    end,
    secret: new Secret(value),
    values: { what, opens, name: name.slice(0, 80), shown: `${value.length} characters` },
    ...(CI.test(path) ? { severity: milder(severity ?? rule.severity) } : severity && { severity }),
  };
}
