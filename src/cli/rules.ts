import type { Command } from "commander";
import { ConfigError, RuleError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Rule } from "../core/rule.ts";
import { factsOf, messageOf, shownExamples, silencingComments } from "../rules/index.ts";
import { buildRules, RULES_FOLDER, setUp } from "../setup/index.ts";
import { directoryTree } from "../trees/index.ts";
import { EXIT, write } from "./finish.ts";
import { casesOf, runExample } from "./rule-examples.ts";

/** `portcullis rules`: lists the rules, explains one, or runs a repository's own on their examples. */
export function addRules(program: Command, done: (status: number) => void): void {
  program
    .command("rules")
    .summary("list the rules, or explain one")
    .description(
      "Lists the built-in rules, or explains one of them by its id or by another tool's name for it.",
    )
    .argument("[id]", "a rule's id, another tool's name for it, or a family such as injection")
    .option("--check <folder>", `run the rules in a folder's ${RULES_FOLDER} on their examples`)
    .addHelpText(
      "after",
      `
Examples:
  $ portcullis rules
  $ portcullis rules injection
  $ portcullis rules injection/sql-raw-query
  $ portcullis rules bandit:B608
  $ portcullis rules --check .              do the examples of our own rules hold?`,
    )
    .action(async (id: string | undefined, { check }: { check?: string }) => {
      if (check !== undefined) return done(await runOwn(check, id));
      write(id === undefined ? list(buildRules("all").rules) : explain(id));
      done(EXIT.clean);
    });
}

/** Runs a folder's own rules, or one of them, on their examples; the status says whether all hold. */
async function runOwn(folder: string, id: string | undefined): Promise<number> {
  const { rules, ownRules } = await setUp(await directoryTree(folder), { profile: "all" });
  const ids = new Set(ownRules.map((file) => file.path.replace(/\.ya?ml$/, "")));
  const own = rules.rules.filter(
    (rule) => ids.has(rule.id) && (id === undefined || rule.id === id),
  );
  if (own.length === 0)
    throw new RuleError(
      `${folder} has no ${id === undefined ? "rules" : `rule "${id}"`} of its own`,
      {
        hint: `Rules are files under ${RULES_FOLDER}; a rule's id is its path there, without .yml.`,
      },
    );
  const lines: string[] = [];
  let [run, failed] = [0, 0];
  for (const rule of own)
    for (const example of casesOf(rule)) {
      const problems = await runExample(rule, rules, example);
      run++;
      if (problems.length > 0) failed++;
      const kind = example.good ? "not reported" : "reported";
      lines.push(
        `${problems.length === 0 ? "ok  " : "FAIL"}  ${rule.id}, ${kind}: ${example.name}`,
      );
      lines.push(...problems.map((problem) => problem.replace(/^/gm, "      ")));
    }
  write([...lines, "", `examples run: ${run}, wrong: ${failed}`].join("\n"));
  return failed === 0 ? EXIT.clean : EXIT.findings;
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
