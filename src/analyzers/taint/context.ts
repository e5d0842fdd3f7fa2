/** Data that a template is given, and shows as it is. */
import { nameMatches } from "../../core/name-pattern.ts";
import {
  alternativesOf,
  argument,
  asString,
  type CallObservation,
  possibleItems,
  type Value,
} from "../../python/index.ts";
import type { Project } from "../analyzer.ts";
import { argumentAt } from "../observed-call.ts";
import { arrivals } from "./arrivals.ts";
import { type Flow, modulesOf, originOf, strongest } from "./flow.ts";
import type { Sink } from "./match.ts";
import type { Question } from "./question.ts";
import { type Shown, shownBy, shownByLanguage, shownInText } from "./shown.ts";
import { flowInto, intoPlace } from "./text.ts";

export function showsTemplate(sink: Sink): boolean {
  return templatePlaces(sink) !== undefined || sink["template-attribute"] !== undefined;
}

/** The surest flow into what a template shows as it is, with the place where it does as the last step. */
export function flowIntoTemplate(
  sink: Sink,
  call: CallObservation,
  question: Question,
  project: Project,
): (Flow & { readonly shown: Shown }) | undefined {
  const name = asString(templateOf(sink, call));
  if (name === undefined) return undefined;
  const { file, node } = call.site;
  const { language } = sink;
  const as = sink.text === "code" ? "code" : "raw";
  const shown =
    language !== undefined
      ? shownByLanguage(name, language, project)
      : sink["template-text"] === undefined
        ? shownBy(name, as, project, () => showsData(sink, call, question))
        : shownInText(name, as, file.location(node));
  for (const one of shown ?? []) {
    // What an object that was found by data says of itself, such as its own address, is no data.
    if (as === "code" && one.part !== undefined) continue;
    const given = entriesOf(sink, call, question, one.name)
      .flatMap(alternativesOf)
      .flatMap((value) => partOf(value, one.part, question));
    const flow = strongest(
      given.map((value) =>
        one.inside === undefined
          ? flowInto(value, sink, question)
          : intoPlace(value, one.inside, question),
      ),
    );
    if (flow !== undefined) return { ...flow, shown: one };
  }
  return undefined;
}

/**
 * True where a template that shows all that it is given surely shows hostile data: the data itself, or text made of it. What is made
 * elsewhere of data, be it a form or a page of a list, mostly is shown in parts that are none.
 */
function showsData(sink: Sink, call: CallObservation, question: Question): boolean {
  const { enter: _, ...asked } = question;
  return entriesOf(sink, call, asked)
    .flatMap(alternativesOf)
    .flatMap((value) => allIn(value))
    .filter((value) => value.kind === "text" || isTakenFromSource(value, question))
    .some((value) => {
      const flow = sink.text === "code" ? originOf(value, asked) : flowInto(value, sink, asked);
      return flow?.confidence === "high" && flow.isWeak !== true;
    });
}

/** True for what a source gives, and for what its own methods make of that. */
function isTakenFromSource(value: Value, { sources }: Question): boolean {
  for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
    if (sources.find(at.name).length > 0) return true;
  return false;
}

/** How deep what a template is given is looked into. */
const MAX_NESTED = 5;

/** A value, and all that it holds. */
function allIn(value: Value, depth = 0): readonly Value[] {
  if (depth === MAX_NESTED) return [value];
  const held =
    value.kind === "sequence"
      ? possibleItems(value)
      : value.kind === "dict"
        ? [...value.contents.content.entries.values()].map((entry) => entry.value)
        : [];
  return [value, ...held.flatMap(alternativesOf).flatMap((one) => allIn(one, depth + 1))];
}

function templatePlaces(sink: Sink): Sink["template"] {
  return sink.template ?? sink["template-text"];
}

/** The template that a sink shows: its name or its text. */
function templateOf(sink: Sink, call: CallObservation): Value | undefined {
  const places = templatePlaces(sink);
  const maker = sink["template-of"];
  if (places !== undefined && maker !== undefined) return argumentOf(call.callee, maker, places);
  if (places !== undefined) return argumentAt(call, places);
  const owner = call.within?.receiver;
  const attribute = sink["template-attribute"];
  if (owner?.kind !== "instance" || attribute === undefined) return undefined;
  const classes = new Set<Value>([owner.class]);
  for (const one of classes) {
    if (one.kind !== "class") continue;
    const set = one.scope.names.get(attribute)?.content?.value;
    if (set !== undefined) return set;
    for (const base of one.bases) classes.add(base);
  }
  return undefined;
}

/** An argument of the call that made what is called. */
function argumentOf(
  callee: Value,
  maker: string,
  places: NonNullable<Sink["template"]>,
): Value | undefined {
  for (let at: Value | undefined = callee; at?.kind === "symbol"; at = at.base)
    if (at.call !== undefined && nameMatches(`${maker}()`, at.name))
      return argument(at.call, ...[places].flat());
  return undefined;
}

/** What a call gives a template under a name, or under any. */
function entriesOf(
  sink: Sink,
  call: CallObservation,
  question: Question,
  name?: string,
): readonly Value[] {
  const { positional, keywords } = call.arguments;
  if (sink.argument === "keywords") return valuesOf(keywords, name);
  const key = asString(positional[0]);
  if (sink.set !== undefined && key !== undefined && (name ?? key) === key)
    return arrivals(sink, call, []);
  return arrivals(sink, call, [])
    .flatMap(alternativesOf)
    .flatMap((context) => {
      // What a function of another module makes.
      if (context.kind === "symbol") for (const path of modulesOf(context)) question.enter?.(path);
      return context.kind === "dict"
        ? valuesOf(context.contents.content.entries, name && `s${name}`).map(({ value }) => value)
        : [];
    });
}

function valuesOf<T>(values: ReadonlyMap<string, T>, key: string | undefined): readonly T[] {
  if (key === undefined) return [...values.values()];
  const value = values.get(key);
  return value === undefined ? [] : [value];
}

/**
 * What a template shows of a value. What was made elsewhere of data, be it a form or a page of a list, is not known to hold the data
 * in this part.
 */
function partOf(value: Value, part: string | undefined, question: Question): readonly Value[] {
  if (part === undefined) return [value];
  const [first = "", ...rest] = part.split(".");
  const below = (held: readonly Value[]) =>
    held
      .flatMap(alternativesOf)
      .flatMap((one) => partOf(one, rest.length === 0 ? undefined : rest.join("."), question));
  if (value.kind === "sequence") return first === "*" ? below(possibleItems(value)) : [];
  if (value.kind === "dict") {
    const held = value.contents.content.entries.get(`s${first}`)?.value;
    return held === undefined ? [] : below([held]);
  }
  if (value.kind !== "symbol") return [];
  if (value.call === undefined) return [value];
  // What a request itself gives: `request.GET.getlist("q")`.
  const receiver = value.base?.kind === "symbol" ? value.base.base : undefined;
  return receiver?.kind === "symbol" && question.sources.find(receiver.name).length > 0
    ? [value]
    : [];
}
