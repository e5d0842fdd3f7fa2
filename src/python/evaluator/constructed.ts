/**
 * What an attribute of an object is in a method that is looked at on its own. The constructor has run by then: what it gives the
 * attribute is what the attribute is, if nothing else in the class sets it.
 */
import { type ClassNode, type Expression, isKind, type Placed, walk } from "../ast.ts";
import { ancestry, inherited } from "./ancestry.ts";
import { isHarmlessName } from "./annotations.ts";
import { bindIn, bindingIn, type Machine, newFrame, newScope } from "./machine.ts";
import {
  alternativesOf,
  type Binding,
  type InstanceValue,
  type Site,
  union,
  type Value,
} from "./values.ts";

/** No name of Python. */
const CONSTRUCTED = "__constructed__ ";

/** The value of an attribute that only the constructor sets, or that is set to a number or the like wherever it is. */
export function constructedAttribute(
  machine: Machine,
  owner: InstanceValue,
  name: string,
  site: Site,
): Binding | undefined {
  if (machine.eager) return undefined;
  const places = ancestry(machine, owner.class).flatMap((one) =>
    one.kind === "class"
      ? (assigned(one.node).get(name) ?? []).map((place) => ({ ...place, of: one }))
      : [],
  );
  const [only, ...others] = places;
  if (only === undefined) return undefined;
  const isNumber = places.every(({ value, of }) => {
    if (value?.nodeType !== "Call") return false;
    const called = machine.evaluate(value.func, newFrame(of.file, of.scope, of.scope, 0));
    return called.kind === "symbol" && isHarmlessName(machine, called.name);
  });
  if (isNumber)
    return { value: { kind: "unknown", from: [], isHarmless: true, site }, site, when: [] };
  if (others.length > 0 || only.method !== "__init__") return undefined;
  const made = construct(machine, owner, site);
  const set = made && bindingIn(made.attributes, name);
  if (set === undefined) return undefined;
  // What is taken where nothing is handed over, `client or Client()`, tells of what kind the other is, and not what it holds.
  const all = alternativesOf(set.value);
  const handed: Value = { kind: "symbol", name: `?.${name}`, base: owner, site };
  const rest = all.filter((one) => one.kind !== "unknown" || one.isHarmless === true);
  if (!rest.every(tells)) return undefined;
  if (rest.length === all.length) return set;
  const either = [...rest, handed].map((value) => ({ value }));
  return rest.some(({ kind }) => kind === "symbol")
    ? { ...set, value: union(either, set.value.site) }
    : undefined;
}

/** The object as its constructor leaves it, with nothing known of what that was given; made once for each object. */
function construct(machine: Machine, owner: InstanceValue, site: Site): InstanceValue | undefined {
  const known = bindingIn(owner.attributes, CONSTRUCTED)?.value;
  if (known !== undefined) return known.kind === "instance" ? known : undefined;
  const init = inherited(machine, owner.class, "__init__");
  if (init?.kind !== "function") return undefined;
  const made: InstanceValue = { ...owner, attributes: newScope("class") };
  bindIn(machine, owner.attributes, CONSTRUCTED, made, site);
  const { raised } = machine;
  machine.call(
    { ...init, receiver: made },
    { positional: [], keywords: new Map(), open: true, spread: [] },
    site,
  );
  machine.raised = raised;
  return made;
}

/** True for a value that says what it is; a list may have been filled since, and a text may be another by now. */
function tells(value: Value): boolean {
  return (
    (value.kind === "symbol" && !value.name.startsWith("?")) ||
    (value.kind === "unknown" && value.isHarmless === true) ||
    (value.kind === "constant" && value.value === null)
  );
}

interface Place {
  readonly method: string;
  /** Undefined where it is set in another way than by a plain assignment. */
  readonly value: Expression | undefined;
}

const known = new WeakMap<ClassNode, ReadonlyMap<string, readonly Place[]>>();

/** Where the methods of a class set the attributes of their object. */
function assigned(type: ClassNode): ReadonlyMap<string, readonly Place[]> {
  const before = known.get(type);
  if (before !== undefined) return before;
  const found = new Map<string, Place[]>();
  known.set(type, found);
  for (const method of type.body) {
    if (method.nodeType !== "FunctionDef" && method.nodeType !== "AsyncFunctionDef") continue;
    const self = method.args.posonlyargs[0]?.arg ?? method.args.args[0]?.arg;
    const values = new Map<Placed, Expression>();
    for (const node of walk(method)) {
      if (isKind(node, "Assign")) for (const target of node.targets) values.set(target, node.value);
      if (isKind(node, "AnnAssign") && node.value) values.set(node.target, node.value);
      if (!isKind(node, "Attribute") || node.ctx.nodeType !== "Store") continue;
      if (node.value.nodeType !== "Name" || node.value.id !== self) continue;
      const place = { method: method.name, value: values.get(node) };
      found.set(node.attr, [...(found.get(node.attr) ?? []), place]);
    }
  }
  return found;
}
