/** Findings about packages, for formats that can show their advisories as a list of links; elsewhere the message names them all. */
import type { Finding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { advisoryNotes, vulnerabilities } from "../dependencies/index.ts";

/** More of them are counted. */
const MAX_LISTED = 20;

/** One advisory of a list. */
export interface ListedAdvisory {
  readonly id: string;
  readonly url: string;
  /** What there is to say of it, without a full stop; may be empty. */
  readonly text: string;
}

/** What a finding is called where it stands among others: one about a package says which. */
export function titleOf({ ruleId, package: fact }: Finding, rule: Rule | undefined): string {
  const title = rule?.title ?? ruleId;
  if (fact === undefined) return title;
  return `${title}: ${[fact.name, fact.version].filter((part) => part !== undefined).join(" ")}`;
}

/** What a finding says, in sentences: of a package without its advisories. */
export function whyOf({ message, package: fact }: Finding): string {
  if (fact === undefined) return message;
  return `${fact.state} has ${vulnerabilities(fact.advisories.length)}. ${fact.advice}`;
}

/** The advisories of a finding about a package, worst first, and how many more there are. */
export function advisoriesOf({ package: fact }: Finding): {
  readonly listed: readonly ListedAdvisory[];
  readonly more: number;
} {
  const all = fact?.advisories ?? [];
  const listed = all.slice(0, MAX_LISTED).map((one) => {
    const notes = [
      ...advisoryNotes(one),
      ...(one.fixed === undefined ? ["no fixed version"] : [`fixed in ${one.fixed}`]),
    ];
    const summary = one.summary.replace(/[\s.]+$/, "");
    return {
      id: one.id,
      url: one.url,
      text: `(${notes.join(", ")})${summary === "" ? "" : `: ${summary}`}`,
    };
  });
  return { listed, more: all.length - listed.length };
}
