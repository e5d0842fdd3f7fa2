/** Which words of a list of arguments a program runs as a command, or as a program: a shell does, and so does what starts another one. */
import type { Program } from "../../core/models.ts";
import { alternativesOf, asString, type Value } from "../../python/index.ts";

/**
 * The words that are commands, of a list of words, or of a program and what follows it: words, or a list of them. The first word names the
 * program.
 */
export function commandsIn(
  command: Value,
  behind: readonly Value[],
  programs: readonly Program[],
): readonly Value[] {
  const given = [command, ...behind];
  const words = given.flatMap((one) =>
    one.kind === "sequence" ? one.contents.content.items : [one],
  );
  const maybe = given.flatMap((one) =>
    one.kind === "sequence" ? (one.contents.content.maybe ?? []) : [],
  );
  if (maybe.length === 0) return commandsOf(words, programs);
  // In which order they stand is not known.
  const isRun = [...words, ...maybe].some((word) =>
    programsOf(word, programs).some(({ runs }) => runs === "text"),
  );
  return isRun ? [...words, ...maybe] : words.slice(0, 1);
}

function commandsOf(words: readonly Value[], programs: readonly Program[]): readonly Value[] {
  const [first, second, ...more] = words;
  if (first === undefined) return [];
  // Data may name any program, a shell among them.
  const chosen = alternativesOf(first).filter((one) => asString(one) === undefined);
  if (second === undefined) return chosen;
  // Programs are told their own name first, where their path is given beside it.
  const isNamedTwice = namesOf(second).some((name) => namesOf(first).includes(name));
  const given = isNamedTwice ? more : [second, ...more];
  return [...chosen, ...programsOf(first, programs).flatMap((one) => runBy(one, given, programs))];
}

/** What a program runs of the words that it is given. */
function runBy(
  { runs, behind, rest, file }: Program,
  given: readonly Value[],
  programs: readonly Program[],
): readonly Value[] {
  const isBehind = new RegExp(behind);
  const matches = (word: Value) => textsOf(word).some((text) => isBehind.test(text.toLowerCase()));
  const isOption = (word: Value) => textsOf(word).some((text) => text.startsWith("-"));
  switch (runs) {
    case "text": {
      const at = given.findIndex(matches);
      if (at >= 0) return given.slice(at + 1, rest ? given.length : at + 2);
      return file ? given.filter((word) => !isOption(word)).slice(0, 1) : [];
    }
    case "remote": {
      const at = given.findIndex((word, index) => {
        const before = given[index - 1];
        return !isOption(word) && (before === undefined || !matches(before));
      });
      return at < 0 ? [] : given.slice(at + 1);
    }
    case "program": {
      const at = given.findIndex((word) => programsOf(word, programs).length > 0);
      return at < 0 ? [] : commandsOf(given.slice(at), programs);
    }
    default: {
      const never: never = runs;
      return never;
    }
  }
}

function programsOf(word: Value, programs: readonly Program[]): readonly Program[] {
  const names = namesOf(word);
  return programs.filter(({ program }) => program.some((one) => names.includes(one)));
}

/** What a word names as a program: `/usr/bin/Bash` is `bash`. */
function namesOf(word: Value): readonly string[] {
  return textsOf(word).map((text) => text.toLowerCase().replace(/^.*[/\\]|\.exe$/gs, ""));
}

function textsOf(word: Value): readonly string[] {
  return alternativesOf(word).flatMap((one) => asString(one) ?? []);
}
