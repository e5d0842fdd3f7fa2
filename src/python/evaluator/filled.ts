/** What a framework fills with data and the annotation gives a class: the class says what its attributes are. */
import { nameMatches } from "../../core/name-pattern.ts";
import { attributeType, type Described, readAnnotation } from "./annotations.ts";
import { fieldsOf } from "./fields.ts";
import { argument, type Machine } from "./machine.ts";
import { matching } from "./refine.ts";
import { symbol } from "./symbols.ts";
import type { Site, SymbolValue, Value } from "./values.ts";

/** An attribute of what a framework filled in, where the class that its annotation names says what that is. */
export function typedAttribute(
  machine: Machine,
  owner: SymbolValue,
  name: string,
  site: Site,
): Value | undefined {
  if (owner.type === undefined) return undefined;
  const said = readAnnotation(machine, owner.type);
  const type = attributeType(machine, said, name);
  if (type !== undefined && readAnnotation(machine, type).isHarmless)
    return { kind: "unknown", from: [], isHarmless: true, site };
  const awaits = said.imported[0]?.imported?.path;
  if (type === undefined && awaits === undefined) return undefined;
  const pattern = type && fieldPattern(machine, said, name, type);
  const filled = symbol(machine, {
    kind: "symbol",
    name: `${owner.name}.${name}`,
    base: owner,
    site,
    ...(type && { type }),
    ...(awaits !== undefined && { awaits }),
  });
  return pattern === undefined ? filled : matching(filled, pattern);
}

/** The regex that a framework finds in an attribute of one of some classes, or refuses the data. */
function fieldPattern(
  machine: Machine,
  { classes }: Described,
  name: string,
  type: Value,
): Value | undefined {
  const { beside, names, classes: others, imported } = readAnnotation(machine, type);
  // What is said of one of several types says nothing of the others.
  if (names.length + others.length + imported.length > 1) return undefined;
  const defaults = classes.flatMap(
    (one) => fieldsOf(machine, one).find((field) => field.name === name)?.value ?? [],
  );
  for (const one of [type, ...beside, ...defaults]) {
    if (one.kind !== "symbol" || one.call === undefined) continue;
    const called = one.name.replace(/\(\)$/, "");
    for (const fact of machine.models.fields) {
      const found = nameMatches(fact.call, called) && argument(one.call, ...fact.patterns);
      if (found) return found;
    }
  }
  return undefined;
}

/** Some member of a value whose annotation says what its members are; undefined for any other. */
export function typedMember(machine: Machine, owner: Value, site: Site): Value | undefined {
  if (owner.kind !== "symbol" || owner.type === undefined) return undefined;
  const [type] = readAnnotation(machine, owner.type).members;
  if (type === undefined) return undefined;
  if (readAnnotation(machine, type).isHarmless)
    return { kind: "unknown", from: [], isHarmless: true, site };
  return symbol(machine, { kind: "symbol", name: `${owner.name}[]`, base: owner, type, site });
}
