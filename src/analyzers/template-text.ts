import * as z from "zod";
import { lineStarts, toRegion } from "../core/edits.ts";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { analyzer, type FileUnit, type Prepared } from "./analyzer.ts";
import { blankComments, isServedTemplate } from "./templates.ts";

const Pattern = z.string().min(1);

/** Texts of a template that are a flaw by themselves. Comments are not looked at. */
const TemplateTextMatch = z.strictObject({
  /** Words of which each must stand in the file. */
  words: z.array(z.string().min(1)).min(1),
  /** A regular expression; it may not cross a line. */
  pattern: Pattern,
  /** What is found counts only where none of these is found in it. */
  unless: z.array(Pattern).default([]),
});
type TemplateTextMatch = z.infer<typeof TemplateTextMatch>;

export const templateText = analyzer({
  kind: "template-text",
  match: TemplateTextMatch,
  examplePath: "templates/page.html",
  prepare,
});

/** No line that a person wrote is longer. */
const MAX_LINE = 2000;

function prepare(rules: readonly Rule<TemplateTextMatch>[]): Prepared {
  const compiled = rules.map(({ id, match }) => ({
    id,
    words: match.words,
    pattern: new RegExp(match.pattern, "g"),
    unless: match.unless.map((source) => new RegExp(source)),
  }));
  return {
    triggers: compiled.map((one) => one.words.map((text) => ({ text, whole: true }))),
    wants: isServedTemplate,
    inspect: (unit) =>
      !isPage(unit)
        ? []
        : compiled
            .filter((one) => one.words.every((word) => unit.words.has(word)))
            .flatMap((one) => inspect(unit, one)),
  };
}

/** Texts of mails and messages are templates too, but no browser shows them: they hold no element, or are the line of a subject. */
function isPage({ path, text }: FileUnit): boolean {
  return /<[a-z!][^<>]*>/i.test(text) && !/(?:^|[_/-])subject\.\w+$/i.test(path);
}

interface Compiled {
  readonly id: string;
  readonly pattern: RegExp;
  readonly unless: readonly RegExp[];
}

function inspect(unit: FileUnit, { id, pattern, unless }: Compiled): RawFinding[] {
  const starts = lineStarts(unit.text);
  const text = blankComments(unit.text);
  const found: RawFinding[] = [];
  for (const [index, start] of starts.entries()) {
    const line = text.slice(start, starts[index + 1] ?? text.length);
    if (line.length > MAX_LINE) continue;
    for (const match of line.matchAll(pattern)) {
      const [shown] = match;
      if (unless.some((one) => one.test(shown))) continue;
      const at = start + match.index;
      found.push({
        ruleId: id,
        path: unit.path,
        region: toRegion(starts, at, at + shown.trimEnd().length),
        subject: shown.replace(/\s+/g, " ").trim(),
        values: { text: shown.trim() },
      });
    }
  }
  return found;
}
