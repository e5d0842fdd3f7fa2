import { ancestry, inherited } from "./ancestry.ts";
import { isKeyOf, memberAt, sliceOf } from "./containers.ts";
import { isEnumeration } from "./fields.ts";
import { meantMember, typedMember } from "./filled.ts";
import { anyMember } from "./instances.ts";
import { containerMember } from "./library.ts";
import { bindingIn, type Machine } from "./machine.ts";
import { pathSubscript } from "./paths.ts";
import { groupOf } from "./regexes.ts";
import { callSpecial } from "./special-methods.ts";
import { symbol } from "./symbols.ts";
import { keepOfLookup, markUnset, readOf } from "./unset.ts";
import {
  asString,
  type ClassValue,
  constant,
  derived,
  keyOf,
  lengthOf,
  type Site,
  type SymbolValue,
  type TextValue,
  text,
  union,
  type Value,
} from "./values.ts";
import { unsetVariable } from "./whole-environment.ts";

/** A part of a text whose bounds lie in the literals at its ends; undefined for any other. */
export function sliceOfText(
  parts: readonly (string | Value)[],
  lower: number | undefined,
  upper: number | undefined,
  site: Site,
): Value | undefined {
  const [first, last] = [parts[0], parts.at(-1)];
  const start = typeof first === "string" ? first : "";
  const end = typeof last === "string" ? last : "";
  if (lower !== undefined && lower < 0)
    return -lower <= end.length ? constant(end.slice(lower, upper), site) : undefined;
  if (upper !== undefined && upper >= 0)
    return upper <= start.length ? constant(start.slice(lower, upper), site) : undefined;
  const [from, to] = [lower ?? 0, -(upper ?? 0)];
  if (from > start.length || to > end.length || parts.length < 2) return undefined;
  const inner = parts.slice(
    typeof first === "string" ? 1 : 0,
    typeof last === "string" ? -1 : undefined,
  );
  return text([start.slice(from), ...inner, end.slice(0, end.length - to)], site);
}

/** Longer texts are not cut character by character. */
const MAX_CUT = 1000;

/** A part of a text of which not all is known, but how long each of its parts is; undefined for any other. */
export function sliceByLength(
  owner: TextValue | SymbolValue,
  lower: number | undefined,
  upper: number | undefined,
  step: number | undefined,
  site: Site,
): Value | undefined {
  const length = lengthOf(owner);
  if (length === undefined || length > MAX_CUT) return undefined;
  const places = sliceOf(
    Array.from({ length }, (_, at) => at),
    lower,
    upper,
    step,
  );
  if (owner.kind === "symbol")
    return {
      kind: "symbol",
      name: `${owner.name}[]`,
      base: owner,
      key: derived([]),
      characters: places.length,
      site,
    };
  if (step !== undefined && step !== 1) return undefined;
  const [from, to] = [places[0] ?? 0, (places.at(-1) ?? -1) + 1];
  let before = 0;
  const parts = owner.parts.flatMap((part): (string | Value)[] => {
    const size = typeof part === "string" ? part.length : (lengthOf(part) ?? 0);
    const [start, end] = [Math.max(0, from - before), Math.min(size, to - before)];
    before += size;
    if (start >= end) return [];
    if (start === 0 && end === size) return [part];
    if (typeof part === "string") return [part.slice(start, end)];
    const inner = part.kind === "text" || part.kind === "symbol";
    return [
      (inner ? sliceByLength(part, start, end, 1, site) : undefined) ?? derived([part], site),
    ];
  });
  return text(parts, site);
}

/** `owner[key]`. */
export function subscript(machine: Machine, owner: Value, key: Value, site: Site): Value {
  if (owner.kind === "union") {
    return union(
      owner.alternatives.map((one) => ({
        ...one,
        value: subscript(machine, one.value, key, site),
      })),
      site,
    );
  }
  if (owner.kind === "symbol") {
    const held = groupOf(owner, key) ?? containerMember(machine, owner, key, site);
    if (held !== undefined) return held;
    const name = `${owner.name}[]`;
    const reader = machine.models.environment.get(name);
    if (reader !== undefined) {
      const variable = asString(key) ?? "?";
      const set = bindingIn(machine.variables, variable)?.value;
      if (set !== undefined)
        return { ...set, site: set.site ?? site, environment: readOf(variable, site, set) };
      machine.raise({ exception: reader.raises, environment: { name: variable, site } });
      return { kind: "environment", name: variable, site };
    }
    if (owner.name === "sys.modules") {
      const dotted = asString(key);
      const module = dotted === undefined ? undefined : machine.importByName(dotted, site);
      if (module !== undefined) return module;
    }
    return (
      pathSubscript(owner, key, site) ??
      meantMember(machine, owner, key, site) ??
      typedMember(machine, owner, site) ??
      symbol(machine, { kind: "symbol", name, base: owner, key, site })
    );
  }
  if (owner.kind === "instance") {
    const method = inherited(machine, owner.class, "__getitem__");
    const given = { positional: [key], keywords: new Map(), open: false };
    const item =
      method?.kind === "function"
        ? machine.call({ ...method, receiver: owner }, given, site)
        : undefined;
    if (item !== undefined || owner.data === undefined) return item ?? derived([owner, key], site);
    const held = memberAt(owner.data, key, site);
    if (held !== undefined) return held;
    const missing = callSpecial(machine, owner, "__missing__", site, key);
    const unset = unsetVariable(owner.data, key, site);
    if (missing !== undefined) return unset === undefined ? missing : markUnset(missing, unset);
    return subscript(machine, owner.data, key, site);
  }
  if (owner.kind === "class" && !machine.eager && isEnumeration(machine, owner))
    return anyMember(owner, site);
  if (owner.kind === "class" && machine.eager) {
    const name = asString(key);
    const member = name === undefined ? undefined : bindingIn(owner.scope, name)?.value;
    if (member !== undefined) return member;
  }
  if (owner.kind === "class" && isGeneric(machine, owner)) return owner;
  const member = memberAt(owner, key, site);
  const unset = unsetVariable(owner, key, site);
  if (unset !== undefined) {
    machine.raise({ exception: "KeyError", environment: unset });
    return { kind: "environment", ...unset };
  }
  if (member === undefined && owner.kind === "dict" && keyOf(key) !== undefined)
    machine.raise({ exception: "KeyError" });
  else if (member === undefined && owner.kind === "sequence" && key.kind === "constant")
    machine.raise({ exception: "IndexError" });
  // What is found under a key is not made of it.
  if (member === undefined) return meantMember(machine, owner, key, site) ?? derived([owner], site);
  if (machine.eager) return keepOfLookup(owner, key, member);
  const isText = member.kind === "constant" || member.kind === "union" || member.kind === "unknown";
  if (owner.kind !== "dict" || key.kind === "constant" || !isText) return member;
  // Under any other key there is an error.
  const known = { ...derived([], site), test: isKeyOf(key, owner) };
  return { ...member, known: [...(member.known ?? []), known] };
}

/** True for a class of which `Class[int]` makes the same objects: no metaclass may say what else it is. */
function isGeneric(machine: Machine, owner: ClassValue): boolean {
  return (
    !isEnumeration(machine, owner) &&
    inherited(machine, owner, "__class_getitem__") === undefined &&
    ancestry(machine, owner).every((one) => one.kind === "symbol" || one.node.keywords.length === 0)
  );
}
