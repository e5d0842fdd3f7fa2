import type { Command } from "commander";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Rule } from "../core/rule.ts";
import { factsOf, messageOf, shownExamples, silencingComments } from "../rules/index.ts";
import { buildRules } from "../setup/index.ts";
import { write } from "./finish.ts";

/** `portcullis rules`: lists the rules, or explains one. */
export function addRules(program: Command, done: (status: number) => void): void {
  program
    .command("rules")
    .summary("list the rules, or explain one")
    .description(
      "Lists the built-in rules, or explains one of them by its id or by another tool's name for it.",
    )
    .argument("[id]", "a rule's id, another tool's name for it, or a family such as injection")
    .addHelpText(
      "after",
      `
Examples:
  $ portcullis rules
  $ portcullis rules injection
  $ portcullis rules injection/sql-raw-query
  $ portcullis rules bandit:B608`,
    )
    .action((id: string | undefined) => {
      write(id === undefined ? list(buildRules("all").rules) : explain(id));
      done(0);
    });
}

function list(rules: readonly Rule[]): string {
  const width = Math.max(...rules.map((rule) => rule.id.length));
  return rules
    .map((rule) => `${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${rule.title}`)
    .join("\n");
}

function explain(id: string): string {
  const { rules } = buildRules("all");
  const wanted = id.toLowerCase();
  const isNamed = (name: string) => name.toLowerCase() === wanted;
  const found = rules.filter(
    (rule) =>
      isNamed(rule.id) ||
      // Also without the tool's name, as people have it in their comments: B608.
      rule.aliases.some((alias) => isNamed(alias) || isNamed(alias.replace(/^[^:]*:/, ""))),
  );
  const family = rules.filter((rule) => rule.id.startsWith(`${wanted.replace(/\/$/, "")}/`));
  if (family.length > 0) return list(family);
  if (found.length === 0) {
    const guess = nearest(
      id,
      rules.flatMap((rule) => [rule.id, ...rule.aliases]),
    );
    throw new ConfigError(
      `there is no rule "${id}".${guess === undefined ? "" : ` Did you mean "${guess}"?`}`,
      { hint: "`portcullis rules` lists them all." },
    );
  }
  return found.map(page).join("\n\n");
}

function page(rule: Rule): string {
  const facts = factsOf(rule).map(({ name, value }) => `${name}: ${value}`);
  return [
    `${rule.id}: ${rule.title}`,
    ...facts,
    "",
    messageOf(rule),
    "",
    `How to fix: ${rule.remedy}`,
    "",
    `How to silence: ${silencingComments(rule).join(", or ")}`,
    ...(rule.references.length > 0 ? ["", ...rule.references] : []),
    ...shownExamples(rule).map(({ name, isReported, files }) => {
      const text = files
        .map((file) => (file.path === undefined ? "" : `# ${file.path}\n`) + file.text)
        .join("\n\n");
      return `\n${isReported ? "Reported" : "Not reported"}, ${name}:\n${text.replace(/^(?=.)/gm, "    ")}`;
    }),
  ].join("\n");
}
