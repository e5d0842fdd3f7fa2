/** Calls that call what they are given, now or later: which function that is, and with what. */
import type { Caller, Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { membersOf } from "./containers.ts";
import type { Machine } from "./machine.ts";
import {
  type Arguments,
  asString,
  derived,
  type FunctionValue,
  type SymbolValue,
  truth,
  type Value,
} from "./values.ts";

interface HandedOn {
  readonly callee: FunctionValue | SymbolValue;
  readonly given: Arguments;
}

/** What such a call calls, and with what: `loop.run_in_executor(None, function, argument)`. Undefined for any other. */
export function handedOn(
  { models }: Machine,
  { name, base, call }: SymbolValue,
  given: Arguments,
): HandedOn | undefined {
  const fact = callersNamed(models, lastOf(name)).find((one) => nameMatches(one.call, name));
  if (fact === undefined) return undefined;
  const at = (places: Caller["callee"]) =>
    [places]
      .flat()
      .flatMap(
        (place) =>
          (typeof place === "number" ? given.positional[place] : given.keywords.get(place)) ?? [],
      )[0];
  const callee =
    fact.callee === "receiver"
      ? asOfTree(base)
      : fact.callee === "wrapped"
        ? call?.positional[0]
        : at(fact.callee);
  if (callee?.kind !== "function" && callee?.kind !== "symbol") return undefined;
  const own = isGivenItself(fact, callee) ? [derived([])] : [];
  if (fact.from !== undefined) {
    const positional = [...own, ...given.positional.slice(fact.from)];
    return { callee, given: { positional, keywords: given.keywords, open: given.open } };
  }
  const listed = fact.arguments === undefined ? undefined : at(fact.arguments);
  const positional = listed === undefined ? [] : (membersOf(listed) ?? [derived([listed])]);
  const named = fact.keywords === undefined ? undefined : at(fact.keywords);
  return {
    callee,
    given: { positional: [...own, ...positional], keywords: namedIn(named), open: false },
  };
}

/** A function of the tree, of which something is called: `task.delay(argument)`. */
function asOfTree(owner: Value | undefined): Value | undefined {
  return owner?.kind === "function" || (owner?.kind === "symbol" && owner.imported !== undefined)
    ? owner
    : undefined;
}

/** True where a decorator says that the function gets its own object first: `@app.task(bind=True)`. */
function isGivenItself({ bound }: Caller, callee: Value): boolean {
  if (bound === undefined || callee.kind !== "function") return false;
  return callee.decorators.some((one) => {
    const said = one.kind === "symbol" ? one.call?.keywords.get(bound) : undefined;
    return said !== undefined && truth(said) === true;
  });
}

/** The entries of a dict whose keys are names. */
function namedIn(value: Value | undefined): ReadonlyMap<string, Value> {
  const entries = value?.kind === "dict" ? [...value.contents.content.entries.values()] : [];
  return new Map(
    entries.flatMap((entry) => {
      const name = asString(entry.key);
      return name === undefined ? [] : [[name, entry.value] as const];
    }),
  );
}

const known = new WeakMap<Models, ReadonlyMap<string, readonly Caller[]>>();

/** The facts about calls whose names end so: every call is asked about. */
function callersNamed(models: Models, last: string): readonly Caller[] {
  const callers = known.get(models) ?? callersByEnd(models);
  known.set(models, callers);
  return callers.get(last) ?? [];
}

function callersByEnd({ callers }: Models): ReadonlyMap<string, readonly Caller[]> {
  const found = new Map<string, Caller[]>();
  for (const one of callers)
    found.set(lastOf(one.call), [...(found.get(lastOf(one.call)) ?? []), one]);
  return found;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
