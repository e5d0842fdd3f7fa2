/** What a token's own text must say of it beyond its form: checksums and payloads. Nothing is asked of anyone. */
import { Buffer } from "node:buffer";
import * as z from "zod";
import type { Confidence, Severity } from "../../core/finding.ts";
import { githubChecksum, gitlabChecksum } from "../../core/token-checksums.ts";
import { holdsPrivateKey } from "./pem.ts";

/** What a check makes of a token that passes: what may be said of it, and how sure that is. */
export interface Verdict {
  /** For the message, behind the format's name. */
  readonly note?: string;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
}

/** Undefined where the text is no secret after all. */
type Check = (secret: string) => Verdict | undefined;

const OK: Verdict = {};

/** The names that rules use. */
export const checkNames = [
  "none",
  "github-crc32",
  "npm-crc32",
  "gitlab-crc32",
  "jwt",
  "base64-jwt",
  "aws-key-id",
  "base64-json",
  "base64-pem",
] as const;
export type CheckName = (typeof checkNames)[number];

export const checks: Readonly<Record<CheckName, Check>> = {
  none: () => OK,
  "github-crc32": (token) => verified(githubChecksum(token.slice(-36, -6)) === token.slice(-6)),
  // GitHub announced the same scheme for npm, but no specification says so: a wrong sum makes it less sure, no more.
  "npm-crc32": (token) =>
    githubChecksum(token.slice(-36, -6)) === token.slice(-6)
      ? { note: "checksum right" }
      : { confidence: "medium" },
  // Not held against real tokens of all versions: a wrong sum makes it less sure, no more.
  "gitlab-crc32": (token) =>
    gitlabChecksum(token.slice(0, -7)) === token.slice(-7)
      ? { note: "checksum right" }
      : { confidence: "medium" },
  jwt,
  // Kubernetes and environment variables hold tokens like this.
  "base64-jwt": (text) => jwt(Buffer.from(text, "base64").toString("latin1")),
  "aws-key-id": (id) => ({ note: `account ${awsAccount(id)}` }),
  "base64-json": (token) =>
    decodedObject(token.replace(/^[a-z]+_/, "").split(/[._]/)[0] ?? "") === undefined
      ? undefined
      : OK,
  "base64-pem": (text) =>
    holdsPrivateKey(Buffer.from(text, "base64").toString("latin1")) ? OK : undefined,
};

function verified(right: boolean): Verdict | undefined {
  return right ? { note: "checksum right" } : undefined;
}

const Header = z.looseObject({ alg: z.string() });
const Claims = z.looseObject({
  sub: z.unknown().optional(),
  name: z.unknown().optional(),
  role: z.unknown().optional(),
  iat: z.unknown().optional(),
  exp: z.unknown().optional(),
});
/** Seconds. What was valid for no longer is over before anybody finds it in a repository. */
const SHORT_LIFE = 86_400;

/** RFC 7519: three parts in base64url, the first two JSON objects, the header naming an algorithm. */
function jwt(token: string): Verdict | undefined {
  const [head = "", body = "", signature = ""] = token.split(".");
  const header = Header.safeParse(decodedObject(head));
  if (!header.success || header.data.alg.toLowerCase() === "none" || signature.length < 20)
    return undefined;
  // The payload of an encrypted token (five parts) is no JSON, and nobody can use a part of one.
  const claims = Claims.safeParse(decodedObject(body));
  if (!claims.success) return undefined;
  const { sub, name, role, iat, exp } = claims.data;
  // The sample of jwt.io, copied into thousands of tests and documents.
  if (String(sub) === "1234567890" || name === "John Doe") return undefined;
  if (typeof iat === "number" && typeof exp === "number" && exp - iat <= SHORT_LIFE)
    return undefined;
  // Supabase's key for browsers is a token with this role, and public.
  if (role === "anon") return undefined;
  if (role === "service_role") return { severity: "critical", note: "a service role's" };
  return OK;
}

function decodedObject(base64: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    const object = z.record(z.string(), z.unknown()).safeParse(value);
    return object.success ? object.data : undefined;
  } catch {
    return undefined;
  }
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The account in which an AWS access key was made: 40 bits from the second of the id's base32 body on. The number is no secret.
 * Source: https://awsteele.com/blog/2020/09/26/aws-access-key-format.html
 */
function awsAccount(id: string): string {
  let bits = 0n;
  for (const char of id.slice(4, 14)) bits = bits * 32n + BigInt(Math.max(0, BASE32.indexOf(char)));
  // Ten characters are 50 bits: the first 48 are the six bytes that hold the number, shifted by seven.
  const account = ((bits >> 2n) & 0x7fffffffff80n) >> 7n;
  return String(account).padStart(12, "0");
}
