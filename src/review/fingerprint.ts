import { createHash } from "node:crypto";
import { compareFindings, type Finding, type RawFinding } from "../core/finding.ts";

/**
 * Identity of a finding across commits. Neither its place nor its wording count, so that it survives moved lines, renamed
 * files, and a change of a rule's severity or message.
 */
export function fingerprintOf(finding: Pick<RawFinding, "ruleId" | "subject">): string {
  return createHash("sha256")
    .update(`${finding.ruleId}\0${finding.subject}`)
    .digest("hex")
    .slice(0, 32);
}

/** Numbers further copies of one fingerprint in the order of their places, so that a second copy is not swallowed. */
export function numberCopies<T extends { readonly finding: Finding }>(items: readonly T[]): T[] {
  const counts = new Map<string, number>();
  const byPlace = [...items].sort((a, b) =>
    compareFindings({ ...a.finding, severity: "low" }, { ...b.finding, severity: "low" }),
  );
  const names = new Map<T, string>();
  for (const item of byPlace) {
    const { fingerprint } = item.finding;
    const count = (counts.get(fingerprint) ?? 0) + 1;
    counts.set(fingerprint, count);
    names.set(item, count === 1 ? fingerprint : `${fingerprint}:${count}`);
  }
  return items.map((item) => ({
    ...item,
    finding: { ...item.finding, fingerprint: names.get(item) ?? item.finding.fingerprint },
  }));
}
