/** Values of which nothing is known: neither that they are data, nor that they are harmless. */
import { nameMatches } from "../../core/name-pattern.ts";
import {
  alternativesOf,
  everyArgument,
  ROOT,
  type SymbolValue,
  type Value,
} from "../../python/index.ts";
import { isCleaned } from "./cleaned.ts";
import {
  type Flow,
  isCalledPrivately,
  isNamedClean,
  isOfReceiver,
  modulesOf,
  originOf,
  typeModule,
} from "./flow.ts";
import { isGuarded } from "./guards.ts";
import { isMatchedHarmless } from "./matched.ts";
import { isOurs, type Question } from "./question.ts";

const MAX_VISITED = 200;

/** A flow of low confidence where a value holds something that cannot be told; undefined where all of it is harmless. */
export function opaqueIn(value: Value, question: Question): Flow | undefined {
  const seen = new Set<Value>();
  const { harm, guards, place, structureOnly } = question;
  const judge = {
    harm,
    guards,
    place,
    structureOnly,
    isTainted: (other: Value) => originOf(other.unchecked ?? other, question) !== undefined,
    isOurs: (other: Value) => isOurs(other, question.trusted),
  };
  const isOpaque = (one: Value): boolean => {
    if (seen.has(one) || seen.size > MAX_VISITED) return false;
    seen.add(one);
    // A yes or no, and what has passed a check, hold nothing that is not known.
    if (one.test?.kind === "compare" || one.test?.kind === "not") return false;
    if (one.checks !== undefined && isGuarded(one, judge)) return false;
    switch (one.kind) {
      case "symbol": {
        // Where the program lies is no data.
        if (one.name === ROOT.name || isOfReceiver(one, question)) return false;
        // Names in capitals are constants by habit, wherever they come from; what objects are known by is a number.
        const isNumber = question.identities.some((name) => nameMatches(name, one.name));
        if (isNumber || /(?:^|\.)[A-Z][A-Z0-9_]*(?:\[\])*$/.test(one.name))
          return originOf(one, question) !== undefined;
        for (const path of [...modulesOf(one), typeModule(one), ...typesAwaited(one)])
          if (path !== undefined) question.enter?.(path);
        if (isOurs(one, question.trusted)) return everyArgument(one.call).some(isOpaque);
        if (question.unknown && isMadeElsewhere(one, question)) return false;
        if (isCleaned(one, question) || question.isConverted?.(one)) return false;
        if (one.call === undefined && isKnownClean(one, question)) return false;
        if (isPartOfClean(one, question) || isMatchedHarmless(one, guards)) return false;
        const taken = givenToHarmless(one);
        if (taken !== undefined) return taken.some(isOpaque);
        const [pure] = one.call === undefined ? [] : question.pure.find(one.name.slice(0, -2));
        if (pure !== undefined) {
          const receiver = pure === "method" ? methodOwner(one) : undefined;
          return [...(receiver ? [receiver] : []), ...everyArgument(one.call)].some(isOpaque);
        }
        // A part of what such a call gives: `path.split("/")[1]`, `file.name`, `folder.parent.parent`.
        const whole = pureWhole(one, question);
        if (whole !== undefined) return isOpaque(whole);
        // What a method makes of something harmless, given nothing but that, is harmless too.
        const owner = one.call === undefined ? one.base : methodOwner(one);
        const given = argumentsSinceClean(owner, question);
        if (given !== undefined) return [...given, ...everyArgument(one.call)].some(isOpaque);
        if (one.call === undefined || !question.unknown) return true;
        // What is made of known values is known, but a call of nothing may give anything.
        const inputs = [...(owner ? [owner] : []), ...everyArgument(one.call)].filter(
          (input) => input.kind !== "constant",
        );
        return inputs.length === 0 || inputs.some(isOpaque);
      }
      case "text":
        return one.parts.some((part) => typeof part !== "string" && isOpaque(part));
      case "sequence":
        return one.contents.content.items.some(isOpaque);
      case "dict":
        return [...one.contents.content.entries.values()].some((entry) => isOpaque(entry.value));
      case "union":
        return alternativesOf(one).some(isOpaque);
      case "unknown":
        if (one.parameter !== undefined)
          return (
            !/^(?:self|cls|mcs)$/.test(one.parameter.name) &&
            !(
              question.unknown &&
              isCalledPrivately(one.parameter.function, one.site?.file.text ?? "")
            )
          );
        if (one.isHarmless) return false;
        return one.from.length === 0 || one.from.some(isOpaque);
      default:
        return false;
    }
  };
  if (!isOpaque(value)) return undefined;
  return {
    confidence: "low",
    data: "a value of unknown origin",
    sites: value.site === undefined ? [] : [value.site],
  };
}

/** What a call of nothing but known things gives of which a value is a part. */
function pureWhole(part: SymbolValue, { pure }: Question): SymbolValue | undefined {
  let at: Value | undefined = part;
  while (at?.kind === "symbol" && at.call === undefined) at = at.base;
  return at?.kind === "symbol" && pure.find(at.name.slice(0, -2)).length > 0 ? at : undefined;
}

/**
 * True for a value that is clean by its name; a framework may fill in a number, as if it had called what makes one. What a loop
 * takes out of something has no name of its own.
 */
function isKnownClean({ name, base }: SymbolValue, { cleaners }: Question): boolean {
  const isCleanName = (one: string) => cleaners.find(one).length > 0;
  if (base?.kind === "unknown" && base.from.length > 0 && name.startsWith("?."))
    return base.from.every((of) => of.kind === "symbol" && isCleanName(of.name + name.slice(1)));
  return isCleanName(name) || isCleanName(name.replace(/\(\)$/, ""));
}

/** True for what is known to be harmless by its name, and for what it holds: `model._meta.db_table`. */
function isPartOfClean(value: SymbolValue, question: Question): boolean {
  for (
    let at: Value | undefined = value;
    at?.kind === "symbol" && at.call === undefined;
    at = at.base
  )
    if (isNamedClean(at, question)) return true;
  return false;
}

/** Modules, not entered yet, of the classes of what a framework filled in and a value is taken from. */
function typesAwaited(value: SymbolValue): readonly string[] {
  const found: string[] = [];
  for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
    if (at.awaits !== undefined) found.push(at.awaits);
  return found;
}

/** What methods of something harmless were given that a value is taken from: `day.strftime(form)`, `kind.value`. */
function givenToHarmless(value: SymbolValue): readonly Value[] | undefined {
  const given: Value[] = [];
  let at: Value | undefined = value;
  for (; at?.kind === "symbol"; at = at.base) given.push(...everyArgument(at.call));
  return at?.kind === "unknown" && at.isHarmless ? given : undefined;
}

/** The value that a method is called on. */
function methodOwner({ base }: SymbolValue): Value | undefined {
  return base?.kind === "symbol" ? base.base : undefined;
}

/** What the methods were given that made a value, or its members, of something clean: `now().replace(day=1).isocalendar()[1]`. */
function argumentsSinceClean(
  value: Value | undefined,
  question: Question,
): readonly Value[] | undefined {
  const given: Value[] = [];
  let at = iterated(value);
  while (at?.kind === "symbol" && (at.call !== undefined || at.name.endsWith("[]"))) {
    if (isCleaned(at, question)) return given;
    given.push(...everyArgument(at.call));
    at = iterated(at.call === undefined ? at.base : methodOwner(at));
  }
  return undefined;
}

/** What a loop takes its values out of, or the value itself. */
function iterated(value: Value | undefined): Value | undefined {
  return value?.kind === "unknown" && value.from.length === 1 ? value.from[0] : value;
}

/** True for what a call gives of which the models say that nothing that is given to it is in there: a row of a database, say. */
function isMadeElsewhere(value: SymbolValue, question: Question): boolean {
  for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
    if (at.call !== undefined)
      return question.passes.find(at.name.slice(0, -2)).some((pass) => pass.from.length === 0);
  return false;
}
