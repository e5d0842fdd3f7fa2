import { Buffer } from "node:buffer";
import { WordFinder } from "../../core/word-finder.ts";
import type { TextFinder } from "./candidates.ts";

const HIDDEN = "********";

/**
 * Takes out of any text what finders know for a secret by its form alone. Names of files, packages and revisions, keys of a
 * configuration and arguments of a program may be tokens, too, and stand in reports and errors as no value of a program does.
 */
export function hideWith(finders: readonly TextFinder[]): (text: string) => string {
  const triggers = finders.flatMap((finder) => finder.triggers);
  const words = triggers.flat();
  // Made when first asked for: most runs end without.
  let wordFinder: WordFinder | undefined;
  return (text) => {
    wordFinder ??= new WordFinder(words);
    const seen = new Set<number>();
    wordFinder.find(Buffer.from(text), (word) => seen.add(word));
    if (seen.size === 0) return text;
    const standing = new Set([...seen].map((word) => words[word]?.text ?? ""));
    const spans = finders
      .flatMap((finder) => finder.find({ text, words: standing }))
      .filter((found) => found.rule !== undefined)
      .sort((a, b) => a.start - b.start);
    let hidden = "";
    let done = 0;
    for (const { start, end } of spans) {
      if (start >= done) hidden += text.slice(done, start) + HIDDEN;
      done = Math.max(done, end);
    }
    return hidden + text.slice(done);
  };
}
