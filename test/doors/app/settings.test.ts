import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readSettings, SettingsError } from "../../../src/app/index.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";

const pem = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
}).privateKey;
const GOOD = { APP_ID: "4711", PRIVATE_KEY: pem, WEBHOOK_SECRET: "long and random" };

it("are Probot's, with defaults that hold without a proxy", () => {
  expect(readSettings(GOOD)).toMatchObject({
    appId: 4711,
    webhookPath: "/api/github/webhooks",
    port: 3000,
    host: "localhost",
    baseUrl: "https://api.github.com",
    logLevel: "info",
    logFormat: "json",
    concurrency: 2,
    deadline: 120_000,
  });
});

it("lead to a GitHub Enterprise Server", () => {
  const at = (env: Record<string, string>) => readSettings({ ...GOOD, ...env }).baseUrl;
  expect(at({ GHE_HOST: "git.example.org" })).toBe("https://git.example.org/api/v3");
  expect(at({ GHE_HOST: "git:8080", GHE_PROTOCOL: "http" })).toBe("http://git:8080/api/v3");
});

describe("the private key", () => {
  const { privateKey } = readSettings(GOOD);
  let path = "";
  beforeAll(async () => {
    path = join(await temporaryFolder(), "app.pem");
    await writeFile(path, pem);
  });

  it.each([
    ["in one line", pem.trim().replaceAll("\n", " ")],
    ["with \\n spelled out", pem.replaceAll("\n", "\\n")],
    ["in base64", Buffer.from(pem).toString("base64")],
    ["as PKCS #8", privateKey],
  ])("may come %s", (_, text) => {
    expect(readSettings({ ...GOOD, PRIVATE_KEY: text }).privateKey).toBe(privateKey);
  });

  it("may come from a file", () => {
    const settings = readSettings({ ...GOOD, PRIVATE_KEY: "", PRIVATE_KEY_PATH: path });
    expect(settings.privateKey).toBe(privateKey);
  });
});

it.each([
  [{ APP_ID: "" }, "APP_ID is missing"],
  [{ APP_ID: "Iv1.abc" }, "APP_ID is not a number"],
  [{ WEBHOOK_SECRET: " " }, "WEBHOOK_SECRET is missing"],
  [{ WEBHOOK_SECRET: "development" }, "WEBHOOK_SECRET is the default"],
  [{ PRIVATE_KEY: "" }, "PRIVATE_KEY or PRIVATE_KEY_PATH is missing"],
  [{ PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nowhere/app.pem" }, "cannot read /nowhere/app.pem"],
  [{ PRIVATE_KEY: "s3cr3t-but-no-key" }, "PRIVATE_KEY is not a private key"],
  [{ PORT: "http" }, "PORT is not a number from 0 to 65535"],
  [{ WEBHOOK_PATH: "hooks" }, "WEBHOOK_PATH is not a path"],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL is none of trace, debug"],
  [{ PORTCULLIS_CONCURRENCY: "0" }, "PORTCULLIS_CONCURRENCY is not a number from 1 to 100"],
])("%j is refused with one line and a hint", (env, message) => {
  let error: unknown;
  try {
    readSettings({ ...GOOD, ...env });
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof SettingsError)) throw new Error("not refused");
  expect(error.message).toContain(message);
  expect(error.message).not.toMatch(/\n|s3cr3t/);
  expect(error.hint).toBeTruthy();
});
