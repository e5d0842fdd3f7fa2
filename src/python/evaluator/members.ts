/** Members of an enumeration. */
import { bindingIn } from "./machine.ts";
import type { Value } from "./values.ts";

/** What stands for a member of an enumeration of texts or numbers where it is compared; undefined for any other value. */
export function memberValue(value: Value): Value | undefined {
  return value.kind === "instance" && value.call === undefined
    ? bindingIn(value.attributes, "value")?.value
    : undefined;
}
