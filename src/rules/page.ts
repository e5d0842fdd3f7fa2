import type { Rule } from "../core/rule.ts";
import {
  factsOf,
  kindsOf,
  messageOf,
  type ShownExample,
  shownExamples,
  silencingComments,
} from "./explain.ts";

/** The page of one rule in Markdown, for `docs/rules/<id>.md`. Same rule, same bytes. */
export function renderRulePage(rule: Rule): string {
  const examples = shownExamples(rule);
  const [own = "", ...others] = silencingComments(rule);
  const kinds = kindsOf(rule);
  const facts = [
    { name: "Id", value: `\`${rule.id}\`` },
    ...factsOf(rule).map(({ name, value }) => ({ name, value: markedUp(name, value, rule) })),
  ];
  return `${[
    `# ${rule.title}`,
    ["| | |", "| --- | --- |", ...facts.map(({ name, value }) => `| ${name} | ${value} |`)].join(
      "\n",
    ),
    "## Why",
    messageOf(rule),
    "## How to fix",
    rule.remedy,
    ...(kinds.length > 1 ? ["## What is known", kinds.map((kind) => `- ${kind}`).join("\n")] : []),
    "## What is reported",
    ...examples.filter((example) => example.isReported).flatMap(toMarkdown),
    "## What is not reported",
    ...examples.filter((example) => !example.isReported).flatMap(toMarkdown),
    "## How to silence",
    "At the end of the line, or alone on the line above, with a reason:",
    fenced("text", own),
    ...(others.length > 0
      ? [
          `A comment that is there for another tool counts too: ${others.map((comment) => `\`${comment}\``).join(", ")}.`,
        ]
      : []),
    ...(rule.kind === "setting"
      ? [
          "Where the setting is missing there is no line to write on, and only the configuration can.",
        ]
      : []),
    "In `.github/portcullis.yml` on the base branch, by path or finding by finding:",
    fenced(
      "yaml",
      [
        "rules:",
        `  ${rule.id}: { severity: off, paths: { include: ["scripts/**"] } }`,
        "allow:",
        `  - { rule: ${rule.id}, path: "scripts/report.py", reason: "the reason", expires: 2030-01-31 }`,
      ].join("\n"),
    ),
    ...(rule.references.length > 0
      ? ["## References", rule.references.map((url) => `- <${url}>`).join("\n")]
      : []),
  ].join("\n\n")}\n`;
}

/** The page that lists all rules, by family, for `docs/rules/README.md`. */
export function renderRuleIndex(rules: readonly Rule[]): string {
  const families = [...new Set(rules.map(familyOf))].sort();
  const sections = families.map((family) =>
    toSection(
      family,
      rules.filter((rule) => familyOf(rule) === family),
    ),
  );
  return `${[
    "# Rules",
    "Generated from the files under `rules/` by `npm run docs`. `portcullis rules ID` prints the same.",
    ...sections.flat(),
  ].join("\n\n")}\n`;
}

function familyOf(rule: Rule): string {
  return rule.id.split("/")[0] ?? "";
}

function toSection(family: string, rules: readonly Rule[]): string[] {
  const rows = [...rules]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(
      (rule) =>
        `| [\`${rule.id}\`](${rule.id}.md) | ${rule.title} | ${rule.severity} | ${rule.confidence} | ${rule.aliases.map((alias) => `\`${alias}\``).join(", ")} |`,
    );
  return [
    `## ${family}`,
    [
      "| Rule | Reports | Severity | Confidence | Also known as |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
    ].join("\n"),
  ];
}

function markedUp(name: string, value: string, rule: Rule): string {
  if (name === "CWE") {
    return rule.cwe
      .map((number) => `[CWE-${number}](https://cwe.mitre.org/data/definitions/${number}.html)`)
      .join(", ");
  }
  if (name === "Also known as") return rule.aliases.map((alias) => `\`${alias}\``).join(", ");
  return value;
}

function toMarkdown({ name, files }: ShownExample): string[] {
  return [
    `${name.charAt(0).toUpperCase()}${name.slice(1)}:`,
    ...files.flatMap(({ path, text }) => [
      ...(path === undefined ? [] : [`\`${path}\``]),
      fenced(languageOf(path, text), text),
    ]),
  ];
}

function languageOf(path: string | undefined, text: string): string {
  const extension = path === undefined ? undefined : /\.(\w+)$/.exec(path)?.[1];
  switch (extension) {
    case undefined:
      return /^\s*(?:<|\{%)/.test(text) ? "html" : "python";
    case "py":
      return "python";
    case "html":
    case "toml":
    case "json":
      return extension;
    case "yml":
    case "yaml":
      return "yaml";
    default:
      return "text";
  }
}

/** A fence longer than any in the text. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
