import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { createLog } from "../../src/app/log.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { readCommand } from "../../src/pull-request/commands.ts";
import { cycloneDx, dependencyTable, formats } from "../../src/report/index.ts";
import { inventory, type Review, review } from "../../src/review/index.ts";
import { loadRules, makeUp } from "../../src/rules/index.ts";
import { setUp, withoutSecrets } from "../../src/setup/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { changesBetween } from "../support/changes.ts";
import { reviewOf, scanOf } from "../support/review.ts";

const TOKENS = [
  makeUp("ghp_[A-Za-z0-9]{30}<checksum>"),
  makeUp("sk_live_[A-Za-z0-9]{24}"),
  makeUp("AKIA[A-Z2-7]{16}"),
  makeUp("SG.[A-Za-z0-9_-]{22}.[A-Za-z0-9]{43}"),
];
const rules = loadRules(ruleFiles, matchSchemas);
const EVAL = "def f(x):\n    return eval(x)\n";

function formsOf(secret: string): string[] {
  return [
    secret.slice(8),
    encodeURIComponent(secret.slice(4)),
    ...[0, 1, 2].map((offset) =>
      Buffer.from("\0".repeat(offset) + secret)
        .toString("base64")
        .slice(4, -4),
    ),
  ];
}

function expectHidden(said: string, secret: string): void {
  expect(formsOf(secret).filter((form) => said.includes(form))).toEqual([]);
}

function expectNoReportWith(result: Review, secret: string): void {
  for (const { id, render } of formats) {
    const said = render({
      review: result,
      rules: rules.byId,
      version: "1.2.3",
      colour: false,
      failOn: "low",
      command: "review",
    });
    expect([id, formsOf(secret).filter((form) => said.includes(form))]).toEqual([id, []]);
  }
}

describe.each(TOKENS)("a token of %# is in no report", (token) => {
  it.each([
    ["the name of a folder", { [`app/${token}/views.py`]: EVAL }],
    ["the name of a file", { [`app/${token}.py`]: EVAL }],
    ["a file that cannot be read", { [`${token}.py`]: `x = = 1\n${EVAL}` }],
    ["a package", { "requirements.txt": `${token}==1.0\ngit+https://h.io/${token}.git\n` }],
  ])("as %s", async (_what, files) => {
    const scanned = await scanOf(files);
    const added = await reviewOf({}, files);
    const removed = await reviewOf(files, {});
    for (const one of [scanned, added, removed]) expectNoReportWith(one, token);
  });

  it("as a revision", async () => {
    const head = { "a.py": EVAL };
    const result = await review({
      base: memoryTree({}, `base-of/${token}`),
      head: memoryTree(head, token),
      changes: changesBetween({}, head),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(result.new).toHaveLength(1);
    expectNoReportWith(result, token);
  });

  it("as the name, the version, or the file of a dependency", async () => {
    const found = await inventory({
      tree: memoryTree({
        "requirements.txt": `${token}==1.0\nshop==${token}\n`,
        "package.json": `{"dependencies": {"${token}": "1.0.0", "shop": "${token}"}}`,
        [`${token}/requirements.txt`]: "flask==2.0\n",
      }),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(found.dependencies.length).toBeGreaterThan(2);
    expectHidden(JSON.stringify(found), token);
    expectHidden(dependencyTable(found, { colour: false }), token);
    expectHidden(await cycloneDx(found.dependencies, { version: "1.2.3" }), token);
  });

  it.each([
    ["a key of the configuration", ".github/portcullis.yml", `${token}: 1\n`],
    ["a value of it", ".github/portcullis.yml", `fail-on: ${token}\n`],
    ["a rule that it names", ".github/portcullis.yml", `rules:\n  ${token}: off\n`],
    ["what is no YAML", ".github/portcullis.yml", `a: [${token}: }\n`],
    ["a key of a rule", ".portcullis/rules/shop/a.yml", `id: shop/a\n${token}: 1\n`],
    ["a rule's file", `.portcullis/rules/${token}.yml`, "id: other\n"],
  ])("as %s: the error hides it", async (_what, path, yaml) => {
    const failed = await setUp(memoryTree({ [path]: yaml }), { profile: "all" }).then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );
    expect(failed).not.toBe("");
    expectHidden(withoutSecrets(failed), token);
  });
});

describe("a token reaches no one through the App", () => {
  const [token = ""] = TOKENS;

  it.each(["json", "pretty"] as const)("as a name in its log, in %s", (logFormat) => {
    const lines: string[] = [];
    const log = createLog(
      { logLevel: "info", logFormat },
      { write: (line: string) => void lines.push(line) },
    );
    log.info({ repository: `shop/${token}`, head: token, job: `shop/${token}#1` }, token);
    expect(lines).toHaveLength(1);
    expect(lines.join()).toContain("shop/********");
    expectHidden(lines.join(), token);
  });

  it.each([`/portcullis ${token}`, `/portcullis dismiss ${token} is revoked`])(
    "as a word of a command: it repeats %#",
    (body) => {
      const command = JSON.stringify(readCommand(body));
      expect(command).toContain("********");
      expectHidden(command, token);
    },
  );
});

it("shows the rest as it was", async () => {
  const [token = ""] = TOKENS;
  const { new: found } = await scanOf({ [`app/${token}/views.py`]: EVAL });
  expect(found.map(({ path, region }) => [path, region.startLine])).toEqual([
    ["app/********/views.py", 2],
  ]);
  const said = `there is no key "${token}", and no postgres://shop:h0tsauce-42@db.shop.io/a`;
  expect(withoutSecrets(said)).toBe(
    'there is no key "********", and no postgres://shop:********@db.shop.io/a',
  );
  const plain =
    "portcullis.yml:3: unknown key `sk_live`, at 2d101b4c0ffee0123456789abcdef0123456789a";
  expect(withoutSecrets(plain)).toBe(plain);
});
