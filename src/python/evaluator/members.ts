/** Members of an enumeration. */
import { FLAGS } from "./fields.ts";
import { bindingIn, cellOf, newScope } from "./machine.ts";
import { type ClassValue, constant, type InstanceValue, type Site, type Value } from "./values.ts";

/** What stands for a member of an enumeration of texts or numbers where it is compared; undefined for any other value. */
export function memberValue(value: Value): Value | undefined {
  return value.kind === "instance" && value.call === undefined
    ? bindingIn(value.attributes, "value")?.value
    : undefined;
}

/** The bits of a member of a class of flags; undefined for any other value. */
export function bitsOf(value: Value): number | undefined {
  if (value.kind !== "instance" || !isFlag(value.class)) return undefined;
  const member = memberValue(value);
  return member?.kind === "constant" && typeof member.value === "number" ? member.value : undefined;
}

/** Flags put together, as one of the class of those that they are made of: a member without a place in the class. */
export function flagsOf(like: InstanceValue, bits: number, site: Site): InstanceValue {
  const names = [...like.class.scope.names].flatMap(([name, { content }]) => {
    const own = content === undefined ? undefined : bitsOf(content.value);
    return own !== undefined && own > 0 && (own & bits) === own ? [name] : [];
  });
  const attributes = newScope("class");
  cellOf(attributes, "value").content = { value: constant(bits, site), site, when: [] };
  cellOf(attributes, "name").content = { value: constant(names.join("|"), site), site, when: [] };
  return { kind: "instance", class: like.class, attributes, site };
}

/** All bits that a class of flags has names for. */
export function allBits({ scope }: ClassValue): number {
  let bits = 0;
  for (const { content } of scope.names.values()) bits |= (content && bitsOf(content.value)) || 0;
  return bits;
}

function isFlag({ bases }: ClassValue): boolean {
  return bases.some((one) => one.kind === "symbol" && FLAGS.has(one.name));
}
