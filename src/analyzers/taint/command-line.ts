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

/** Of a list of words, of which the first names the program, what that may take for an option: no value of one, and nothing behind `--`. */
export function optionsIn(
  words: readonly Value[],
  maybe: readonly Value[],
  programs: readonly Program[],
): readonly Value[] {
  const [first, ...given] = words;
  const known = first === undefined ? [] : programsOf(first, programs);
  const isValued = (index: number) =>
    known.some(({ valued }) => valued && follows(given, index, new RegExp(valued)));
  // A shell hands what stands behind its command to that; of the command itself others tell.
  const isCommand = (index: number) =>
    known.some(
      ({ runs, rest, behind }) =>
        runs === "text" && !rest && follows(given, index, new RegExp(behind, "i")),
    );
  const ends = given.findIndex((word, index) => textsOf(word).includes("--") || isCommand(index));
  const options = given.filter((_, index) => (ends < 0 || index < ends) && !isValued(index));
  return ends < 0 ? [...options, ...maybe] : options;
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

/** A command that runs what is in the words behind it: `"$1" now`, `eval $1`. */
const RUNS_WORDS = /\beval\b|(?:^|[;&|({`\n])\s*["']?\$[\d@*]/;

/** What a program runs of the words that it is given. */
function runBy(
  { runs, behind, rest, file }: Program,
  given: readonly Value[],
  programs: readonly Program[],
): readonly Value[] {
  const option = new RegExp(behind, "i");
  const isOption = (word: Value) => textsOf(word).some((text) => text.startsWith("-"));
  switch (runs) {
    case "text": {
      const at = given.findIndex((_, index) => follows(given, index, option));
      const command = given[at];
      if (command !== undefined) {
        const isPassedOn = textsOf(command).some((text) => RUNS_WORDS.test(text));
        return given.slice(at, rest || isPassedOn ? given.length : at + 1);
      }
      return file ? given.filter((word) => !isOption(word)).slice(0, 1) : [];
    }
    case "remote": {
      const at = given.findIndex(
        (word, index) => !isOption(word) && !follows(given, index, option),
      );
      return at < 0 ? [] : given.slice(at + 1);
    }
    case "program": {
      const at = given.findIndex((word) => programsOf(word, programs).length > 0);
      return at < 0 ? [] : commandsOf(given.slice(at), programs);
    }
    case "nothing":
      return [];
    default: {
      const never: never = runs;
      return never;
    }
  }
}

/** True for a word behind one of some options. */
function follows(words: readonly Value[], index: number, option: RegExp): boolean {
  const before = words[index - 1];
  return before !== undefined && textsOf(before).some((text) => option.test(text));
}

function programsOf(word: Value, programs: readonly Program[]): readonly Program[] {
  const names = namesOf(word);
  return programs.filter(({ program }) => program.some((one) => names.includes(one)));
}

/** What a word names as a program: `/usr/bin/Bash` is `bash`. */
function namesOf(word: Value): readonly string[] {
  const symbols = alternativesOf(word).flatMap((one) => (one.kind === "symbol" ? one.name : []));
  const names = textsOf(word).map((text) => text.toLowerCase().replace(/^.*[/\\]|\.exe$/gs, ""));
  return [...names, ...symbols];
}

function textsOf(word: Value): readonly string[] {
  return alternativesOf(word).flatMap((one) => asString(one) ?? []);
}
