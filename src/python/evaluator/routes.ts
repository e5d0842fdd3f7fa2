/**
 * Routes: at which paths a framework calls a function. A decorator says so, or a call elsewhere in the file that is given the
 * function; what the path says of a parameter, or that it has none, holds in the function.
 */
import type { Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { type CallNode, isKind, lastName, walk } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import { argument, type Frame, type Machine } from "./machine.ts";
import { asString, constant, derived, type FunctionValue, type Value } from "./values.ts";

interface Route {
  readonly fact: Models["routes"][number];
  /** Undefined where that is not known. */
  readonly path: string | undefined;
  /** The path where it is known, or is but for what stands inside of parameters: `/<regex("…"):tag>`. */
  readonly names: string | undefined;
}

/** The routes that lead to a function, and how many of its decorators are none. */
function routesTo(
  machine: Machine,
  callee: FunctionValue,
): { routes: readonly Route[]; others: number } {
  const routes: Route[] = [];
  let others = 0;
  for (const decorator of callee.decorators) {
    const { name, call } = decorator.kind === "symbol" ? decorator : { name: "", call: undefined };
    const facts = machine.models.routes.filter(
      (one) => one.function === undefined && nameMatches(one.decorator, name),
    );
    if (facts.length === 0 || call === undefined) others++;
    else
      for (const fact of facts) {
        const path = argument(call, ...fact.argument);
        routes.push({ fact, path: asString(path), names: asString(path) ?? namedBy(path) });
      }
  }
  for (const call of registrationsIn(machine, callee.file).get(callee.name) ?? [])
    for (const fact of registering(machine, call)) {
      const path = textAt(call, fact.argument);
      routes.push({ fact, path, names: path });
    }
  return { routes, others };
}

/** What is known of a path where the rest stands between the signs around parameters, and names none. */
function namedBy(path: Value | undefined): string | undefined {
  if (path?.kind !== "text") return undefined;
  const text = path.parts.map((part) => (typeof part === "string" ? part : HOLE)).join("");
  return text.replace(/<[^<>]*>/g, "").includes(HOLE) ? undefined : text;
}

const HOLE = "\0";

/** The calls that are given a function to route to, by the patterns that they fit. */
export function routersOf(machine: Machine, callee: FunctionValue): string[] {
  return (registrationsIn(machine, callee.file).get(callee.name) ?? []).flatMap((call) =>
    registering(machine, call).map(({ decorator }) => decorator),
  );
}

/** What the path of a route says of a parameter: `/<int:id>`. */
export function routeType(
  machine: Machine,
  callee: FunctionValue,
  name: string,
): string | undefined {
  const said = routesTo(machine, callee).routes.flatMap(({ fact, path }) =>
    path === undefined
      ? []
      : fact.converters.filter(({ before, after }) => stands(path, before, `${name}${after}`)),
  );
  return said[0]?.is;
}

/** True for a parameter of which all routes to a function that name it say, in one of some forms, that it holds no `/`. */
export function isSegmentOf(
  machine: Machine,
  callee: FunctionValue,
  name: string,
  forms: readonly string[],
): boolean {
  if (forms.length === 0) return false;
  const { routes } = routesTo(machine, callee);
  const named = forms.map((form) => form.replace("{}", name));
  // By another route it has its default.
  const own = routes.filter(({ path }) => path === undefined || path.includes(name));
  return (
    own.length > 0 && own.every(({ path }) => named.some((one) => path?.includes(one) === true))
  );
}

/** True for a parameter that no route to a function names, where a decorator may hand it over. */
export function isHandedOver(machine: Machine, callee: FunctionValue, name: string): boolean {
  const { routes, others } = routesTo(machine, callee);
  if (others === 0 || routes.length === 0) return false;
  // A prefix may name it: of that the file tells, if anything does.
  const isNamed = (text: string) => text.includes(`<${name}>`) || text.includes(`:${name}`);
  return (
    !isNamed(callee.file.text) &&
    routes.every(({ names }) => names !== undefined && !isNamed(names))
  );
}

/** The path of the request in a function, as far as its routes say what that may be; undefined for any other value. */
export function routePath(machine: Machine, frame: Frame, value: Value): Value | undefined {
  if (value.kind !== "symbol" || frame.function === undefined) return undefined;
  if (!machine.models.routes.some((one) => one.path === value.name)) return undefined;
  const served = routesTo(machine, frame.function).routes.filter(
    ({ fact }) => fact.path === value.name,
  );
  const paths = new Set(served.map(({ path }) => path));
  const [only] = paths;
  const isOne = served.every(
    ({ fact, path }) => path !== undefined && !fact.parameters.some((mark) => path.includes(mark)),
  );
  if (only !== undefined && paths.size === 1 && isOne) return constant(only, value.site);
  const isHarmless =
    paths.size > 0 &&
    !paths.has(undefined) &&
    served.every((one) => isConverted(one.fact, one.path));
  return isHarmless ? { ...derived([], value.site), isHarmless } : undefined;
}

/** True for a path of which each parameter is made a number or the like. */
function isConverted({ parameters, converters }: Route["fact"], path = ""): boolean {
  return parameters.every((mark) => {
    const [, ...named] = path.split(mark);
    return named.every((rest) =>
      converters.some(
        ({ before, after }) => (mark + rest).startsWith(before) && rest.includes(after),
      ),
    );
  });
}

const registered = new WeakMap<ModuleFile, ReadonlyMap<string, readonly CallNode[]>>();
const NONE: ReadonlyMap<string, readonly CallNode[]> = new Map();

/** The calls of a file that are given a function to route to, by its name. */
function registrationsIn(
  machine: Machine,
  file: ModuleFile,
): ReadonlyMap<string, readonly CallNode[]> {
  const known = registered.get(file);
  if (known !== undefined) return known;
  const facts = machine.models.routes.filter(
    (fact) => fact.function !== undefined && file.text.includes(`${lastPart(fact.decorator)}(`),
  );
  const found = new Map<string, CallNode[]>();
  for (const statement of facts.length === 0 ? [] : file.body)
    for (const node of walk(statement)) {
      if (!isKind(node, "Call")) continue;
      for (const fact of facts) {
        if (lastName(node.func) !== lastPart(fact.decorator)) continue;
        const given = nodeAt(node, fact.function ?? []);
        if (given?.nodeType !== "Name") continue;
        found.set(given.id, [...(found.get(given.id) ?? []), node]);
      }
    }
  const calls = found.size === 0 ? NONE : found;
  registered.set(file, calls);
  return calls;
}

function registering(machine: Machine, call: CallNode) {
  return machine.models.routes.filter(
    (fact) => fact.function !== undefined && lastPart(fact.decorator) === lastName(call.func),
  );
}

/** `add_url_rule` of `*.add_url_rule()`. */
function lastPart(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf(".") + 1).replace(/\(\)$/, "");
}

function nodeAt({ args, keywords }: CallNode, places: readonly (number | string)[]) {
  for (const place of places) {
    const node =
      typeof place === "number"
        ? args[place]
        : keywords.find((keyword) => keyword.arg === place)?.value;
    if (node !== undefined) return node;
  }
  return undefined;
}

function textAt(call: CallNode, places: readonly (number | string)[]): string | undefined {
  const node = nodeAt(call, places);
  return node?.nodeType === "Constant" && typeof node.value === "string" ? node.value : undefined;
}

/** True where one text follows on another in a path, where that ends in `(` after the arguments in the parentheses. */
function stands(path: string, before: string, rest: string): boolean {
  if (!before.endsWith("(")) return path.includes(before + rest);
  for (let at = path.indexOf(before); at >= 0; at = path.indexOf(before, at + 1)) {
    const end = path.indexOf(")", at);
    if (end >= 0 && path.startsWith(`:${rest}`, end + 1)) return true;
  }
  return false;
}
