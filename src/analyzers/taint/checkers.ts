/** Helpers and decorators of other modules that are given the data of a flow: they may check it. */
import {
  type CallObservation,
  type FunctionValue,
  isKind,
  type Placed,
  type Site,
} from "../../python/index.ts";
import { type Flow, modulesAround, modulesOf, originOf } from "./flow.ts";
import type { Question } from "./question.ts";

/** How many calls are asked whether they are given data; more of them are not written by hand. */
const MAX_CHECKERS = 200;

/** A call of something of another module, with the modules that may say what it is. */
interface Foreign {
  readonly call: CallObservation;
  readonly modules: readonly string[];
}

/** The calls of that kind among all that were seen: looked for when the first flow is found, as most files have none. */
export class ForeignCalls {
  readonly #calls: readonly CallObservation[];
  #found: readonly Foreign[] | undefined;
  #decorated: ReadonlyMap<FunctionValue, readonly string[]> | undefined;

  constructor(calls: readonly CallObservation[]) {
    this.#calls = calls;
  }

  get all(): readonly Foreign[] {
    this.#found ??= this.#calls.flatMap((call) => {
      const { callee } = call;
      const modules =
        callee.kind === "symbol"
          ? modulesOf(callee)
          : callee.kind === "function"
            ? modulesAround(callee.decorators)
            : [];
      return modules.length === 0 ? [] : [{ call, modules }];
    });
    return this.#found;
  }

  /** The functions in which calls stand that have decorators of other modules, with the modules that may say what those are. */
  get decorated(): ReadonlyMap<FunctionValue, readonly string[]> {
    if (this.#decorated !== undefined) return this.#decorated;
    const found = new Map<FunctionValue, readonly string[]>();
    for (const { within } of this.#calls) {
      if (within === undefined || within.decorators.length === 0 || found.has(within)) continue;
      const modules = modulesAround(within.decorators);
      if (modules.length > 0) found.set(within, modules);
    }
    this.#decorated = found;
    return found;
  }
}

/** Calls that stand in the functions that a flow goes through, and then all others. */
function nearFirst(calls: readonly Foreign[], flow: Flow): Foreign[] {
  const isNear = ({ call: { within } }: Foreign) =>
    within !== undefined && flow.sites.some((site) => isWithin(site, within));
  return [...calls.filter(isNear), ...calls.filter((call) => !isNear(call))];
}

/** True for a place in a function, its parameters included. */
export function isWithin(
  { file, node: { lineno = 0 } }: Site,
  { file: own, node }: FunctionValue,
): boolean {
  return file === own && lineno >= node.lineno && lineno <= (node.end_lineno ?? 0);
}

/** Helpers of other modules that are given data may have checked it: their modules are looked into. */
export function enterCheckers(calls: ForeignCalls, flow: Flow, question: Question): void {
  for (const [called, modules] of calls.decorated)
    if (flow.sites.some((site) => isWithin(site, called)))
      for (const path of modules) question.enter?.(path);
  if (calls.all.length === 0) return;
  const holders = new Set(flow.sites.flatMap((site) => nameBehind(site.node) ?? []));
  for (const { call, modules } of nearFirst(calls.all, flow).slice(0, MAX_CHECKERS)) {
    const given = [...call.arguments.positional, ...call.arguments.keywords.values()];
    if (
      isGivenOneOf(holders, call, flow) ||
      given.some((value) => originOf(value, question) !== undefined)
    )
      for (const path of modules) question.enter?.(path);
  }
}

/** True for a call beside a flow that is given what the data is read from, and may read it itself: `check(request)`. */
function isGivenOneOf(
  names: ReadonlySet<string>,
  { site: { node }, within }: CallObservation,
  flow: Flow,
): boolean {
  if (within === undefined || !isKind(node, "Call")) return false;
  const isGiven = node.args.some((one) => names.has(nameBehind(one) ?? ""));
  return isGiven && flow.sites.some((site) => isWithin(site, within));
}

/** How long a chain of attributes, members and calls is followed. */
const MAX_CHAIN = 20;

/** The name that something is read from: `request` of `request.args["x"]`. */
function nameBehind(node: Placed): string | undefined {
  let at = node;
  for (let step = 0; step < MAX_CHAIN; step++) {
    if (isKind(at, "Name")) return at.id;
    if (isKind(at, "Attribute") || isKind(at, "Subscript")) at = at.value;
    else if (isKind(at, "Call")) at = at.func;
    else return undefined;
  }
  return undefined;
}
