import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { PortcullisError } from "../core/errors.ts";

/** What the App is started with: Probot's variables, and a few of our own. Times are in milliseconds. */
export interface Settings {
  readonly appId: number;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly webhookPath: string;
  readonly port: number;
  readonly host: string;
  /** Of the REST API. */
  readonly baseUrl: string;
  readonly logLevel: LogLevel;
  readonly logFormat: "json" | "pretty";
  /** Reviews at the same time. */
  readonly concurrency: number;
  /** For one review. */
  readonly deadline: number;
  /** For one request to GitHub, which itself gives up after ten seconds. */
  readonly requestTimeout: number;
  /** Megabytes for the objects of one review's analysis. */
  readonly memory: number;
  /** How long running reviews may go on after a signal to stop. */
  readonly grace: number;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Throws with the first variable that is missing or wrong. Never repeats a secret. */
export class SettingsError extends PortcullisError {}

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
/** Probot's own, which is in its documentation: whoever knows it could send us anything. */
const DEFAULT_SECRET = "development";

/** Throws `SettingsError`. */
export function readSettings(env: Environment): Settings {
  const { GHE_HOST: host, GHE_PROTOCOL: protocol } = given(env);
  return {
    appId: readAppId(env),
    privateKey: readKey(env),
    webhookSecret: readSecret(env),
    webhookPath: readPath(env),
    port: number(env, "PORT", 3000, { least: 0, most: 65_535 }),
    host: given(env)["HOST"] ?? "localhost",
    baseUrl:
      host === undefined ? "https://api.github.com" : `${protocol ?? "https"}://${host}/api/v3`,
    logLevel: oneOf(env, "LOG_LEVEL", LOG_LEVELS, "info"),
    logFormat: oneOf(env, "LOG_FORMAT", ["json", "pretty"] as const, "json"),
    concurrency: number(env, "PORTCULLIS_CONCURRENCY", 2, { least: 1, most: 100 }),
    deadline: 1_000 * number(env, "PORTCULLIS_DEADLINE_SECONDS", 120, { least: 1, most: 3_600 }),
    requestTimeout:
      1_000 * number(env, "PORTCULLIS_REQUEST_TIMEOUT_SECONDS", 15, { least: 1, most: 600 }),
    memory: number(env, "PORTCULLIS_MEMORY_MB", 1_024, { least: 64, most: 65_536 }),
    grace: 1_000 * number(env, "PORTCULLIS_GRACE_SECONDS", 25, { least: 0, most: 3_600 }),
  };
}

function readAppId(env: Environment): number {
  const text = given(env)["APP_ID"];
  if (text === undefined) {
    throw new SettingsError("APP_ID is missing", {
      hint: "It stands on the page of your GitHub App. No App yet? `npm run setup` makes one from app.yml.",
    });
  }
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new SettingsError("APP_ID is not a number", {
      hint: "Give the App's id, not its client id or its name.",
    });
  return Number(text);
}

function readSecret(env: Environment): string {
  const secret = given(env)["WEBHOOK_SECRET"];
  const hint =
    "Set a long random text, the same as on the page of your GitHub App: `openssl rand -hex 32`.";
  if (secret === undefined) throw new SettingsError("WEBHOOK_SECRET is missing", { hint });
  if (secret === DEFAULT_SECRET)
    throw new SettingsError("WEBHOOK_SECRET is the default, which everybody knows", { hint });
  return secret;
}

function readKey(env: Environment): string {
  const { PRIVATE_KEY: text, PRIVATE_KEY_PATH: path } = given(env);
  if (text !== undefined) return toPem("PRIVATE_KEY", text);
  if (path === undefined) {
    throw new SettingsError("PRIVATE_KEY or PRIVATE_KEY_PATH is missing", {
      hint: "Generate a key on the page of your GitHub App, and give the path of the .pem file.",
    });
  }
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch {
    throw new SettingsError(`PRIVATE_KEY_PATH: cannot read ${path}`, {
      hint: "Give the path of the .pem file that GitHub made for your App.",
    });
  }
  return toPem("PRIVATE_KEY_PATH", content);
}

/** Takes what Probot takes: PEM, PEM in one line or with `\n` spelled out, and base64 of it. */
function toPem(name: string, text: string): string {
  const trimmed = text.trim();
  const decoded = /^[A-Za-z0-9+/\s]+=*$/.test(trimmed)
    ? Buffer.from(trimmed, "base64").toString()
    : trimmed;
  const [, label = "", body = ""] =
    /-----BEGIN ([A-Z ]*PRIVATE KEY)-----([\s\S]*?)-----END/.exec(
      decoded.replaceAll("\\n", "\n"),
    ) ?? [];
  const lines = body.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  try {
    const pem = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join("\n");
    return createPrivateKey(pem).export({ type: "pkcs8", format: "pem" }).toString();
  } catch {
    throw new SettingsError(`${name} is not a private key`, {
      hint: "Give the .pem file that GitHub made for your App, unchanged.",
    });
  }
}

function readPath(env: Environment): string {
  const path = given(env)["WEBHOOK_PATH"] ?? "/api/github/webhooks";
  if (/^\/[^?#\s]*$/.test(path)) return path;
  throw new SettingsError("WEBHOOK_PATH is not a path", { hint: "Give one that begins with /." });
}

function number(
  env: Environment,
  name: string,
  otherwise: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const text = given(env)[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SettingsError(`${name} is not a number from ${least} to ${most}`, {
    hint: `Leave it out for ${otherwise}.`,
  });
}

function oneOf<const T extends string>(
  env: Environment,
  name: string,
  values: readonly T[],
  otherwise: T,
): T {
  const text = given(env)[name];
  if (text === undefined) return otherwise;
  const value = values.find((one) => one === text.toLowerCase());
  if (value !== undefined) return value;
  throw new SettingsError(`${name} is none of ${values.join(", ")}`, {
    hint: `Leave it out for ${otherwise}.`,
  });
}

/** Empty variables are as good as none: that is how many tools write "not set". */
function given(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value?.trim() === "" ? undefined : value]),
  );
}
