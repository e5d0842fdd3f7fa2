/** Helpers of other modules that are given the data of a flow: they may check it. */
import type { CallObservation } from "../../python/index.ts";
import { type Flow, modulesOf, originOf } from "./flow.ts";
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

  constructor(calls: readonly CallObservation[]) {
    this.#calls = calls;
  }

  get all(): readonly Foreign[] {
    this.#found ??= this.#calls.flatMap((call) => {
      const modules = call.callee.kind === "symbol" ? modulesOf(call.callee) : [];
      return modules.length === 0 ? [] : [{ call, modules }];
    });
    return this.#found;
  }
}

/** Calls that stand in the functions that a flow goes through, and then all others. */
function nearFirst(calls: readonly Foreign[], flow: Flow): Foreign[] {
  const isNear = ({ call: { within } }: Foreign) =>
    within !== undefined &&
    flow.sites.some(
      ({ file, node }) =>
        file === within.file &&
        (node.lineno ?? 0) >= within.node.lineno &&
        (node.lineno ?? 0) <= (within.node.end_lineno ?? 0),
    );
  return [...calls.filter(isNear), ...calls.filter((call) => !isNear(call))];
}

/** Helpers of other modules that are given data may have checked it: their modules are looked into. */
export function enterCheckers(calls: ForeignCalls, flow: Flow, question: Question): void {
  if (calls.all.length === 0) return;
  for (const { call, modules } of nearFirst(calls.all, flow).slice(0, MAX_CHECKERS)) {
    const given = [...call.arguments.positional, ...call.arguments.keywords.values()];
    if (given.some((value) => originOf(value, question) !== undefined))
      for (const path of modules) question.enter?.(path);
  }
}
