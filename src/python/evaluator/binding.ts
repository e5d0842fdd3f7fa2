/** What the parameters of a function are when it is called: what the call gives, or what is known of those that it does not. */

import { dict, sequence } from "./containers.ts";
import { asAnnotated } from "./filled.ts";
import { cellOf, type Machine } from "./machine.ts";
import { dependencyOf, parameterType } from "./parameters.ts";
import { matching } from "./refine.ts";
import { subscript } from "./subscripts.ts";
import { symbol } from "./symbols.ts";
import {
  type Arguments,
  type ClassValue,
  constant,
  derived,
  type FunctionValue,
  type Scope,
  type Site,
  type Value,
} from "./values.ts";

/** Binds a function's parameters in the scope of one call. `owner` is the class in whose body the function stands. */
export function bindParameters(
  machine: Machine,
  callee: FunctionValue,
  given: Arguments,
  scope: Scope,
  site: Site,
  owner: ClassValue | undefined,
): void {
  const { args } = callee.node;
  const names = [...args.posonlyargs, ...args.args];
  const positional =
    callee.receiver === undefined ? given.positional : [callee.receiver, ...given.positional];
  const keywords = new Map(given.keywords);
  const set = (name: string, value: Value, node: { nodeType: string }) => {
    cellOf(scope, name).content = { value, site: { file: callee.file, node }, when: [] };
  };
  names.forEach((parameter, index) => {
    const value = positional[index] ?? keywords.get(parameter.arg);
    keywords.delete(parameter.arg);
    set(parameter.arg, value ?? missing(machine, owner, callee, parameter, given, site), parameter);
  });
  for (const parameter of args.kwonlyargs) {
    const value = keywords.get(parameter.arg);
    keywords.delete(parameter.arg);
    set(parameter.arg, value ?? missing(machine, owner, callee, parameter, given, site), parameter);
  }
  if (args.vararg)
    set(
      args.vararg.arg,
      sequence("tuple", positional.slice(names.length), site, given.open),
      args.vararg,
    );
  if (args.kwarg) {
    const rest = [...keywords].map(([key, value]): [string, { key: Value; value: Value }] => [
      `s${key}`,
      { key: constant(key), value },
    ]);
    for (const value of given.spread ?? [])
      rest.push([`?*${rest.length}`, { key: derived([value]), value: derived([value]) }]);
    const framework = given.open && !machine.eager && rest.length === 0;
    const filled = framework ? filledIn(machine, owner, callee, args.kwarg) : undefined;
    set(args.kwarg.arg, filled ?? dict(new Map(rest), site, given.open), args.kwarg);
  }
}

/** The value of a parameter that the call does not give: its default, or what its name and annotation tell. */
function missing(
  machine: Machine,
  owner: ClassValue | undefined,
  callee: FunctionValue,
  parameter: { arg: string; annotation?: unknown; nodeType: string },
  { open, spread }: Arguments,
  from: Site,
): Value {
  const fallback = callee.defaults.get(parameter.arg);
  if (fallback !== undefined && !open) return fallback;
  const site: Site = { file: callee.file, node: parameter };
  const filled =
    filledIn(machine, owner, callee, parameter) ??
    dependencyOf(machine, callee, parameter.arg, site);
  if (filled !== undefined) return filled;
  if (spread !== undefined)
    return {
      kind: "unknown",
      from: spread.map((one) =>
        one.kind === "symbol" ? subscript(machine, one, constant(parameter.arg), from) : one,
      ),
      site,
    };
  const { type, awaits } = parameterType(machine, callee, parameter.arg, owner);
  return {
    kind: "unknown",
    from: [],
    parameter: {
      name: parameter.arg,
      function: callee.name,
      ...(type && { type }),
      ...(awaits !== undefined && { awaits }),
      ...(owner !== undefined && { owner }),
      ...(callee.decorators.length > 0 && { decorators: callee.decorators }),
      ...(fallback !== undefined && { fallback }),
    },
    site,
  };
}

/** What a framework fills a parameter with, or what its annotation says that it is. */
function filledIn(
  machine: Machine,
  owner: ClassValue | undefined,
  callee: FunctionValue,
  parameter: { arg: string; nodeType: string },
): Value | undefined {
  const site: Site = { file: callee.file, node: parameter };
  const said = parameterType(machine, callee, parameter.arg, owner);
  const { is, type, awaits, pattern, isSegment, isHarmless } = said;
  if (isHarmless) return { kind: "unknown", from: [], isHarmless, site };
  if (is === undefined) return undefined;
  const filled = symbol(machine, {
    kind: "symbol",
    name: is,
    site,
    ...(type && { type }),
    ...(isSegment && { isSegment }),
    ...(awaits !== undefined && { awaits }),
  });
  const limited = type === undefined ? filled : asAnnotated(machine, type, filled);
  return pattern === undefined ? limited : matching(limited, pattern);
}
