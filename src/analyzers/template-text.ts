import * as z from "zod";
import { lineStarts, toRegion } from "../core/edits.ts";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { analyzer, type FileUnit, type Prepared } from "./analyzer.ts";
import { blankComments, isServedTemplate } from "./templates.ts";

const Pattern = z.string().min(1);

/** Texts of a template that are a flaw by themselves. Comments are not looked at. */
const TemplateTextMatch = z.strictObject({
  /** Words of which one must stand in the file. */
  words: z.array(z.string().min(1)).min(1),
  /** A regular expression; it may not cross a line. */
  pattern: Pattern,
  /** What is found counts only where none of these is found in it. */
  unless: z.array(Pattern).default([]),
  /** What is found counts only outside of what begins and ends so. */
  outside: z.strictObject({ begin: Pattern, end: Pattern }).optional(),
  /**
   * The pattern names a variable in its group `name`: what is found counts only where that is shown, without a filter that
   * this finds and outside of `outside`.
   */
  "shown-without": Pattern.optional(),
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
    outside: match.outside && {
      begin: new RegExp(match.outside.begin, "g"),
      end: new RegExp(match.outside.end, "g"),
    },
    shownWithout: match["shown-without"] && new RegExp(match["shown-without"]),
  }));
  return {
    triggers: compiled.flatMap((one) => one.words.map((text) => [{ text, whole: true }])),
    wants: isServedTemplate,
    inspect: (unit) =>
      !isPage(unit)
        ? []
        : compiled
            .filter((one) => one.words.some((word) => unit.words.has(word)))
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
  readonly outside: { readonly begin: RegExp; readonly end: RegExp } | undefined;
  readonly shownWithout: RegExp | "" | undefined;
}

/** The text with what stands between the marks blanked out, every line where it was. */
function blankBetween(text: string, outside: Compiled["outside"]): string {
  if (outside === undefined) return text;
  let blanked = "";
  let at = 0;
  for (const { index } of text.matchAll(outside.begin)) {
    if (index < at) continue;
    outside.end.lastIndex = index;
    const end = outside.end.exec(text)?.index ?? text.length;
    blanked += text.slice(at, index) + text.slice(index, end).replace(/[^\r\n]/g, " ");
    at = end;
  }
  return blanked + text.slice(at);
}

/** True where a variable is shown somewhere as it is. */
function isShown(text: string, name: string, without: RegExp): boolean {
  const shown = text.matchAll(/\{\{([^{}\r\n]*)\}\}/g);
  return [...shown].some(
    ([, inner = ""]) => /^[-\s]*(\w+)/.exec(inner)?.[1] === name && !without.test(inner),
  );
}

function inspect(unit: FileUnit, compiled: Compiled): RawFinding[] {
  const { id, pattern, unless, outside, shownWithout } = compiled;
  const starts = lineStarts(unit.text);
  const text = blankBetween(blankComments(unit.text), outside);
  const found: RawFinding[] = [];
  for (const [index, start] of starts.entries()) {
    const line = text.slice(start, starts[index + 1] ?? text.length);
    if (line.length > MAX_LINE) continue;
    for (const match of line.matchAll(pattern)) {
      const [shown] = match;
      if (unless.some((one) => one.test(shown))) continue;
      const name = match.groups?.["name"];
      if (shownWithout && name !== undefined && !isShown(text, name, shownWithout)) continue;
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
