/** Options of pip, as requirements files, environments of conda and commands have them. */
import type { Span } from "../../core/document.ts";
import type { Draft } from "./draft.ts";
import { withoutPassword } from "./requirement.ts";

/** A word of a line, its quotes included. */
export interface Token extends Span {
  readonly text: string;
}

/** The words of a stretch of text; backslashes of joined lines are none. */
export function tokensIn(text: string, line: Span): Token[] {
  const tokens: Token[] = [];
  for (const found of text
    .slice(line.start, line.end)
    .matchAll(/(?:"[^"\n]*"|'[^'\n]*'|[^\s"']|["'])+/g)) {
    if (found[0] === "\\") continue;
    const start = line.start + found.index;
    tokens.push({ text: found[0], start, end: start + found[0].length });
  }
  return tokens;
}

export interface Option extends Span {
  readonly name: string;
  readonly value?: string;
  readonly valueSpan?: Span;
}

/** Options that stand without a value. */
const FLAGS = new Set([
  "--pre",
  "--no-index",
  "--prefer-binary",
  "--require-hashes",
  "--no-deps",
  "--no-build-isolation",
]);

/** The options among words, each with its value: `--name=value`, `-rvalue`, or the value in the next word. */
export function optionsIn(tokens: readonly Token[]): Option[] {
  const options: Option[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const joined =
      /^(--[\w-]+)=([\s\S]*)$/.exec(token.text) ?? /^(-[a-z])=?([\s\S]+)$/i.exec(token.text);
    if (joined?.[1] !== undefined && joined[2] !== undefined && !token.text.startsWith("---")) {
      if (!/^--/.test(token.text) || token.text.includes("=")) {
        const start = token.end - joined[2].length;
        options.push(option(joined[1], joined[2], token, { start, end: token.end }));
        continue;
      }
    }
    const next = tokens[index + 1];
    if (FLAGS.has(token.text) || next === undefined || /^--?[a-z]/i.test(next.text)) {
      options.push({ name: token.text, start: token.start, end: token.end });
      continue;
    }
    options.push(option(token.text, next.text, { start: token.start, end: next.end }, next));
    index++;
  }
  return options;
}

function option(name: string, value: string, whole: Span, valueSpan: Span): Option {
  const { start, end } = whole;
  return {
    name,
    value: unquote(value),
    valueSpan: { start: valueSpan.start, end: valueSpan.end },
    start,
    end,
  };
}

export function unquote(text: string): string {
  return /^(["'])([\s\S]*)\1$/.exec(text)?.[2] ?? text;
}

/** Notes what an option says of indexes and of other files. */
export function noteOption(draft: Draft, given: Option): void {
  const { name, value } = given;
  switch (name) {
    case "-r":
    case "--requirement":
    case "-c":
    case "--constraint": {
      const kind = name === "-c" || name === "--constraint" ? "constraints" : "requirements";
      const target = value && insideOf(draft.path, value);
      if (target) draft.include(target, kind, given);
      else draft.problem("includes a file that is not part of the tree", given);
      return;
    }
    case "-i":
    case "--index-url":
    case "--pypi-url":
      draft.index({ url: withoutPassword(value ?? ""), kind: "primary" }, given);
      return;
    case "--extra-index-url":
      draft.index({ url: withoutPassword(value ?? ""), kind: "extra" }, given);
      return;
    case "-f":
    case "--find-links":
      draft.index({ url: withoutPassword(value ?? ""), kind: "links" }, given);
      return;
    default:
      draft.option(name, value && withoutPassword(value), given);
  }
}

/** The path that a file names relative to itself, from the root; undefined where that is outside of the tree. */
export function insideOf(from: string, target: string): string | undefined {
  if (/^(?:[a-z][a-z\d+.-]*:|\/|~|\\)/i.test(target) || /[$\0]/.test(target)) return undefined;
  const parts = from.split("/").slice(0, -1);
  for (const part of target.split(/[/\\]/)) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join("/");
}
