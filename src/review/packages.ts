/**
 * Findings about packages. They are compared one flaw at a time, because a change of version keeps some and adds others, and shown
 * one entry at a time, because a reader has one line to change.
 */
import type { NamedPackage } from "../analyzers/index.ts";
import { type Change, touches } from "../core/change.ts";
import { type AdvisoryFact, compareText, type PackageFact, severities } from "../core/finding.ts";
import { ownValue } from "../core/own-value.ts";
import { advisoryText, folderOf, vulnerabilities } from "../dependencies/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { onAddedLine } from "./compare.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Hit } from "./hit.ts";

type PackageHit = Hit & { readonly finding: { readonly package: PackageFact } };

function isPackageHit(hit: Hit): hit is PackageHit {
  return hit.finding.package !== undefined;
}

/** Hits of files that the change does not touch tell only what was known before. */
export function isContext({ finding }: Hit): boolean {
  return finding.package?.isContext === true;
}

/**
 * True where base knew the flaw of the package already: in the same file, whatever the version and however often. Where base's file
 * did not name the package at all, another file of the folder counts too, if one of the two repeats what a lock file says or base's
 * file is gone: in the same version, or in any where the change brings the file, which cannot have been better before.
 * `named` are the packages of base's files.
 */
export function wasKnown(
  base: readonly Hit[],
  changes: readonly Change[],
  named: readonly NamedPackage[],
): (hit: Hit) => boolean {
  const before = new Map<string, PackageHit[]>();
  for (const hit of base.filter(isPackageHit)) {
    const key = keyOf(hit);
    before.set(key, [...(before.get(key) ?? []), hit]);
  }
  const pathsOf = (wanted: Change["status"]) =>
    new Set(changes.filter(({ status }) => status === wanted).map(({ path }) => path));
  const [added, removed] = [pathsOf("added"), pathsOf("removed")];
  const previous = new Map(changes.map(({ path, previousPath }) => [path, previousPath ?? path]));
  const entryOf = (path: string, { ecosystem, name }: Pick<PackageFact, "ecosystem" | "name">) =>
    `${path}\0${ecosystem}\0${name}`;
  const entries = new Set(named.map((one) => entryOf(one.path, one)));
  return (hit) => {
    if (!isPackageHit(hit)) return false;
    const { path, package: fact } = hit.finding;
    const own = previous.get(path) ?? path;
    const isOther = !entries.has(entryOf(own, fact));
    return (before.get(keyOf(hit)) ?? []).some(({ finding: old }) => {
      if (old.path === own) return true;
      return (
        isOther &&
        (old.package.isFromLock || fact.isFromLock || removed.has(old.path)) &&
        (old.package.version === fact.version || added.has(path)) &&
        folderOf(old.path) === folderOf(path)
      );
    });
  };
}

/** The change that takes another one back, as far as `wasKnown` asks. */
export function reversed(change: Change): Change {
  const { path, previousPath = path, status } = change;
  const opposite = status === "added" ? "removed" : status === "removed" ? "added" : status;
  return { ...change, status: opposite, path: previousPath, previousPath: path };
}

function keyOf({ finding: { ruleId, package: fact } }: PackageHit): string {
  return `${ruleId}\0${fact.ecosystem}\0${fact.name}\0${fact.advisories[0].id}`;
}

/** Leaves a proposal only with the first hit of each entry: they are all the same, and each proof is a scan. */
export function withOneProposal(hits: readonly Hit[]): Hit[] {
  const seen = new Set<string>();
  return hits.map((hit) => {
    if (!isPackageHit(hit) || hit.proposal === undefined) return hit;
    const key = JSON.stringify(hit.proposal.edits);
    const { proposal: _, ...rest } = hit;
    if (seen.has(key)) return rest;
    seen.add(key);
    return hit;
  });
}

/**
 * One hit for each package of a folder and version, with all its flaws: at the line that asks for it where the change has that line,
 * else in the lock file. Without changes the line that asks comes first.
 */
export function joinPackages(
  hits: readonly Hit[],
  rules: RuleSet,
  changes?: readonly Change[],
): Hit[] {
  const byPath = new Map(changes?.map((change) => [change.path, change]));
  const groups = new Map<string, PackageHit[]>();
  const joined: Hit[] = [];
  for (const hit of hits) {
    if (!isPackageHit(hit)) {
      joined.push(hit);
      continue;
    }
    const { ruleId, path, package: fact } = hit.finding;
    const key = [ruleId, folderOf(path), fact.ecosystem, fact.name, fact.version].join("\0");
    groups.set(key, [...(groups.get(key) ?? []), hit]);
  }
  for (const group of groups.values()) joined.push(...joinGroup(group, rules, byPath));
  return joined;
}

function joinGroup(
  group: readonly PackageHit[],
  rules: RuleSet,
  byPath: ReadonlyMap<string, Change>,
): Hit[] {
  const isInChange = ({ finding }: PackageHit) =>
    byPath.size === 0 || addedLine(finding.package.block, byPath.get(finding.path)) !== undefined;
  const rank = (hit: PackageHit) =>
    (isInChange(hit) ? 0 : 2) + (hit.finding.package.isLock ? 1 : 0);
  const best = Math.min(...group.map(rank));
  // A lock file, and what is exported from it, say once more what a line beside them says; two lines that ask are two findings.
  const first = group.filter((hit) => rank(hit) === best).sort(byScope);
  const byHand = first.filter(({ finding: { package: fact } }) => !fact.isLock && !fact.isExported);
  // What pip-tools compile `x.in` into is `x.txt`.
  const asking = byHand.filter(({ finding: { path } }) => {
    const origin = path.replace(/\.txt$/, ".in");
    return origin === path || !byHand.some((other) => other.finding.path === origin);
  });
  const places = asking.length > 0 ? asking : first.slice(0, 1);
  const lines = new Map(places.map((hit) => [placeOf(hit), hit]));
  const silenced = group.find((hit) => hit.suppression !== undefined)?.suppression;
  return [...lines.values()].map((anchor) => {
    const flaws = new Map<string, PackageHit>();
    for (const hit of group) {
      const { id } = hit.finding.package.advisories[0];
      const known = flaws.get(id);
      if (known === undefined || placeOf(hit) === placeOf(anchor)) flaws.set(id, hit);
    }
    return joinAt(anchor, [...flaws.values()], rules, byPath.get(anchor.finding.path), silenced);
  });
}

/** What runs in production first. */
function byScope(a: PackageHit, b: PackageHit): number {
  const isMain = ({ finding }: PackageHit) => (finding.package.scope === "main" ? 0 : 1);
  return isMain(a) - isMain(b) || compareText(a.finding.path, b.finding.path);
}

function placeOf({ finding: { path, region } }: Hit): string {
  return `${path}:${region.startLine}:${region.startColumn}`;
}

function joinAt(
  anchor: PackageHit,
  flaws: readonly PackageHit[],
  rules: RuleSet,
  change: Change | undefined,
  suppression: Hit["suppression"],
): Hit {
  const sorted = [...flaws].sort(
    (a, b) =>
      severities.indexOf(a.finding.severity) - severities.indexOf(b.finding.severity) ||
      compareText(a.finding.package.advisories[0].id, b.finding.package.advisories[0].id),
  );
  const facts = sorted.map(({ finding }) => finding.package.advisories[0]);
  const [first = anchor.finding.package.advisories[0], ...rest] = facts;
  const { finding } = anchor;
  const template = rules.byId.get(finding.ruleId)?.message;
  const fact = { ...finding.package, advisories: [first, ...rest] as const };
  const fix = flaws.find((hit) => hit.finding.fix !== undefined)?.finding.fix;
  const proposal = flaws.find((hit) => hit.proposal !== undefined)?.proposal;
  const line = onAddedLine(finding, change) ? undefined : addedLine(fact.block, change);
  return {
    ...anchor,
    ...(suppression !== undefined && { suppression }),
    ...(proposal !== undefined && { proposal }),
    finding: {
      ...finding,
      severity: sorted[0]?.finding.severity ?? finding.severity,
      message: template === undefined ? finding.message : fill(template, fact),
      package: fact,
      ...(line !== undefined && {
        region: { ...finding.region, startLine: line, endLine: line, startColumn: 1, endColumn: 1 },
      }),
      ...(fix !== undefined && { fix }),
      fingerprint:
        rest.length === 0
          ? finding.fingerprint
          : fingerprintOf({ ruleId: finding.ruleId, subject: packageSubject(fact) }),
    },
  };
}

/** What findings about a package are about. */
export function packageSubject({
  ecosystem,
  name,
  advisories,
}: Pick<PackageFact, "ecosystem" | "name" | "advisories">): string {
  const ids = advisories.map(({ id }) => id).sort(compareText);
  return `${ecosystem}:${name} ${ids.join(" ")}`;
}

/** What a rule's message says of a package. */
export function packageValues(
  fact: Pick<PackageFact, "state" | "advice"> & { readonly advisories: readonly AdvisoryFact[] },
): Record<string, string> {
  return {
    package: fact.state,
    vulnerabilities: vulnerabilities(fact.advisories.length),
    details: `${advisoryText(fact.advisories)} ${fact.advice}`,
  };
}

function fill(template: string, fact: PackageFact): string {
  const values = packageValues(fact);
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => ownValue(values, name) ?? whole);
}

/** The first line that the change adds of an entry: where it lies in a hunk, a comment can stand. */
function addedLine(block: PackageFact["block"], change: Change | undefined): number | undefined {
  if (change === undefined || change.hunks === undefined) return undefined;
  if (change.status === "added") return block.startLine;
  for (let line = block.startLine; line <= block.endLine; line++)
    if (change.hunks.some((hunk) => touches(hunk.added, line, line))) return line;
  return undefined;
}
