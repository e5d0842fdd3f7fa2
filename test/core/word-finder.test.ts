import { describe, expect, it } from "vitest";
import { type Word, WordFinder } from "../../src/core/word-finder.ts";

const encoder = new TextEncoder();

function find(words: readonly Word[], text: string): string[] {
  const found: string[] = [];
  new WordFinder(words).find(encoder.encode(text), (word, offset) =>
    found.push(`${words[word]?.text}@${offset}`),
  );
  return found.sort();
}

const whole = (text: string) => ({ text, whole: true });
const part = (text: string) => ({ text, whole: false });

describe("finds", () => {
  it.each([
    ["a word", [part("ab")], "xabx", ["ab@1"]],
    ["overlapping copies", [part("aa")], "aaaa", ["aa@0", "aa@1", "aa@2"]],
    ["words that overlap", [part("abc"), part("bcd")], "abcd", ["abc@0", "bcd@1"]],
    [
      "a word that ends another",
      [part("abcd"), part("cd"), part("d")],
      "abcd",
      ["abcd@0", "cd@2", "d@3"],
    ],
    ["a word within another that fails", [part("abcx"), part("bc")], "abcy", ["bc@1"]],
    ["one word twice", [part("ab"), part("ab")], "ab", ["ab@0", "ab@0"]],
    ["a whole word alone", [whole("eval")], "eval", ["eval@0"]],
    ["a whole word between signs", [whole("eval")], "x=eval(y)", ["eval@2"]],
    ["no whole word within another", [whole("eval")], "medieval evaluate eval_ _eval eval2", []],
    ["a whole word that ends in a sign", [whole("eval(")], "eval(x) medieval(x)", ["eval(@0"]],
    ["a whole word that begins with a sign", [whole(".raw")], "a.raw b.rawer", [".raw@1"]],
    ["no whole word next to a letter beyond ASCII", [whole("eval")], "éeval evalé 中eval", []],
    ["a part next to a letter beyond ASCII", [part("eval")], "éeval", ["eval@2"]],
    ["nothing in nothing", [part("a")], "", []],
    ["nothing without words", [], "abc", []],
    ["a word at both ends", [whole("ab")], "ab ab", ["ab@0", "ab@3"]],
    ["a whole and a part of one text", [whole("ab"), part("ab")], "xab", ["ab@1"]],
  ])("%s", (_what, words, text, expected) => {
    expect(find(words, text)).toEqual(expected);
  });
});

it("reports every word that ends at a place when one word is the end of another in a chain", () => {
  const words = ["a", "ba", "cba", "dcba"].map(part);
  expect(find(words, "dcba")).toEqual(["a@3", "ba@2", "cba@1", "dcba@0"]);
});

it("finds what a naive search finds, on generated texts", () => {
  let seed = 42;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const pick = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[next(alphabet.length)]).join("");
  for (let round = 0; round < 300; round++) {
    const words = Array.from({ length: 1 + next(8) }, () => ({
      text: pick("ab_.(", 1 + next(4)),
      whole: next(2) === 0,
    }));
    const text = pick("ab_.(é ", next(60));
    expect({ words, text, found: find(words, text) }).toEqual({
      words,
      text,
      found: naive(words, text),
    });
  }
});

function naive(words: readonly Word[], text: string): string[] {
  const found: string[] = [];
  const isWordCharacter = (char: string | undefined) =>
    char !== undefined && /[\w\u0080-\uffff]/.test(char);
  for (const word of words) {
    for (let at = text.indexOf(word.text); at >= 0; at = text.indexOf(word.text, at + 1)) {
      const [before, first] = [text[at - 1], word.text[0]];
      const [last, after] = [word.text.at(-1), text[at + word.text.length]];
      const isCut =
        (isWordCharacter(before) && isWordCharacter(first)) ||
        (isWordCharacter(last) && isWordCharacter(after));
      if (!word.whole || !isCut)
        found.push(`${word.text}@${encoder.encode(text.slice(0, at)).length}`);
    }
  }
  return found.sort();
}
