import { expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { secrets } from "../../src/analyzers/secrets/index.ts";
import { loadRules, makeUp } from "../../src/rules/index.ts";
import { patternSteps } from "../support/pattern-cost.ts";
import { scanOf } from "../support/review.ts";

const rows = loadRules(ruleFiles, matchSchemas)
  .rules.filter((rule) => rule.kind === secrets.kind)
  .flatMap((rule) =>
    formatsOf(rule.match).map((format, index) => ({
      id: `${rule.id}#${index}`,
      ruleId: rule.id,
      format,
      form: format.sample ?? format.pattern,
    })),
  );

interface Format {
  readonly name: string;
  readonly at: "start" | "inside" | "name" | "beside";
  readonly anchor?: string;
  readonly secret?: boolean;
  readonly keywords: readonly string[];
  readonly pattern: string;
  readonly sample?: string;
}

function formatsOf(match: unknown): readonly Format[] {
  return (match as { formats?: readonly Format[] }).formats ?? [];
}

type Row = (typeof rows)[number];

/** The places in which a secret is written, by the name of a file. */
const CONTEXTS: Readonly<Record<string, (name: string, value: string) => string>> = {
  "a.py": (name, value) => `import os\n${name}_api_token = "${value}"\n`,
  "b.py": (name, value) => `CONFIG = {"${name}_api_token": '${value}', "debug": False}\n`,
  ".env": (name, value) => `DEBUG=1\n${name.toUpperCase()}_API_TOKEN=${value}\nPORT=80\n`,
  "c.yml": (name, value) => `app:\n  ${name}_api_token: ${value}\n  debug: false\n`,
};

function nameFor({ format }: Row): string {
  return format.at === "name" ? (format.keywords[0] ?? "").replace(/_$/, "") : "service";
}

/** The form of what the secret stands beside: the anchor with its first keyword. */
function anchorOf({ anchor = "", keywords }: Format): string {
  return anchor.replace(/^\(\?:[^)]*\)/, keywords[0] ?? "");
}

const placeholderOf = (form: string) =>
  form.replace(/\[[^\]]+\]\{(\d+)\}/g, (_, count: string) => "x".repeat(Number(count)));

async function scanned(text: (row: Row, context: string) => string | undefined) {
  const files: Record<string, string> = {};
  rows.forEach((row, index) => {
    for (const context of Object.keys(CONTEXTS)) {
      const content = text(row, context);
      if (content !== undefined) files[`${index}/${context}`] = content;
    }
  });
  return (await scanOf(files)).new;
}

it("covers at least 150 formats", () => {
  expect(rows.length).toBeGreaterThanOrEqual(150);
});

it("finds a made-up secret of every format in programs, environment files and YAML", async () => {
  const found = await scanned((row, context) => {
    const text = CONTEXTS[context]?.(nameFor(row), makeUp(row.form));
    return row.format.at === "beside" ? `# ${makeUp(anchorOf(row.format))}\n${text}` : text;
  });
  const seen = new Set(found.map((one) => one.path));
  const missed = rows.flatMap((row, index) =>
    Object.keys(CONTEXTS)
      .filter((context) => seen.has(`${index}/${context}`) !== (row.format.secret ?? true))
      .map((context) => `${row.id} ${row.format.name} in ${context}`),
  );
  expect(missed).toEqual([]);
});

it("takes none of them for a secret where signs of a placeholder stand in its place", async () => {
  const found = await scanned((row, context) =>
    /\[[^\]]+\]\{\d+\}/.test(row.form)
      ? CONTEXTS[context]?.(nameFor(row), placeholderOf(row.form))
      : undefined,
  );
  expect(found.map((one) => `${rows[Number(one.path.split("/")[0])]?.id} ${one.path}`)).toEqual([]);
});

/** Where a keyword stands, a pattern is tried once; a long token takes some thousand steps, whatever stands around it. */
const MAX_STEPS = 100_000;

it("repeats nothing without a bound, and nothing in more ways than it can try", () => {
  const costs = rows.map(({ id, format }) => {
    // As the program compiles it: behind a token no character of a token may stand.
    const steps = [format.pattern, format.anchor ?? "a"].map((one) =>
      patternSteps(`(?:${one})(?![\\w-])`),
    );
    return [Math.max(...steps), id, format.name] as const;
  });
  expect(costs.filter(([steps]) => steps > MAX_STEPS)).toEqual([]);
});

it.each([
  ["(a+)+b", "no bound"],
  ["[a-z]*x", "no bound"],
  ["a{2,}", "no bound"],
  ["(?:a?){5}", "may be empty"],
])("does not take %s for bounded", (pattern, why) => {
  expect(() => patternSteps(pattern)).toThrow(why);
});

it("counts the ways that backtracking has", () => {
  expect(patternSteps("[a-z]{1,100}[a-z]{1,100}[a-z]{1,100}x")).toBeGreaterThan(1_000_000);
  expect(patternSteps("[a-z]{1,100}-[a-z]{1,100}-[a-z]{1,100}x")).toBeLessThan(2000);
});
