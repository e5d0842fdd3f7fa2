import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { type Config, defaultConfig } from "../../src/core/config.ts";
import type { Advisory, AdvisorySource } from "../../src/dependencies/index.ts";
import { review, scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";
import { changesBetween } from "../support/changes.ts";

const rules = loadRules(
  ruleFiles.filter(({ path }) => path === "dependencies/vulnerable-package.yml"),
  matchSchemas,
);

function advisory(id: string, name: string, fixed: string, more: Partial<Advisory> = {}): Advisory {
  return {
    id,
    aliases: [],
    summary: `Flaw ${id}`,
    url: `https://example.org/${id}`,
    vectors: [],
    severity: "high",
    cwe: [],
    affected: [
      {
        ecosystem: "PyPI",
        name,
        ranges: [
          [
            { kind: "introduced", version: "0" },
            ...(fixed === "" ? [] : [{ kind: "fixed" as const, version: fixed }]),
          ],
        ],
        versions: [],
      },
    ],
    ...more,
  };
}

const known = [
  advisory("GHSA-a", "django", "4.2.16", { aliases: ["CVE-2024-1"] }),
  advisory("GHSA-b", "django", "4.2.10", { severity: "critical" }),
  advisory("GHSA-c", "amqp", "5.1"),
  advisory("GHSA-d", "endless", ""),
];
const source: AdvisorySource = {
  name: "the test",
  ask: async (questions) => ({
    advisories: known.filter(({ affected }) =>
      questions.some(({ name }) => affected.some((one) => one.name === name)),
    ),
    unanswered: [],
  }),
};

type Files = Readonly<Record<string, string>>;

function reviewOf(
  base: Files,
  head: Files,
  more: { config?: Config; source?: AdvisorySource } = {},
) {
  return review({
    base: memoryTree(base, "base"),
    head: memoryTree(head, "head"),
    changes: changesBetween(base, head, {}),
    rules,
    config: more.config ?? defaultConfig,
    today: "2026-01-01",
    advisories: more.source ?? source,
  });
}

async function placesOf(base: Files, head: Files) {
  const result = await reviewOf(base, head);
  return result.new.map(
    ({ path, region, package: fact }) =>
      `${path}:${region.startLine} ${fact?.advisories.map(({ id }) => id).join(" ")}`,
  );
}

const lock = (
  ...packages: readonly (readonly [name: string, version: string, ...needs: string[]])[]
) =>
  `version = 1\n${packages
    .map(
      ([name, version, ...needs]) => `
[[package]]
name = "${name}"
version = "${version}"
source = { ${name === "shop" ? 'virtual = "."' : 'registry = "https://pypi.org/simple"'} }
dependencies = [
${needs.map((need) => `    { name = "${need}" },\n`).join("")}]
`,
    )
    .join("")}`;

describe("a review of dependencies", () => {
  it.each<[string, Files, Files, string[]]>([
    [
      "a new pin with advisories",
      {},
      { "requirements.txt": "flask\ndjango==4.2.1\n" },
      ["requirements.txt:2 GHSA-b GHSA-a"],
    ],
    [
      "a move that mends one of two",
      { "requirements.txt": "django==4.2.1\n" },
      { "requirements.txt": "django==4.2.12\n" },
      [],
    ],
    [
      "a move back",
      { "requirements.txt": "django==4.2.12\n" },
      { "requirements.txt": "django==4.2.1\n" },
      ["requirements.txt:1 GHSA-b"],
    ],
    [
      "a table, at the line that is to be edited",
      {},
      {
        "pyproject.toml":
          '[tool.poetry.dependencies.django]\nextras = ["argon2"]\nversion = "4.2.1"\n',
      },
      ["pyproject.toml:3 GHSA-b GHSA-a"],
    ],
    [
      "a file of another name that a manifest includes",
      { "requirements.txt": "-r deploy/base.txt\n", "deploy/base.txt": "flask\n" },
      {
        "requirements.txt": "-r deploy/base.txt\n",
        "deploy/base.txt": "flask\ndjango==4.2.1\n",
      },
      ["deploy/base.txt:2 GHSA-b GHSA-a"],
    ],
    [
      "a text of another name that nobody includes",
      { "requirements.txt": "flask\n", "deploy/base.txt": "flask\n" },
      { "requirements.txt": "flask\n", "deploy/base.txt": "django==4.2.1\n" },
      [],
    ],
    [
      "another line of the same file",
      { "requirements.txt": "django==4.2.1\n" },
      { "requirements.txt": "django==4.2.1\nflask\n" },
      [],
    ],
    ["a version without advisories", {}, { "requirements.txt": "django==4.2.16\n" }, []],
    [
      "the same pin in another folder",
      { "a/requirements.txt": "django==4.2.1\n" },
      { "a/requirements.txt": "django==4.2.1\n", "b/requirements.txt": "django==4.2.1\n" },
      ["b/requirements.txt:1 GHSA-b GHSA-a"],
    ],
    [
      "a renamed file",
      { "requirements.txt": "django==4.2.1\n" },
      { "requirements.in": "django==4.2.1\n" },
      [],
    ],
    [
      "a lock for a pin that was there",
      { "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["django==4.2.1"]\n' },
      {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["django==4.2.1"]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.1"]),
      },
      [],
    ],
    [
      "a pin and its lock, once, at the line that asks",
      {},
      {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n  "django==4.2.1",\n]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.1"]),
      },
      ["pyproject.toml:4 GHSA-b GHSA-a"],
    ],
    [
      "a lock in the place of pins",
      { "requirements.txt": "django==4.2.1\n" },
      {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["django>=4"]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.1"]),
      },
      [],
    ],
    [
      "a new lock of another version than the pins, for what only that one has",
      { "requirements.txt": "django==4.2.12\n" },
      {
        "requirements.txt": "django==4.2.12\n",
        "uv.lock": lock(["django", "4.2.1"]),
      },
      ["uv.lock:4 GHSA-b"],
    ],
    [
      "an export that falls behind a lock with the same flaw",
      { "requirements.txt": "amqp==5.1\n", "uv.lock": lock(["amqp", "5.0"]) },
      { "requirements.txt": "amqp==4.9\n", "uv.lock": lock(["amqp", "5.0"]) },
      ["requirements.txt:1 GHSA-c"],
    ],
    [
      "an export that catches up with a lock that has the flaw",
      { "requirements.txt": "amqp==5.1\n", "uv.lock": lock(["amqp", "5.0"]) },
      { "requirements.txt": "amqp==5.0\n", "uv.lock": lock(["amqp", "5.0"]) },
      ["requirements.txt:1 GHSA-c"],
    ],
    [
      "an export that names one more of what the lock has",
      { "requirements.txt": "flask==3\n", "uv.lock": lock(["amqp", "5.0"]) },
      { "requirements.txt": "flask==3\namqp==5.0\n", "uv.lock": lock(["amqp", "5.0"]) },
      [],
    ],
    [
      "a range and its lock, once, at the line that asks",
      {},
      {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n  "django>=4",\n]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.1"]),
      },
      ["pyproject.toml:4 GHSA-b GHSA-a"],
    ],
    [
      "a lock alone",
      {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["django>=4"]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.16"]),
      },
      {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["django>=4"]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.12"]),
      },
      ["uv.lock:13 GHSA-a"],
    ],
    [
      "two exports of one lock, once, where it runs in production",
      {},
      {
        "requirements-dev.txt": "django==4.2.1\n",
        "requirements.txt": "django==4.2.1\n",
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.1"]),
      },
      ["requirements.txt:1 GHSA-b GHSA-a"],
    ],
    [
      "a pin and what is compiled from it, once",
      {},
      {
        "requirements.in": "flask\ndjango==4.2.1\n",
        "requirements.txt": "# autogenerated by pip-compile\ndjango==4.2.1\nflask==3\n",
        "other.in": "",
      },
      ["requirements.in:2 GHSA-b GHSA-a"],
    ],
    [
      "two files that are written by hand, once each",
      {},
      { "requirements-dev.txt": "django==4.2.1\n", "requirements.txt": "django==4.2.1\n" },
      ["requirements-dev.txt:1 GHSA-b GHSA-a", "requirements.txt:1 GHSA-b GHSA-a"],
    ],
    ["an open range", {}, { "requirements.txt": "django>=4\n" }, []],
    [
      "a range of which every version is affected",
      {},
      { "requirements.txt": "django>=4,<4.2\namqp<5\n" },
      ["requirements.txt:1 GHSA-b GHSA-a", "requirements.txt:2 GHSA-c"],
    ],
    [
      "an included file",
      { "requirements.txt": "-r base/all.txt\n", "base/all.txt": "flask\n" },
      { "requirements.txt": "-r base/all.txt\ncelery\n", "base/all.txt": "amqp==1\n" },
      ["base/all.txt:1 GHSA-c"],
    ],
    [
      "what comes from elsewhere",
      {},
      { "requirements.txt": "django @ git+https://example.org/django@4.2.1\n" },
      [],
    ],
    ["test data", {}, { "tests/fixtures/requirements.txt": "django==4.2.1\n" }, []],
  ])("of %s", async (_name, base, head, expected) => {
    expect((await placesOf(base, head)).sort()).toEqual([...expected].sort());
  });

  it.each<[string, Files, Files, string[]]>([
    [
      "a move that mends one of two",
      { "requirements.txt": "django==4.2.1\n" },
      { "requirements.txt": "django==4.2.12\n" },
      ["requirements.txt GHSA-b"],
    ],
    [
      "an export that is gone, while the lock file has the flaws",
      { "requirements.txt": "django==4.2.1\namqp==5.0\n", "uv.lock": lock(["django", "4.2.1"]) },
      { "uv.lock": lock(["django", "4.2.12"]) },
      ["requirements.txt GHSA-b", "requirements.txt GHSA-c"],
    ],
  ])("tells what is mended: %s", async (_name, base, head, expected) => {
    const { fixed } = await reviewOf(base, head);
    expect(
      fixed.map(
        ({ path, package: fact }) => `${path} ${fact?.advisories.map(({ id }) => id).join(" ")}`,
      ),
    ).toEqual(expected);
  });

  it("says which way a package gets in, and what to run", async () => {
    const { new: found } = await reviewOf(
      {},
      {
        "uv.lock": lock(
          ["shop", "0", "celery"],
          ["celery", "5", "kombu"],
          ["kombu", "5", "amqp"],
          ["amqp", "5.0"],
        ),
      },
    );
    expect(found.map(({ message }) => message)).toEqual([
      "`amqp` 5.0 has a known vulnerability: GHSA-c (high): Flaw GHSA-c. It gets in by `celery` → `kombu` → `amqp`. Move to 5.1: `uv lock --upgrade-package amqp==5.1`.",
    ]);
  });

  const pinned = "amqp==5.0 --hash=sha256:aa\n";
  const pyproject = (pin: string) => `[project]\nname = "shop"\ndependencies = ["${pin}"]\n`;

  it.each<[string, Files, string]>([
    ["a plain pin", { "requirements.txt": "amqp==5.0\n" }, "Move to 5.1."],
    ["hashes", { "requirements.txt": pinned }, "Move to 5.1. Its hashes change with it."],
    [
      "a compiled file",
      { "requirements.txt": `# autogenerated by pip-compile\n#    pip-compile app.in\n${pinned}` },
      "Move to 5.1: `pip-compile app.in --upgrade-package amqp==5.1`.",
    ],
    [
      "a pin from which another file is compiled",
      {
        "requirements.in": "amqp==5.0\n",
        "requirements.txt":
          "# autogenerated by pip-compile\n#    pip-compile requirements.in\namqp==5.1\n",
      },
      "Move to 5.1, then compile `requirements.txt` anew: `pip-compile requirements.in`.",
    ],
    [
      "a pin in a folder from which another file is compiled, whose command is not told",
      {
        "requirements/app.in": "amqp==5.0\n",
        "requirements/app.txt": "# autogenerated by uv pip compile\namqp==5.1\n",
      },
      "Move to 5.1, then compile `requirements/app.txt` anew: `uv pip compile --output-file=requirements/app.txt requirements/app.in`.",
    ],
    [
      "a pin beside a file that no program wrote",
      { "requirements.in": "amqp==5.0\n", "requirements.txt": "amqp==5.1\n" },
      "Move to 5.1.",
    ],
    [
      "an export that says so",
      { "requirements.txt": `# autogenerated by uv: uv export\n${pinned}` },
      "Move to 5.1: `uv lock --upgrade-package amqp==5.1`, then export this file anew.",
    ],
    [
      "an export of the lock file beside it",
      { "requirements.txt": pinned, "uv.lock": lock(["amqp", "5.0"]) },
      "Move to 5.1: `uv lock --upgrade-package amqp==5.1`, then export this file anew.",
    ],
    [
      "a pin beside a lock file of another version, which pip does not read",
      { "requirements.txt": "amqp==5.0\n", "uv.lock": lock(["amqp", "5.1"]) },
      "Move to 5.1.",
    ],
    [
      "a pin with a lock file",
      { "pyproject.toml": pyproject("amqp==5.0"), "uv.lock": lock(["amqp", "5.0"]) },
      "Set it to 5.1, then run `uv lock --upgrade-package amqp==5.1`.",
    ],
    ["a range that is affected as a whole", { "requirements.txt": "amqp<5\n" }, "Move to 5.1."],
    [
      "a range of another program that is affected as a whole",
      { "pyproject.toml": '[tool.poetry.dependencies]\namqp = "^5.0,<5.1"\n' },
      "Move to 5.1.",
    ],
    [
      "a range that does not allow it",
      { "pyproject.toml": pyproject("amqp<5.1"), "uv.lock": lock(["amqp", "5.0"]) },
      "Allow 5.1 here, then run `uv lock --upgrade-package amqp==5.1`.",
    ],
    [
      "a range with a lock file",
      { "pyproject.toml": pyproject("amqp>=5"), "uv.lock": lock(["amqp", "5.0"]) },
      "Move to 5.1: `uv lock --upgrade-package amqp==5.1`.",
    ],
  ])("says what to do: %s", async (_name, head, expected) => {
    const { new: found } = await reviewOf({}, head);
    expect(found.map(({ package: fact }) => fact?.advice)).toEqual([expected]);
  });

  it.each<[string, Files, string, string]>([
    [
      "beside a lock file",
      { "pyproject.toml": pyproject("amqp<5.1"), "uv.lock": lock(["amqp", "5.0"]) },
      "amqp==5.0\n",
      "Allow 5.1 in `pyproject.toml`, then run `uv lock --upgrade-package amqp==5.1`, then export this file anew.",
    ],
    [
      "that a file is compiled from",
      { "requirements.in": "amqp<5.1\n" },
      "# autogenerated by pip-compile\n#    pip-compile requirements.in\namqp==5.0\n",
      "Allow 5.1 in `requirements.in`, then run `pip-compile requirements.in --upgrade-package amqp==5.1`.",
    ],
  ])(
    "names the file %s that does not allow the version to go to",
    async (_, beside, text, advice) => {
      const mended = advisory("GHSA-c", "amqp", "5.1");
      const later = {
        ...mended,
        affected: mended.affected.map((one) => ({
          ...one,
          ranges: [
            [
              { kind: "introduced" as const, version: "4" },
              { kind: "fixed" as const, version: "5.1" },
            ],
          ],
        })),
      };
      const at = (version: string): Files =>
        Object.fromEntries(
          Object.entries({ ...beside, "requirements.txt": text }).map(([path, one]) => [
            path,
            one.replace("amqp==5.0", `amqp==${version}`).replace('"5.0"', `"${version}"`),
          ]),
        );
      const { new: found } = await reviewOf(at("3.0"), at("5.0"), {
        source: { name: "the test", ask: async () => ({ advisories: [later], unanswered: [] }) },
      });
      expect(found.map(({ path, package: fact }) => [path, fact?.advice])).toEqual([
        ["requirements.txt", advice],
      ]);
    },
  );

  it("offers to move a plain pin", async () => {
    const { new: found } = await reviewOf(
      {},
      { "requirements.txt": "Django[argon2]==4.2.1  # web\n" },
    );
    expect(found[0]?.message).toBe(
      "`Django` 4.2.1 has 2 known vulnerabilities: GHSA-b (critical): Flaw GHSA-b. GHSA-a (high, CVE-2024-1): Flaw GHSA-a. Move to 4.2.16.",
    );
    expect(found[0]?.fix?.replacements[0]?.added).toEqual(["Django[argon2]==4.2.16  # web"]);
    expect(found[0]?.severity).toBe("critical");
  });

  it.each([
    ["hashes", "django==4.2.1 --hash=sha256:aa\n"],
    ["another major version", "django==3.2.1\n"],
    ["no fixed version", "endless==1\n"],
  ])("offers no move with %s", async (_name, text) => {
    const { new: found } = await reviewOf({}, { "requirements.txt": text });
    expect(found).toHaveLength(1);
    expect(found[0]?.fix).toBeUndefined();
  });

  it("counts what only developers install one step lower", async () => {
    const text =
      '[project]\nname = "shop"\ndependencies = ["amqp==1"]\n[dependency-groups]\ndev = ["django==4.2.12"]\n';
    const { new: found } = await reviewOf({}, { "pyproject.toml": text });
    expect(found.map((one) => [one.package?.name, one.severity])).toEqual([
      ["amqp", "high"],
      ["django", "medium"],
    ]);
  });

  it.each([
    ["GHSA-a", "Django", undefined, ["GHSA-b"], []],
    ["cve-2024-1", "django", "2026-01-01", ["GHSA-b"], []],
    ["GHSA-a", "flask", undefined, ["GHSA-b", "GHSA-a"], []],
    [
      "GHSA-a",
      "django",
      "2025-12-31",
      ["GHSA-b", "GHSA-a"],
      ['The exception "we do not use it" expired on 2025-12-31: its findings count again.'],
    ],
  ])("lets pass what is allowed: %s of %s until %s", async (id, name, expires, left, notes) => {
    const entry = {
      advisory: id,
      package: name,
      reason: "we do not use it",
      ...(expires !== undefined && { expires }),
    };
    const result = await reviewOf(
      {},
      { "requirements.txt": "django==4.2.1\n" },
      { config: { ...defaultConfig, allow: [entry] } },
    );
    expect(result.new.flatMap((one) => one.package?.advisories.map((fact) => fact.id))).toEqual(
      left,
    );
    expect(result.notes).toEqual([
      ...notes,
      "Dependencies were compared with the advisories of the test.",
    ]);
    expect(result.suppressed).toHaveLength(2 - left.length);
  });

  it("takes the fingerprint of the report for an exception", async () => {
    const head = { "requirements.txt": "django==4.2.1\n" };
    const before = await reviewOf({}, head);
    const fingerprint = before.new[0]?.fingerprint ?? "";
    const after = await reviewOf({}, head, {
      config: { ...defaultConfig, allow: [{ fingerprint, reason: "known" }] },
    });
    expect(after.new).toEqual([]);
    expect(after.suppressed).toHaveLength(1);
  });

  it("honours a comment on the line", async () => {
    const text =
      "django==4.2.1  # portcullis: ignore[dependencies/vulnerable-package] only for the docs\n";
    const result = await reviewOf({}, { "requirements.txt": text });
    expect(result.new).toEqual([]);
    expect(result.suppressed.length).toBeGreaterThan(0);
  });

  it("reads a lock file that is too large to be had as a whole", async () => {
    const text = lock(["celery", "5"], ["amqp", "5.0"]);
    const whole = memoryTree({ "uv.lock": text }, "head");
    const bytes = new TextEncoder().encode(text);
    const parts = async function* () {
      yield bytes.subarray(0, 40);
      yield bytes.subarray(40);
    };
    const result = await review({
      base: memoryTree({}, "base"),
      head: {
        revision: "head",
        list: () => whole.list(),
        read: async (paths) =>
          new Map(paths.map((path) => [path, { kind: "unreadable", reason: "too large", parts }])),
      },
      changes: changesBetween({}, { "uv.lock": text }, {}),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
      advisories: source,
    });
    expect(result.new.map(({ package: fact }) => fact?.name)).toEqual(["amqp"]);
  });

  it("asks about a lock file that a server gives only at the end", async () => {
    const text = lock(["celery", "5"], ["amqp", "5.0"]);
    const whole = memoryTree({ "uv.lock": text }, "head");
    const off = { kind: "unreadable", reason: "too dear", isPutOff: true } as const;
    let isHere = false;
    const result = await review({
      base: memoryTree({}, "base"),
      head: {
        revision: "head",
        list: () => whole.list(),
        read: async (paths) =>
          isHere ? whole.read(paths) : new Map(paths.map((path) => [path, off])),
        readLast: async (paths) => {
          isHere = true;
          return whole.read(paths);
        },
      },
      changes: changesBetween({}, { "uv.lock": text }, {}),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
      advisories: source,
    });
    expect(result.new.map(({ package: fact }) => fact?.name)).toEqual(["amqp"]);
    expect(result.skipped).toEqual([]);
  });

  it("says what could not be checked, and why", async () => {
    const silent: AdvisorySource = {
      name: "OSV.dev",
      ask: async (questions) => ({
        advisories: [],
        unanswered: [{ questions, reason: "no answer within 10 seconds" }],
      }),
    };
    const result = await reviewOf(
      {},
      { "requirements.txt": "django==4.2.1\nflask==1\n" },
      { source: silent },
    );
    expect(result.skipped).toEqual([
      {
        path: "requirements.txt",
        reason: "2 packages were not checked for advisories: OSV.dev: no answer within 10 seconds",
      },
    ]);
  });

  it("asks nothing of files beside the changed ones that can tell nothing of them", async () => {
    const asked: string[] = [];
    const counting: AdvisorySource = {
      name: "counting",
      ask: (questions) => {
        asked.push(...questions.map(({ ecosystem, name }) => `${ecosystem} ${name}`));
        return source.ask(questions);
      },
    };
    const beside = {
      "package.json": '{"dependencies": {"vue": "3.0.0"}}',
      "package-lock.json":
        '{"lockfileVersion": 3, "packages": {"node_modules/vue": {"version": "3.0.0"}}}',
      "requirements-dev.txt": "celery==5\n",
    };
    await reviewOf(
      { ...beside, "requirements.txt": "flask==1\n" },
      { ...beside, "requirements.txt": "flask==2\n" },
      { source: counting },
    );
    expect([...new Set(asked)]).toEqual(["PyPI flask"]);
  });

  it("asks once, whatever the sides and the proofs, and only about what is exchanged", async () => {
    const asked: string[] = [];
    const counting: AdvisorySource = {
      name: "counting",
      ask: (questions) => {
        asked.push(...questions.map(({ name, version }) => `${name} ${version ?? "*"}`));
        return source.ask(questions);
      },
    };
    await reviewOf(
      { "requirements.txt": "django==4.2.16\nflask==1\n" },
      { "requirements.txt": "django==4.2.1\nflask==1\n" },
      { source: counting },
    );
    expect(asked).toEqual(["django *"]);
  });
});

describe("a scan of dependencies", () => {
  it("reports each package of a folder once", async () => {
    const result = await scan({
      tree: memoryTree({
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n  "django>=4",\n]\n',
        "uv.lock": lock(["shop", "0", "django"], ["django", "4.2.1"], ["amqp", "5"]),
      }),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
      advisories: source,
    });
    expect(result.new.map(({ path, region }) => `${path}:${region.startLine}`).sort()).toEqual([
      "pyproject.toml:4",
      "uv.lock:19",
    ]);
  });
});

describe("a review of hashes", () => {
  const hashRules = loadRules(
    ruleFiles.filter(({ path }) => path === "dependencies/hash-checking-dropped.yml"),
    matchSchemas,
  );
  const hashed = "flask==3.1.0 \\\n    --hash=sha256:aa\njinja2==3.1.5 \\\n    --hash=sha256:bb\n";
  const bare = "flask==3.1.0\njinja2==3.1.5\n";
  const locked = (name: string, hash: string) =>
    JSON.stringify(
      { default: { [name]: { version: "==1.0", hashes: hash === "" ? [] : [hash] } } },
      undefined,
      1,
    );

  it.each<[string, Files, Files, string[]]>([
    [
      "hashes taken out",
      { "requirements.txt": hashed },
      { "requirements.txt": bare },
      ["requirements.txt:1"],
    ],
    [
      "hashes that were wanted",
      { "requirements.txt": `--require-hashes\n${bare}` },
      { "requirements.txt": `# nothing is wanted\n${bare}` },
      ["requirements.txt:1"],
    ],
    ["hashes put in", { "requirements.txt": bare }, { "requirements.txt": hashed }, []],
    [
      "a line without them among others",
      { "requirements.txt": hashed },
      { "requirements.txt": `${hashed}tox==4\n` },
      [],
    ],
    [
      "a file that never had any",
      { "requirements.txt": bare },
      { "requirements.txt": `${bare}tox==4\n` },
      [],
    ],
    ["a new file", {}, { "requirements.txt": bare }, []],
    [
      "a file that had no packages",
      { "requirements.txt": "# none\n" },
      { "requirements.txt": bare },
      [],
    ],
    ["a removed file", { "requirements.txt": hashed }, {}, []],
    [
      "a lock file",
      { "Pipfile.lock": locked("flask", "sha256:aa") },
      { "Pipfile.lock": locked("flask", "") },
      ["Pipfile.lock:5"],
    ],
    [
      "another package",
      { "Pipfile.lock": locked("flask", "sha256:aa") },
      { "Pipfile.lock": locked("jinja2", "sha256:bb") },
      [],
    ],
  ])("of %s", async (_name, base, head, expected) => {
    const result = await review({
      base: memoryTree(base, "base"),
      head: memoryTree(head, "head"),
      changes: changesBetween(base, head, {}),
      rules: hashRules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(result.new.map(({ path, region }) => `${path}:${region.startLine}`)).toEqual(expected);
    expect([result.fixed, result.unchanged]).toEqual([[], []]);
  });

  it("is none of a tree", async () => {
    const tree = memoryTree({ "requirements.txt": bare });
    const result = await scan({
      tree,
      rules: hashRules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(result.new).toEqual([]);
  });
});

it("asks about all packages of both sides at once", async () => {
  const pins = (version: string) =>
    Array.from({ length: 30 }, (_, index) => `package-${index}==${version}\n`).join("");
  const asked: string[][] = [];
  const listening: AdvisorySource = {
    name: "the test",
    ask: async (questions) => {
      asked.push(questions.map(({ name, version }) => `${name} ${version}`));
      return { advisories: [], unanswered: [] };
    },
  };
  const files = (version: string) => ({
    "requirements.txt": pins(version),
    "worker/requirements.txt": `package-1==0.1\nother==1\n${pins(version)}`,
  });
  await reviewOf(files("1.0"), files("2.0"), { source: listening });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toHaveLength(61);
  expect(asked[0]).toEqual(
    expect.arrayContaining(["package-7 1.0", "package-7 2.0", "package-1 0.1"]),
  );
});
