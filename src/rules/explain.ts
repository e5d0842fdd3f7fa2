/**
 * What a rule says of itself, in words that every place shows alike: the rule's page, the command line, a report. How it looks
 * is theirs.
 */
import * as z from "zod";
import type { Rule } from "../core/rule.ts";
import { MADE_UP } from "./examples.ts";
import { settingWords } from "./setting-words.ts";

/** A rule's facts by name, in the order in which a reader needs them; those that it does not have are left out. */
export function factsOf(rule: Rule): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: "Severity", value: rule.severity },
    { name: "Confidence", value: rule.confidence },
    { name: "CWE", value: rule.cwe.join(", ") },
    { name: "OWASP", value: rule.owasp.map(owaspCategory).join(", ") },
    { name: "Also known as", value: rule.aliases.join(", ") },
    { name: "Profile", value: profilesOf(rule) },
  ].filter((fact) => fact.value !== "");
}

function profilesOf({ profile }: Rule): string {
  const named = [profile].flat().map((one) => `\`${one}\``);
  return profile === "default" ? "" : `only with ${named.join(" or ")}`;
}

/**
 * The message without a finding. What a finding would fill in is named in general (`the call`), taken from the rule where it
 * says it, or left out with its parentheses. Template tags such as `{% url %}` stay.
 */
export function messageOf(rule: Rule): string {
  const words = settingWords(rule.match);
  const message = rule.message
    .replace(/ \([^()]*\{\w+\}[^()]*\)/g, "")
    .replace(/ \{how\}$/, "")
    .replace(/\{(?:where|why|beside)\}/g, "")
    .replaceAll("`{setting}`", words?.["setting"] ?? "the setting")
    .replace(/\{(?:state|reason)\}/g, (part) => words?.[part.slice(1, -1)] ?? part)
    .replace(/`\{(\w+)\}`/g, (_, name: string) => {
      const known = wordOf(rule.match, name);
      return known === undefined ? `the ${name}` : `\`${known}\``;
    })
    .replace(/\{(\w+)\}/g, "$1");
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** What each row of a rule's `match` describes, where it has rows with names: `Stripe secret key`. */
export function kindsOf(rule: Rule): readonly string[] {
  const rows = KindRows.safeParse(rule.match);
  return rows.success
    ? [...new Set(rows.data.formats.filter((row) => row.secret).map((row) => row.name))]
    : [];
}

const KindRows = z.looseObject({
  formats: z.array(z.looseObject({ name: z.string(), secret: z.boolean().default(true) })),
});

function wordOf(match: unknown, name: string): string | undefined {
  if (typeof match !== "object" || match === null) return undefined;
  const value: unknown = Object.entries(match).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : undefined;
}

/** The comments that silence a rule at one line: ours, and those that other tools' users have already written. */
export function silencingComments(rule: Rule): readonly string[] {
  const own = `# portcullis: ignore[${rule.id}] the reason`;
  return [
    rule.kind === "template" ? `{${own} #}` : own,
    ...rule.aliases.flatMap((alias) => {
      const [tool, name] = alias.split(":");
      if (tool === "bandit") return [`# nosec ${name}`];
      return tool === "ruff" ? [`# noqa: ${name}`] : [];
    }),
  ];
}

/** One example as a reader may see it. */
export interface ShownExample {
  readonly name: string;
  readonly isReported: boolean;
  /** The path is undefined where the example is one file whose name says nothing. */
  readonly files: readonly { readonly path: string | undefined; readonly text: string }[];
}

/** The examples, reported ones first. Made-up secrets are shortened: a scanner of somebody else's may read this too. */
export function shownExamples(rule: Rule): readonly ShownExample[] {
  return [true, false].flatMap((isReported) =>
    Object.entries(isReported ? rule.examples.bad : rule.examples.good).map(([name, example]) => ({
      name,
      isReported,
      files: (typeof example === "string"
        ? [[undefined, example] as const]
        : Object.entries(example)
      ).map(([path, text]) => ({ path, text: toShown(text) })),
    })),
  );
}

function toShown(text: string): string {
  return text
    .replace(/((?:#|\{#|<!--)\s*)expect\b/g, "$1reported")
    .replace(MADE_UP, (_, form: string) =>
      form.replace(/\[[^\]]+\]\{\d+\}/g, "…").replace(/<(?:gitlab-)?checksum>/, ""),
    )
    .trimEnd();
}

/** The OWASP Top Ten of 2021, https://owasp.org/Top10/2021/. */
const OWASP_2021: Readonly<Record<string, string>> = {
  A01: "Broken Access Control",
  A02: "Cryptographic Failures",
  A03: "Injection",
  A04: "Insecure Design",
  A05: "Security Misconfiguration",
  A06: "Vulnerable and Outdated Components",
  A07: "Identification and Authentication Failures",
  A08: "Software and Data Integrity Failures",
  A09: "Security Logging and Monitoring Failures",
  A10: "Server-Side Request Forgery",
};

function owaspCategory(category: string): string {
  const [number = "", year] = category.split(":");
  const name = year === "2021" ? OWASP_2021[number] : undefined;
  return name === undefined ? category : `${category} ${name}`;
}
