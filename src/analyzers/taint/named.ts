/**
 * Data that is known by what the program calls it: `settings.API_KEY`, `request.POST["password"]`, a parameter `passphrase`. Only the
 * last word counts, since `password_form` is none, and what such data gives when something is asked of it is other data.
 */
import { asString, type SymbolValue } from "../../python/index.ts";
import type { Source } from "./question.ts";

/** What a source is called, in small letters with `_` between words. */
export interface NamedSource extends Source {
  readonly word: string;
  /** Words of which none begins it: they say that it is a yes or no, or what is done to it. */
  readonly unless: ReadonlySet<string>;
}

/** The source that something is by its name. */
export function sourceNamed(name: string, sources: readonly NamedSource[]): Source | undefined {
  if (sources.length === 0 || name.length > 60) return undefined;
  const plain = name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll("-", "_")
    .replace(/_?\d$/, "");
  const first = plain.split("_", 1)[0] ?? "";
  const source = sources.find(
    ({ word, unless }) => (plain === word || plain.endsWith(`_${word}`)) && !unless.has(first),
  );
  return source && { data: `${source.data} \`${name}\``, confidence: source.confidence };
}

/** Calls that give a member by its key. */
const READS = /\.(?:get|pop|getlist|setdefault)\(\)$/;

/** What an attribute, or a member that is had by a key, is called; undefined for all else. */
export function nameOf(value: SymbolValue): string | undefined {
  if (value.name.endsWith("[]")) return asString(value.key);
  if (READS.test(value.name)) return asString(value.call?.positional[0]);
  return value.call === undefined ? /\.(\w+)$/.exec(value.name)?.[1] : undefined;
}

/** Tells of a text whether something that ends in one of some words may be named in it. */
export function nameFinder(words: readonly string[]): (text: string) => boolean {
  if (words.length === 0) return () => false;
  const any = words.map((word) => word.replaceAll("_", "[_-]?")).join("|");
  const name = new RegExp(`(?:${any})[_-]?\\d?\\b`, "i");
  return (text) => name.test(text);
}
