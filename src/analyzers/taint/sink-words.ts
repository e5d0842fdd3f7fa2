/** The words without which a sink cannot stand in a file: what its call, assignment or definition looks like, and what stands with it. */
import type { Models } from "../../core/models.ts";
import type { CodeText } from "../../python/index.ts";
import type { Trigger } from "../analyzer.ts";
import { elsewhere, triggersOf } from "../names.ts";
import { givenData, useOfCall, useOfReturn, useOfStore } from "../uses.ts";
import { handedName, type Sink } from "./match.ts";

/** The ways in which a file may hold a sink. */
export function wordsOf(sink: Sink, models: Models): Trigger[] {
  const ways = wordsOfName(sink, models);
  if (sink.handed !== undefined) ways.push(wordsOfHanded(sink, sink.handed, models));
  if (sink.importing.length === 0) return ways;
  return ways.flatMap((words) => sink.importing.map((one) => [...words, elsewhere(one)]));
}

/** What stands in a module to which the object is handed. */
function wordsOfHanded(sink: Sink, beside: string, models: Models): Trigger {
  const method = handedName(sink).slice(2);
  const use = useOfCall(
    `*.${method}`,
    models,
    givenData([sink.argument ?? "any"].flat(), sink.where),
  );
  return [
    { text: `.${method}(`, whole: true, use },
    { text: beside, whole: true, elsewhere: true },
  ];
}

/** The words of its name; an argument that is only ever named stands there by its name. */
function wordsOfName(sink: Sink, models: Models): Trigger[] {
  const places = [sink.argument ?? "any"].flat();
  const filled = models.parameters.filter((one) => one.is === sink.return);
  if (filled.length > 0) return filled.map((one) => wordsOfFilled(one, sink));
  if (sink.call === undefined) {
    const pattern = sink.set ?? sink.return ?? "";
    const use =
      sink.set === undefined
        ? useOfReturn(pattern)
        : useOfStore(pattern, { data: !places.includes("key") });
    // What is assigned to, or stands above a function, is not called.
    const extra = sink.return?.endsWith("()") === false ? /^\.|\($/g : /\($/;
    return triggersOf(pattern, models, use).map((words) =>
      words.map((word) => ({ ...word, text: word.text.replace(extra, "") })),
    );
  }
  const given = givenData(
    places,
    sink.where,
    typeof sink.argument === "number" && sink.at === "command",
  );
  const triggers = triggersOf(sink.call, models, useOfCall(sink.call, models, given));
  const isNamed = places.every((place) => typeof place === "string" && !PLACES.has(place));
  if (!isNamed) return triggers;
  return triggers.flatMap((words) =>
    places.map((place) => [...words, { text: String(place), whole: true }]),
  );
}

/** What stands in a file with a function that is given something by a framework, and returns what a sink says. */
function wordsOfFilled(parameter: Models["parameters"][number], sink: Sink): Trigger {
  const { name, beside, "in-function": functions } = parameter;
  const texts = [beside, ...(sink.entry ?? []), ...(functions.length === 1 ? functions : [])];
  const others = texts.filter((one) => one !== undefined).map((text) => ({ text, whole: true }));
  return [
    ...(name === undefined ? [] : [{ text: name, whole: true, use: isParameter }]),
    ...others,
  ];
}

/** True for what makes an object of a class that extends another: the class has any name, and what counts is spread into the call. */
export function isConstructor(sink: Sink): boolean {
  return sink.call?.endsWith(".__init__") === true && sink.argument === "spread";
}

function isParameter({ text }: CodeText, start: number): boolean {
  return /\bdef\s+\w+\s*\([^)]*$/.test(text.slice(Math.max(0, start - 200), start));
}

/** Arguments that a rule means by where they are and not by their names. */
const PLACES: ReadonlySet<string> = new Set([
  "any",
  "receiver",
  "key",
  "value",
  "keywords",
  "spread",
]);
