/** What the configuration lets pass under `allow:`, with a reason and perhaps only for a while. */
import { minimatch } from "minimatch";
import type { AllowEntry, Config } from "../core/config.ts";
import type { Finding, PackageFact } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { ecosystems, normaliseName } from "../dependencies/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { type Hit, names } from "./hit.ts";
import type { Suppressed } from "./result.ts";

/** A finding that something silences, and what. */
export interface Silenced {
  readonly hit: Hit;
  readonly by: Suppressed["by"];
}

/** What entries are compared with. */
export type Allowable = Pick<Finding, "path" | "fingerprint"> & {
  readonly package?: Pick<PackageFact, "ecosystem" | "name" | "advisories">;
};

interface Setting {
  readonly config: Config;
  /** The day as `YYYY-MM-DD`. */
  readonly today: string;
}

/** The entry that silences a finding; where none does any more, those that did until they expired. */
export function allowanceOf(
  finding: Allowable,
  rule: Rule | undefined,
  { config, today }: Setting,
): { readonly valid?: AllowEntry; readonly expired: readonly AllowEntry[] } {
  const entries = config.allow.filter((entry) => {
    if (entry.fingerprint !== undefined) return entry.fingerprint === finding.fingerprint;
    if (entry.advisory !== undefined && entry.package !== undefined)
      return isAdvisory(finding.package, entry.advisory, entry.package);
    if (entry.rule === undefined || entry.path === undefined || rule === undefined) return false;
    return names(entry.rule, rule) && minimatch(finding.path, entry.path, { dot: true });
  });
  const valid = entries.find((entry) => entry.expires === undefined || entry.expires >= today);
  return valid === undefined ? { expired: entries } : { valid, expired: [] };
}

/** What a reader is told of entries that have expired, a sentence each. */
export function expiryNotes(expired: Iterable<AllowEntry>): string[] {
  return [...expired].map(
    (entry) =>
      `The exception "${entry.reason}" expired on ${entry.expires}: its findings count again.`,
  );
}

/** Takes out what a comment or an entry under `allow:` silences. Expired entries silence nothing and are named. */
export function applyAllow(
  hits: readonly Hit[],
  { rules, ...setting }: Setting & { readonly rules: RuleSet },
): {
  readonly active: readonly Hit[];
  readonly suppressed: readonly Silenced[];
  readonly notes: readonly string[];
} {
  const active: Hit[] = [];
  const suppressed: Silenced[] = [];
  const expired = new Set<AllowEntry>();
  for (const hit of hits) {
    const { suppression } = hit;
    if (suppression !== undefined) {
      suppressed.push({ hit, by: { kind: "comment", ...suppression, added: false } });
      continue;
    }
    const allowance = allowanceOf(hit.finding, rules.byId.get(hit.finding.ruleId), setting);
    if (allowance.valid === undefined) {
      for (const entry of allowance.expired) expired.add(entry);
      active.push(hit);
      continue;
    }
    const { reason, expires } = allowance.valid;
    suppressed.push({
      hit,
      by: { kind: "configuration", reason, ...(expires !== undefined && { expires }) },
    });
  }
  return { active, suppressed, notes: expiryNotes(expired) };
}

/** True where the flaw is the one that an entry names, by any of its names, and the package too. */
function isAdvisory(fact: Allowable["package"], advisory: string, name: string): boolean {
  if (fact === undefined) return false;
  const ecosystem = ecosystems.find((one) => one === fact.ecosystem);
  const [{ id, aliases }, ...others] = fact.advisories;
  return (
    ecosystem !== undefined &&
    others.length === 0 &&
    normaliseName(ecosystem, name) === fact.name &&
    [id, ...aliases].some((one) => one.toLowerCase() === advisory.toLowerCase())
  );
}
