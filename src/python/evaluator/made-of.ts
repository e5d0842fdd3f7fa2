/** What a value was made of, near and far, and by which way: what is known of the one may be known of the other. */
import { possibleItems } from "./containers.ts";
import {
  alternativesOf,
  asString,
  type Check,
  everyArgument,
  JOINED,
  type SymbolValue,
  type Value,
} from "./values.ts";

/** How far is looked back. */
const MAX_ANCESTORS = 40;

/** How a value was made of another: what was done to it, and the key under which it is there. */
type Way = Pick<Check, "through" | "keyOf">;

/** What a value was made of, each with the names of what was done to it on the way, the last thing first. */
export function ancestorsOf(value: Value): Map<Value, Way> {
  const found = new Map<Value, Way>();
  if (isOfNothing(value)) return found;
  const waiting: Value[] = [value];
  const ways: Way[] = [{ through: [] }];
  for (let at = 0; at < waiting.length && found.size < MAX_ANCESTORS; at++) {
    const one = waiting[at] ?? value;
    const way = ways[at] ?? { through: [] };
    if (found.has(one)) continue;
    found.set(one, way);
    const { parts, step, container } = madeOf(one);
    let inner: Way | undefined;
    for (const part of parts) {
      if (isOfNothing(part)) continue;
      waiting.push(part);
      if (container !== undefined && part === container) {
        // What is known of a part says nothing of the other parts: the step to all of them has a name of its own.
        ways.push({ ...way, through: [...way.through, `${step} of a part`] });
        continue;
      }
      inner ??= wayTo(way, step, container);
      ways.push(inner);
    }
  }
  return found;
}

function wayTo(way: Way, step: string | undefined, container: Value | undefined): Way {
  const through = step === undefined ? way.through : [...way.through, step];
  const keyOf = container ?? way.keyOf;
  return keyOf === undefined ? { through } : { through, keyOf };
}

function isOfNothing({ kind }: Value): boolean {
  return kind === "constant" || kind === "module" || kind === "class";
}

/** What reads a part of a container. */
const LOOK_UP = /\.get\(\)$|\[\]$/;

/**
 * True for a text without some letters, dashes and the like (`data.replace("-", "")`): what is asked of the rest is asked of the
 * text, which may hold those too.
 */
function isRespelled({ name, call }: SymbolValue): boolean {
  const [taken, put, ...others] = call?.positional.map(asString) ?? [];
  if (taken === undefined || put === undefined || others.length > 0) return false;
  return name.endsWith(".replace()") && /^[\w .@-]*$/.test(taken);
}

/** What a value was made of directly. */
interface Made {
  readonly parts: readonly Value[];
  /** The name of how; none where the value is what it was made of. */
  readonly step?: string;
  /** Of the parts, what the value was looked up in. */
  readonly container?: Value | undefined;
}

function madeOf(value: Value): Made {
  switch (value.kind) {
    case "symbol": {
      const step = value.name;
      const receiver = value.base?.kind === "symbol" ? value.base.base : undefined;
      const owner = value.call === undefined ? value.base : receiver;
      const given = everyArgument(value.call);
      if (owner !== undefined && isRespelled(value)) return { parts: [owner] };
      const parts = owner === undefined ? given : [owner, ...given];
      return LOOK_UP.test(step) ? { parts, step, container: owner } : { parts, step };
    }
    case "text": {
      // `str(x)` is a text with nothing but x in it.
      const parts = value.parts.filter((part) => typeof part !== "string");
      return value.parts.length === 1 ? { parts } : { parts, step: JOINED };
    }
    case "sequence":
      return { parts: possibleItems(value) };
    case "unknown":
      return { parts: value.from, step: "?" };
    case "union":
      return { parts: alternativesOf(value), step: "|" };
    default:
      return { parts: [] };
  }
}
