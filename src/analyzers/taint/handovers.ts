/**
 * Where data is handed from one function to another: values keep what they were made of, and a parameter is the value that was given
 * for it, so that the calls on the way have to be found among those that were seen.
 */
import {
  alternativesOf,
  type CallObservation,
  everyArgument,
  type FunctionValue,
  isKind,
  type ModuleFile,
  type Placed,
  type Site,
  type Value,
  walk,
} from "../../python/index.ts";
import { type Flow, originOf } from "./flow.ts";
import type { Question } from "./question.ts";

/** A call that data goes into, or what comes out of one. */
export interface Handover {
  readonly site: Site;
  readonly goes: "in" | "out";
}

/** The code of a function, or a file for what stands outside of any. */
type Code = FunctionValue["node"] | ModuleFile;

interface Call {
  readonly site: Site;
  readonly caller: Code;
  readonly called: readonly Code[];
  readonly seen: CallObservation;
}

/** How many of the last calls before the sink are looked at, and how many functions on the way from one step to the next. */
const MAX_CALLS = 2000;
const MAX_WAYS = 100;

/**
 * The calls between each place of a flow and the next one, the sink being the last; `seen` are the calls of the same run up to the
 * sink. Nothing is told of a call that is only one of several possible ones.
 */
export function handoversOf(
  flow: Flow,
  sink: Site,
  seen: readonly CallObservation[],
  question: Question,
): readonly (readonly Handover[])[] {
  const places = [...flow.sites, sink];
  const code = places.map(codeAround);
  if (code.every((one) => one === code[0])) return flow.sites.map(() => []);
  const { enter: _, ...asked } = question;
  const ways = new Ways(seen, flow, asked);
  const inside = new Set<Placed>();
  return flow.sites.map((place, index) => {
    const [from, to] = code.slice(index, index + 2);
    const next = places[index + 1];
    if (from === undefined || to === undefined || from === to) return [];
    return ways.between(from, to, place).filter(({ site, goes }) => {
      const isTold = site.node === place.node || site.node === next?.node || inside.has(site.node);
      if (goes === "in") inside.add(site.node);
      return !isTold;
    });
  });
}

class Ways {
  readonly #calls: readonly Call[];
  readonly #flow: Flow;
  readonly #question: Question;

  constructor(seen: readonly CallObservation[], flow: Flow, question: Question) {
    // The last one first: the call that is still running is the last one of its function.
    this.#calls = seen.slice(-MAX_CALLS).reverse().flatMap(toCall);
    this.#flow = flow;
    this.#question = question;
  }

  /** The shortest way out of calls, and then into others. */
  between(from: Code, to: Code, place: Site): readonly Handover[] {
    const start = { code: from, steps: [], isGoingIn: false };
    const waiting: { code: Code; steps: readonly Handover[]; isGoingIn: boolean }[] = [start];
    const known = new Set<Code>([from]);
    for (const { code, steps, isGoingIn } of waiting) {
      if (code === to) return steps;
      if (waiting.length > MAX_WAYS) break;
      for (const [called, call] of this.#into(code, place)) {
        if (known.has(called)) continue;
        known.add(called);
        const step = call && ({ site: call.site, goes: "in" } as const);
        waiting.push({ code: called, steps: step ? [...steps, step] : steps, isGoingIn: true });
      }
      if (isGoingIn) continue;
      for (const [caller, call] of this.#outOf(code)) {
        if (known.has(caller)) continue;
        known.add(caller);
        const step = call && ({ site: call.site, goes: "out" } as const);
        waiting.push({ code: caller, steps: step ? [...steps, step] : steps, isGoingIn: false });
      }
    }
    return [];
  }

  /** What some code calls with the data, each with the call if that is the only one. */
  #into(code: Code, place: Site): ReadonlyMap<Code, Call | undefined> {
    const own = this.#calls.filter(({ caller }) => caller === code);
    const carrying = own.filter((call) => this.#carries(call));
    const latest = carrying.filter((call) => this.#carries(call, place));
    const found = new Map<Code, Call | undefined>();
    for (const some of [latest, carrying, own.filter(({ seen }) => isBound(seen))]) {
      const now = onlyOnes(some, ({ called }) => called);
      for (const [called, call] of now) if (!found.has(called)) found.set(called, call);
    }
    return found;
  }

  #outOf(code: Code): ReadonlyMap<Code, Call | undefined> {
    return onlyOnes(
      this.#calls.filter(({ called }) => called.includes(code)),
      ({ caller }) => [caller],
    );
  }

  /** True where a call is given the data, and that as it was at a place, if one is named. */
  #carries({ seen }: Call, place?: Site): boolean {
    return everyArgument(seen.arguments).some((value) => {
      const sites = sitesOf(value, this.#question);
      const isSame = sites[0]?.node === this.#flow.sites[0]?.node;
      return isSame && (place === undefined || sites.at(-1)?.node === place.node);
    });
  }
}

/** By question and value: many findings of a file ask the same of the same calls. */
const known = new WeakMap<Question, WeakMap<Value, readonly Site[]>>();

/** The places that the worst went through that is in a value. */
function sitesOf(value: Value, question: Question): readonly Site[] {
  const asked = known.get(question) ?? new WeakMap<Value, readonly Site[]>();
  known.set(question, asked);
  const sites = asked.get(value) ?? originOf(value, question)?.sites ?? [];
  asked.set(value, sites);
  return sites;
}

/** What calls lead to, each with the call if all of them stand at one place. */
function onlyOnes(
  calls: readonly Call[],
  ends: (call: Call) => readonly Code[],
): ReadonlyMap<Code, Call | undefined> {
  const found = new Map<Code, Call | undefined>();
  for (const call of calls)
    for (const end of ends(call)) {
      const other = found.get(end);
      const isSame = !found.has(end) || other?.site.node === call.site.node;
      found.set(end, isSame ? (other ?? call) : undefined);
    }
  return found;
}

function toCall(seen: CallObservation): Call[] {
  const called = alternativesOf(seen.callee).flatMap((one): Code[] => {
    if (one.kind === "function") return [one.node];
    const init = one.kind === "class" ? one.scope.names.get("__init__")?.content?.value : undefined;
    return init?.kind === "function" ? [init.node] : [];
  });
  const { site, within } = seen;
  return called.length === 0 ? [] : [{ site, caller: within?.node ?? site.file, called, seen }];
}

/** True for a method that is called on an object, which may hold the data. */
function isBound({ callee }: CallObservation): boolean {
  return alternativesOf(callee).some(
    (one) => one.kind === "function" && one.receiver !== undefined,
  );
}

const functionsOf = new WeakMap<ModuleFile, readonly FunctionValue["node"][]>();

/** The innermost function around a place. */
function codeAround({ file, node }: Site): Code {
  const functions = functionsOf.get(file) ?? file.body.flatMap((one) => [...functionsIn(one)]);
  functionsOf.set(file, functions);
  return functions.findLast((one) => isAround(one, node)) ?? file;
}

/** Outer ones first. */
function* functionsIn(node: Placed): Generator<FunctionValue["node"]> {
  for (const one of walk(node))
    if (isKind(one, "FunctionDef") || isKind(one, "AsyncFunctionDef") || isKind(one, "Lambda"))
      yield one;
}

function isAround(outer: FunctionValue["node"], inner: Placed): boolean {
  const [line, column] = [inner.lineno ?? 0, inner.col_offset ?? 0];
  const [endLine, endColumn] = [outer.end_lineno ?? 0, outer.end_col_offset ?? 0];
  return (
    (line > outer.lineno || (line === outer.lineno && column >= outer.col_offset)) &&
    (line < endLine || (line === endLine && column < endColumn))
  );
}
