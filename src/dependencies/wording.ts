/** What people are told of an entry and its advisories: sentences with names in backticks. */
import type { AdvisoryFact } from "../core/finding.ts";
import type { Hit } from "./advisory-index.ts";
import type { VulnerableEntry } from "./vulnerable.ts";

/** Advisories that are told one by one. */
const MAX_LISTED = 8;
/** Aliases that are told of each. */
const MAX_ALIASES = 2;

/** One flaw as plain data. */
export function advisoryFact({
  ids: [id, ...aliases],
  records,
  severity,
  fixed,
}: Hit): AdvisoryFact {
  const [first] = records;
  const epss = Math.max(-1, ...records.map((record) => record.epss ?? -1));
  const told = records.find(({ summary }) => summary !== "") ?? first;
  return {
    id,
    aliases,
    summary: told.summary,
    url: (records.find((record) => record.id === id) ?? first).url,
    ...(severity !== undefined && { severity }),
    ...(fixed !== undefined && { fixed }),
    ...(epss >= 0 && { epss }),
    ...(records.some(({ exploited }) => exploited === true) && { exploited: true }),
  };
}

/** What is known of an advisory, in a few words each: how bad it is, its other names, whether it is used in attacks. */
export function advisoryNotes({ severity, aliases, exploited, epss }: AdvisoryFact): string[] {
  return [
    severity,
    ...aliases.filter((alias) => alias.startsWith("CVE-")).slice(0, MAX_ALIASES),
    exploited === true ? "known to be exploited" : undefined,
    epss !== undefined && epss >= 0.1 ? `EPSS ${Math.round(epss * 100)}%` : undefined,
  ].filter((note) => note !== undefined);
}

/** How many there are, as the object of a sentence. */
export function vulnerabilities(count: number): string {
  return count === 1 ? "a known vulnerability" : `${count} known vulnerabilities`;
}

/** `GHSA-… (high): what is wrong.` for each, in one text. */
export function advisoryText(advisories: readonly AdvisoryFact[]): string {
  const listed = advisories.slice(0, MAX_LISTED).map((one) => {
    const notes = advisoryNotes(one);
    const inBrackets = notes.length > 0 ? ` (${notes.join(", ")})` : "";
    const summary = one.summary.replaceAll("`", "'").replace(/[\s.]+$/, "");
    const end = summary.endsWith("…") ? "" : ".";
    return `${one.id}${inBrackets}${summary === "" ? "" : `: ${summary}`}${end}`;
  });
  const rest = advisories.length - listed.length;
  const more = rest > 0 ? [`${rest} more advisories apply.`] : [];
  return [...listed, ...more].join(" ");
}

/** Which package and version is meant: the subject of a sentence that goes on with "has". */
export function stateOf({ entry, version, file }: VulnerableEntry): string {
  const name = `\`${entry.shownName ?? entry.name}\``;
  if (version === undefined) return `Every version of ${name} that \`${entry.range ?? ""}\` allows`;
  if (entry.version === undefined)
    return `${name}, which is locked at ${version} beside \`${file.path}\`,`;
  return entry.kind === "constraint"
    ? `${name} ${version}, to which this constrains it,`
    : `${name} ${version}`;
}

/** Where to go from here. */
export function adviceOf(found: VulnerableEntry): string {
  const { entry, target, endOfBranch, bestKnown, wayIn } = found;
  const parts: string[] = [];
  if (wayIn !== undefined && wayIn.length > 1)
    parts.push(`It gets in by ${wayIn.map((name) => `\`${name}\``).join(" → ")}.`);
  if (target !== undefined) {
    parts.push(moveTo(target, found));
    if (endOfBranch !== undefined)
      parts.push(
        `${endOfBranch} has the fixes too, but later advisories do not cover its branch any more.`,
      );
    if ((entry.hashes ?? []).length > 0 && found.command === undefined)
      parts.push("Its hashes change with it.");
  } else if (bestKnown !== undefined) {
    parts.push(`${bestKnown} mends a part of it; for the rest no fixed version is known.`);
  } else parts.push("No fixed version is known.");
  return parts.join(" ");
}

function moveTo(target: string, found: VulnerableEntry): string {
  const { file, entry, command, written, isEditable, blockedBy } = found;
  if (command === undefined || (isEditable && written === undefined))
    return `Move to ${target}${compiledAnew(found)}.`;
  const anew = written === "exported" ? ", then export this file anew" : "";
  // Locked by a program that keeps to what this line asks for.
  const isPin = entry.kind !== "locked" && entry.version !== undefined;
  if (isPin && written === undefined) return `Set it to ${target}, then run \`${command}\`.`;
  if (blockedBy === undefined) return `Move to ${target}: \`${command}\`${anew}.`;
  const where = blockedBy === file.path ? "here" : `in \`${blockedBy}\``;
  return `Allow ${target} ${where}, then run \`${command}\`${anew}.`;
}

function compiledAnew({ compiled }: VulnerableEntry): string {
  if (compiled === undefined) return "";
  const command = compiled.command === undefined ? "" : `: \`${compiled.command}\``;
  return `, then compile \`${compiled.path}\` anew${command}`;
}
