import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { makeUp } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { scanOfTree } from "../support/review.ts";

const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const PASSWORD = makeUp("kT9v[A-Za-z0-9]{10}7");

async function found(path: string, content: string | Uint8Array) {
  const { new: all } = await scanOfTree(memoryTree({ [path]: content }));
  return all.map(({ ruleId, region }) => [ruleId, region.startLine]);
}

const GITHUB = "secrets/github-token";
const NAMED = "secrets/hardcoded-credential";

describe("a secret is found where a file is odd:", () => {
  it.each([
    ["minified", "app.js", `${"f(a,b);".repeat(20_000)}t="${TOKEN}";${"g(c);".repeat(9)}\n`, 1],
    ["in UTF-16", "a.txt", Buffer.from(`\ufefftoken ${TOKEN}\n`, "utf16le"), 1],
    ["in Latin-1", "a.ini", Buffer.from(`name = J\xfcrgen\ntoken = ${TOKEN}\n`, "latin1"), 2],
    ["with bytes of no encoding", "a.txt", Buffer.from(`\xfd\xfc\xfb\n${TOKEN}\n`, "latin1"), 2],
    ["with line ends of old machines", "a.env", `A=1\r\nTOKEN=${TOKEN}\r\n`, 2],
    [
      "a notebook",
      "a.ipynb",
      `{"cells": [{"cell_type": "code", "source": [\n"t = \\"${TOKEN}\\""\n]}]}`,
      2,
    ],
    ["a notebook that is broken", "b.ipynb", `{"cells": [{"source": [\n"${TOKEN}"\n]`, 2],
    ["YAML that is broken", "a.yml", `a: [b\n  c: }\ntoken: ${TOKEN}\n`, 3],
    ["Python that is broken", "a.py", `def f(:\n  x = "${TOKEN}"\n`, 2],
  ])("%s", async (_what, path, content, line) => {
    expect(await found(path, content)).toContainEqual([GITHUB, line]);
  });
});

describe("nothing is told of", () => {
  it.each([
    ["what is not text", "core.dump", `\0\x01${TOKEN}\0`],
    ["a picture by its name", "a.png", TOKEN],
    ["a source map", "app.js.map", `{"sourcesContent": ["password='${PASSWORD}'"]}`],
    ["a script that a program made", "app.min.js", `x={password:"${PASSWORD}"}`],
    ["a line that a program made", "app.js", `${"f(a);".repeat(2_000)}password="${PASSWORD}"\n`],
    [
      "what a notebook printed",
      "a.ipynb",
      `{"cells": [{"cell_type": "code", "source": [], "outputs": [\n"password = '${PASSWORD}'"\n]}]}`,
    ],
  ])("%s", async (_what, path, content) => {
    expect(await found(path, content)).toEqual([]);
  });

  it("but a password in a line that somebody wrote is told", async () => {
    expect(await found("app.js", `x = 1;\npassword = "${PASSWORD}";\n`)).toEqual([[NAMED, 2]]);
  });
});

/** Many times as much as any file of a project has; a million of each, and the memory, are measured in bench/secrets-hostile.mjs. */
const MANY = 30_000;
/** Seconds; a tenth is usual. What grows with the square of the length takes hours. */
const MAX_SECONDS = 40;

describe("of very many candidates in one file the work is bounded:", () => {
  it.each([
    ["passwords that are none", "a.yml", (index: number) => `password: "your-password-${index}"\n`],
    ["passwords that are none", "a.py", (index: number) => `PASSWORD = "your-pass-${index}"\n`],
    ["passwords that are none in a line", "a.js", (index: number) => `password="your-p${index}";`],
    ["names without a value", "b.py", () => "password = secret_key = api_key = x\n"],
    ["tokens that are none", "a.txt", (index: number) => `ghp_${String(index).padStart(36, "a")} `],
    ["beginnings of keys", "a.txt", () => "-----BEGIN PRIVATE KEY-----\n"],
    ["addresses", "a.txt", (index: number) => `postgres://u:your-password@h${index}.io/\n`],
    ["settings of a database", "a.txt", () => "password=password user=u host=h.io "],
    ["commands", "a.sh", (index: number) => `curl -u me:your-password-${index} https://a.io\n`],
    ["commands in a program", "c.py", () => '"curl -x curl -x curl -x -u a:" '],
    ["statements", "a.sql", () => "CREATE USER a CREATE USER b PASSWORD '%s'\n"],
    ["quotes", "b.js", () => `password="a' secret='b" token=\``],
  ])("%s in %s", async (_what, path, piece) => {
    let text = "";
    for (let index = 0; index < MANY; index++) text += piece(index);
    const started = process.hrtime.bigint();
    expect(await found(path, text)).toEqual([]);
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(MAX_SECONDS);
  });

  it("only the first of many secrets are told", async () => {
    let text = "";
    for (let index = 0; index < MANY; index++) text += `password: "kT9vLq${index}2mZx"\n`;
    const told = await found("a.yml", text);
    expect(told).toHaveLength(200);
    expect(told[0]).toEqual([NAMED, 1]);
  });
});
