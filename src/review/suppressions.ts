/**
 * Comments that silence findings: our own, and those that people have already written for Bandit and Ruff. A comment for
 * another tool silences here what it silences there: the rules that know that tool's name for the flaw.
 */
import type { Location } from "../core/finding.ts";
import { nearest } from "../core/nearest.ts";
import type { Rule } from "../core/rule.ts";
import type { ModuleFile } from "../python/index.ts";

export interface SuppressionComment {
  readonly dialect: "portcullis" | "nosec" | "noqa";
  readonly at: Location;
  /** Rule ids or another tool's names; empty means every rule that the tool knows. */
  readonly names: readonly string[];
  readonly reason?: string;
  /** A comment that counts for the whole file. */
  readonly wholeFile: boolean;
  /** The comment stands alone on its line. One of ours then speaks of the line below; other tools know no such thing. */
  readonly alone: boolean;
}

/** One of them stands in every such comment. */
export const SUPPRESSION_WORDS = /nosec|noqa|portcullis:/i;
const PORTCULLIS = /portcullis:\s*ignore\b(?:\s*\[([^\]]*)\])?[ \t]*([^\r\n]*)/i;
const NOSEC = /#\s*nosec\b:?\s*([^#]*)/i;
const NOQA = /#\s*(ruff:\s*|flake8:\s*)?noqa\b(?:\s*:\s*([A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*))?/i;

/** All suppressions of a file, in the order of their lines; of Python where its comments surely are comments. */
export function commentsOf(
  path: string,
  text: string,
  file: ModuleFile | undefined,
): SuppressionComment[] {
  if (file !== undefined) {
    return file.comments.flatMap((comment) => {
      const line = file.lines[comment.line - 1] ?? "";
      return readComment(
        path,
        comment.line,
        comment.text,
        line.slice(0, Math.max(0, line.lastIndexOf(comment.text))),
      );
    });
  }
  // Other languages: whatever follows a comment's opening on a line that holds one of the words.
  return text.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const opening = SUPPRESSION_WORDS.test(line) ? /#|\/\/|\/\*|<!--|\{#/.exec(line) : null;
    return opening === null
      ? []
      : readComment(path, index + 1, line.slice(opening.index), line.slice(0, opening.index));
  });
}

/** The suppressions in one line's comment. `line` counts from 1; `before` is the text in front of the comment. */
export function readComment(
  path: string,
  line: number,
  comment: string,
  before: string,
): SuppressionComment[] {
  const region = {
    startLine: line,
    startColumn: before.length + 1,
    endLine: line,
    endColumn: before.length + comment.length,
  };
  const base = { at: { path, region }, alone: before.trim() === "" };
  const found: SuppressionComment[] = [];
  const own = PORTCULLIS.exec(comment);
  if (own !== null) {
    const reason = (own[2] ?? "").replace(/\s*(?:#\}|-->|\*\/)\s*$/, "").trim();
    const names = split(own[1]);
    found.push({
      ...base,
      dialect: "portcullis",
      names,
      wholeFile: false,
      ...(reason !== "" && { reason }),
    });
  }
  const nosec = NOSEC.exec(comment);
  if (nosec !== null)
    found.push({ ...base, dialect: "nosec", names: banditNames(nosec[1] ?? ""), wholeFile: false });
  const noqa = NOQA.exec(comment);
  // For a whole file they count on a line of their own; behind code Ruff and flake8 pass over them.
  if (noqa !== null && (noqa[1] === undefined || base.alone))
    found.push({
      ...base,
      dialect: "noqa",
      names: split(noqa[2]),
      wholeFile: noqa[1] !== undefined,
    });
  return found;
}

/** Codes and test names that follow `nosec`. Other words are a remark, which silences everything: so Bandit reads it. */
function banditNames(remark: string): string[] {
  const codes = remark.match(/\bB\d+\b/gi) ?? [];
  const [name] = /^[a-z]+_\w+/i.exec(remark) ?? [];
  return name === undefined ? codes : [...codes, name];
}

function split(names: string | undefined): string[] {
  return (names ?? "").split(/[\s,]+/).filter((name) => name !== "");
}

/** True when the comment silences findings of the rule (wherever they stand). */
export function silences(comment: SuppressionComment, rule: Rule): boolean {
  if (comment.dialect === "portcullis") {
    if (comment.reason === undefined) return false;
    return comment.names.some((name) => name === rule.id || rule.aliases.includes(name));
  }
  const tool = comment.dialect === "nosec" ? "bandit" : "ruff";
  const known = rule.aliases
    .filter((alias) => alias.startsWith(`${tool}:`))
    .map((alias) => alias.slice(tool.length + 1));
  if (comment.names.length === 0) return known.length > 0;
  return comment.names.some((name) => known.includes(name.toUpperCase()));
}

/** What is wrong with a comment of ours, in words; undefined when nothing is. */
export function faultOf(
  comment: SuppressionComment,
  ids: readonly string[],
  aliases: ReadonlySet<string>,
): string | undefined {
  if (comment.dialect !== "portcullis") return undefined;
  const place = `${comment.at.path}:${comment.at.region.startLine}`;
  if (comment.names.length === 0)
    return `${place}: a suppression must name its rule: \`portcullis: ignore[rule-id] reason\`.`;
  if (comment.reason === undefined)
    return `${place}: a suppression must give a reason: \`portcullis: ignore[${comment.names[0]}] reason\`. It was not honoured.`;
  const unknown = comment.names.find((name) => !ids.includes(name) && !aliases.has(name));
  if (unknown === undefined) return undefined;
  const guess = nearest(unknown, ids);
  return `${place}: a suppression names the unknown rule "${unknown}".${guess === undefined ? "" : ` Did you mean "${guess}"?`}`;
}
