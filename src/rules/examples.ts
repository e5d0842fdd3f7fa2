import { lineStarts } from "../core/edits.ts";
import type { Example, Rule } from "../core/rule.ts";
import { githubChecksum, gitlabChecksum } from "../core/token-checksums.ts";

/** One example of a rule as a small tree, and the lines at which the rule must report. */
export interface ExampleCase {
  readonly name: string;
  readonly good: boolean;
  readonly files: Readonly<Record<string, string>>;
  /** `path:line`, in order. */
  readonly expected: readonly string[];
  /** What the fixes make of the files, where the rule says so. */
  readonly fixed?: Readonly<Record<string, string>>;
}

const MARK = /(?:#|\{#|<!--)\s*expect\b.*$/gm;
/**
 * Stands for a made-up secret of the given form, so that no file of ours holds one: `{{secret:AKIA[A-Z2-7]{16}}}`. `<checksum>`
 * is what GitHub puts at the end of its tokens, `<gitlab-checksum>` what GitLab does.
 */
export const MADE_UP = /\{\{secret:((?:[^{}]|\{\d+\})+)\}\}/g;

/** The examples of a rule. `path` is where an example that names no file stands. */
export function examplesOf(rule: Rule, path: string): ExampleCase[] {
  const cases: ExampleCase[] = [];
  for (const good of [false, true]) {
    for (const [name, example] of Object.entries(good ? rule.examples.good : rule.examples.bad)) {
      const given = filesOf(example, path);
      const expected: string[] = [];
      const files: Record<string, string> = {};
      for (const [file, raw] of Object.entries(given)) {
        const starts = lineStarts(raw);
        for (const match of raw.matchAll(MARK))
          expected.push(`${file}:${starts.filter((start) => start <= match.index).length}`);
        files[file] = filledIn(raw);
      }
      const fixed = good ? undefined : rule.examples.fixed[name];
      cases.push({
        name,
        good,
        files,
        expected,
        ...(fixed !== undefined && {
          fixed: Object.fromEntries(
            Object.entries(filesOf(fixed, path)).map(([file, raw]) => [file, filledIn(raw)]),
          ),
        }),
      });
    }
  }
  return cases;
}

function filesOf(example: Example, path: string): Readonly<Record<string, string>> {
  return typeof example === "string" ? { [path]: example } : example;
}

function filledIn(raw: string): string {
  return raw
    .replace(MARK, (mark) => (mark.startsWith("#") ? "" : mark))
    .replace(MADE_UP, (_, form: string) => makeUp(form));
}

/** Makes a text of a form such as `ghp_[A-Za-z0-9]{36}`: the same one every time, and without runs that look like a placeholder. */
export function makeUp(form: string): string {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const text = form.replace(
    /\[((?:\w-\w|\w|[+/=_-])+)\]\{(\d+)\}/g,
    (_, set: string, count: string) => {
      const alphabet = set.replace(/(\w)-(\w)/g, (_range, from: string, to: string) =>
        charactersFrom(from, to),
      );
      return Array.from(
        { length: Number(count) },
        () => alphabet[next(alphabet.length)] ?? "",
      ).join("");
    },
  );
  return text
    .replace(/_(\w+)<checksum>/, (_, body: string) => `_${body}${githubChecksum(body)}`)
    .replace(/^(.+)<gitlab-checksum>$/, (_, body: string) => body + gitlabChecksum(body));
}

function charactersFrom(from: string, to: string): string {
  let characters = "";
  for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++)
    characters += String.fromCharCode(code);
  return characters;
}
