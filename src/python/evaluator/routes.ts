import { nameMatches } from "../../core/name-pattern.ts";
import { argument, type Frame, type Machine } from "./machine.ts";
import { asString, constant, type Value } from "./values.ts";

/** The path of the request in a function that serves one path only; undefined for any other value. */
export function routePath(machine: Machine, frame: Frame, value: Value): Value | undefined {
  if (value.kind !== "symbol" || frame.function === undefined) return undefined;
  const facts = machine.models.routes.filter((one) => one.path === value.name);
  const paths: string[] = [];
  for (const decorator of facts.length === 0 ? [] : frame.function.decorators) {
    if (decorator.kind !== "symbol" || decorator.call === undefined) continue;
    const fact = facts.find((one) => nameMatches(one.decorator, decorator.name));
    if (fact === undefined) continue;
    const path = asString(argument(decorator.call, ...fact.argument));
    if (path === undefined || fact.parameters.some((mark) => path.includes(mark))) return undefined;
    paths.push(path);
  }
  const [only] = paths;
  return only === undefined || paths.length > 1 ? undefined : constant(only, value.site);
}
