// A finding never holds a secret's text, but whoever knows where it stands can read it there. The text goes to the runner, which masks it in
// all that this job prints from then on, whichever step prints it.
import type { Finding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";

/** Shorter texts are words: masked, they would make the whole log unreadable. */
const MIN_SECRET = 6;

/**
 * The texts of the secrets that these findings are about or show, each line apart, as the runner compares lines. Findings of one tree.
 */
export async function secretTexts(
  findings: readonly Finding[],
  rules: ReadonlyMap<string, Rule>,
  tree: SourceTree,
): Promise<ReadonlySet<string>> {
  const isSecret = (finding: Finding) => rules.get(finding.ruleId)?.kind === "secret";
  const relevant = findings.filter(
    (finding) => isSecret(finding) || finding.excerpt?.lines.some((line) => line.includes("**")),
  );
  const texts = new Set<string>();
  const contents = await tree.read([...new Set(relevant.map((finding) => finding.path))]);
  for (const finding of relevant) {
    const content = contents.get(finding.path);
    const decoded = content?.kind === "bytes" ? decodeText(content.bytes) : undefined;
    if (decoded === undefined || !("text" in decoded)) continue;
    const lines = decoded.text.split(/\r\n|\r|\n/);
    const found = [
      ...shown(finding, lines),
      ...(isSecret(finding) ? inRegion(finding, lines) : []),
    ];
    for (const text of found.flatMap(parts)) texts.add(text);
  }
  return texts;
}

/** What the excerpt hides: all that has an asterisk in its place. */
function shown({ excerpt }: Finding, lines: readonly string[]): string[] {
  if (excerpt === undefined) return [];
  return excerpt.lines.flatMap((masked, index) => {
    const line = lines[excerpt.startLine - 1 + index] ?? "";
    return [...masked.matchAll(/\*{2,}/g)]
      .map((run) => line.slice(run.index, run.index + run[0].length))
      .filter((text) => !/^\**$/.test(text));
  });
}

function inRegion({ region }: Finding, lines: readonly string[]): string[] {
  return lines.slice(region.startLine - 1, region.endLine).map((line, index) => {
    const number = region.startLine + index;
    return line.slice(
      number === region.startLine ? region.startColumn - 1 : 0,
      number === region.endLine ? region.endColumn : undefined,
    );
  });
}

/** A text without its quotes, and the lines of a key that is written in one. The first and last line of a key are no secret. */
function parts(text: string): string[] {
  const bare = text.trim().replace(/^\w{0,2}["']+|["']+$/g, "");
  return [bare, ...bare.split(/\\r|\\n/)].filter(
    (part) => part.length >= MIN_SECRET && !/^-----[\w ]+-----$/.test(part),
  );
}
