/** Formats that a call fills in later, as those of `logging` do: `log.info("%r of %s", a, b)`. */
import { asString, type Value } from "../../python/index.ts";

const CONVERSION = /%(?:%|[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?([a-zA-Z]))/g;

/**
 * What a format shows as it is of the values behind it: all but those that it quotes with `%r`, or writes as numbers. Everything
 * where the format is not known, or names its values.
 */
export function shownByFormat(given: readonly Value[]): readonly Value[] {
  const [format, ...rest] = given;
  const written = asString(format);
  if (format === undefined || written === undefined) return given;
  const types = [...written.matchAll(CONVERSION)].flatMap((match) => match[1] ?? []);
  return [format, ...rest.filter((_, index) => (types[index] ?? "s") === "s")];
}
