/**
 * What a function gets that is called by way of decorators of the tree: the function that one puts around it may check what it was
 * given, or change it, before it hands that on. It runs with what a framework gives, up to where it calls what it is around.
 */
import { nameMatches } from "../../core/name-pattern.ts";
import { inherited } from "./ancestry.ts";
import { bindParameters } from "./binding.ts";
import type { Readings } from "./learned.ts";
import { bindingIn, type Machine, newScope } from "./machine.ts";
import type { Arguments, ClassValue, FunctionValue, Site, Value } from "./values.ts";

/** What wrapped functions need of the interpreter: to run something with each call of a function noted instead of made. */
export interface WrappingMachine extends Machine {
  callsOf(callee: FunctionValue, run: () => void): readonly Handed[];
}

/** What a function is given by one call, and what is known there of data by how it is read. */
export interface Handed {
  readonly given: Arguments;
  readonly readings: Readings;
}

/** What decorators of the tree hand on to a function; undefined where there are none, or not one call of it alone is seen. */
export function handedByWrappers(
  machine: WrappingMachine,
  callee: FunctionValue,
  owner: ClassValue | undefined,
  site: Site,
): Handed | undefined {
  const wrappers = wrappersOf(machine, callee).filter(({ kind }) => kind === "function");
  if (wrappers.length === 0) return undefined;
  const { receiver, ...plain } = callee;
  const calls = machine.callsOf(plain, () => {
    const outermost = wrappedIn(machine, wrappers, plain, site);
    if (outermost.node === plain.node) return;
    const bound = receiver === undefined ? outermost : { ...outermost, receiver };
    machine.call(bound, givenTo(machine, callee, outermost, owner, site), site);
  });
  const [first, ...others] = calls;
  if (first === undefined || !others.every((one) => isSame(one.given, first.given)))
    return undefined;
  const { given } = first;
  const positional = receiver === undefined ? given.positional : given.positional.slice(1);
  // Of several calls only what is known at each is.
  const readings = [...first.readings].filter(([key, checks]) =>
    others.every((one) => checks.every((check) => one.readings.get(key)?.includes(check))),
  );
  return { given: { ...given, positional, open: true }, readings: new Map(readings) };
}

/**
 * What a call gives of a function that decorators of the tree put others around; undefined where there are none, or they do not call it
 * as far as that is seen.
 */
export function callWrapped(
  machine: Machine,
  callee: FunctionValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  // Of a program that runs in order, the name of the function already stands for what is around it.
  const wrappers = machine.eager || callee.bare ? [] : wrappersOf(machine, callee);
  if (wrappers.length === 0) return undefined;
  const { receiver, ...rest } = callee;
  const plain = { ...rest, bare: { ran: false } };
  const outermost = wrappedIn(machine, wrappers, plain, site);
  if (outermost.node === plain.node) return undefined;
  // An object around a method is called without what that belongs to.
  const bound = receiver && !outermost.receiver ? { ...outermost, receiver } : outermost;
  const result = machine.call(bound, given, site);
  return plain.bare.ran || result?.kind === "constant" ? result : undefined;
}

/** What is outermost around a function. */
function wrappedIn(
  machine: Machine,
  wrappers: readonly Value[],
  plain: FunctionValue,
  site: Site,
): FunctionValue {
  return wrappers.reduceRight<FunctionValue>((inner, decorator) => {
    const made = decorate(machine, decorator, inner, site);
    const method = made?.kind === "instance" ? inherited(machine, made.class, "__call__") : made;
    if (method?.kind !== "function") return inner;
    return made?.kind === "instance" ? { ...method, receiver: made } : method;
  }, plain);
}

/** What a decorator of the tree gives: it is a function, a class whose objects are called, or such an object. */
export function decorate(
  machine: Machine,
  decorator: Value,
  decorated: Value,
  site: Site,
): Value | undefined {
  const given = { positional: [decorated], keywords: new Map(), open: false };
  if (decorator.kind === "function") return machine.call(decorator, given, site);
  if (decorator.kind === "class") return machine.instantiate(decorator, given, site);
  const method =
    decorator.kind === "instance" ? inherited(machine, decorator.class, "__call__") : undefined;
  return method?.kind === "function"
    ? machine.call({ ...method, receiver: decorator }, given, site)
    : undefined;
}

/** What of the tree decorates a function, outermost first: a route leads past what stands above it. */
function wrappersOf({ models }: Machine, { decorators }: FunctionValue): readonly Value[] {
  if (!decorators.some(({ kind }) => DECORATES.has(kind))) return [];
  const route = decorators.findLastIndex(
    (one) =>
      one.kind === "symbol" && models.routes.some((fact) => nameMatches(fact.decorator, one.name)),
  );
  return decorators.slice(route + 1).filter(({ kind }) => DECORATES.has(kind));
}

const DECORATES: ReadonlySet<Value["kind"]> = new Set(["function", "class", "instance"]);

/** What a framework gives to a function, by name but for the first ones that the function around it has under other names. */
function givenTo(
  machine: Machine,
  callee: FunctionValue,
  around: FunctionValue,
  owner: ClassValue | undefined,
  site: Site,
): Arguments {
  const scope = newScope("function", callee.closure);
  const nothing = { positional: [], keywords: new Map(), open: true };
  bindParameters(machine, callee, nothing, scope, site, owner);
  const all = namesOf(callee).slice(callee.receiver === undefined ? 0 : 1);
  const others = namesOf(around).slice(callee.receiver === undefined ? 0 : 1);
  const first = others.findIndex((name) => all.includes(name));
  const placed = all.slice(0, first < 0 ? others.length : first);
  const bound = (name: string) => bindingIn(scope, name)?.value;
  const named = [...all.slice(placed.length), ...callee.node.args.kwonlyargs.map(({ arg }) => arg)];
  return {
    positional: placed.flatMap((name) => bound(name) ?? []),
    keywords: new Map(
      named.flatMap((name) => {
        const value = bound(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
    open: false,
  };
}

function namesOf({ node: { args } }: FunctionValue): string[] {
  return [...args.posonlyargs, ...args.args].map(({ arg }) => arg);
}

function isSame(a: Arguments, b: Arguments): boolean {
  return (
    a.positional.length === b.positional.length &&
    a.positional.every((value, index) => value === b.positional[index]) &&
    a.keywords.size === b.keywords.size &&
    [...a.keywords].every(([name, value]) => value === b.keywords.get(name))
  );
}
