/** What Python's built-in functions do, and calls that read the environment. */
import { dict, membersOf, pairsOf, sequence, someMember, someOf } from "./containers.ts";
import { argument } from "./machine.ts";
import { sorted } from "./methods.ts";
import { binary, compare } from "./operators.ts";
import { textOfPath } from "./paths.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  derived,
  type EnvironmentRead,
  isMissing,
  keyOf,
  lengthOf,
  type Site,
  text,
  truth,
  union,
  type Value,
} from "./values.ts";
import { format, repr, str } from "./writing.ts";

/** The names that are there without an import. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set(
  `abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod
  enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list
  locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod
  str sum super tuple type vars zip __import__ __name__ __file__ NotImplemented Ellipsis BaseException Exception ImportError
  ModuleNotFoundError ArithmeticError AssertionError EOFError KeyboardInterrupt MemoryError NameError OverflowError
  RecursionError SystemExit TimeoutError UnboundLocalError UnicodeDecodeError UnicodeError Warning ZeroDivisionError ConnectionError KeyError ValueError TypeError AttributeError OSError IOError RuntimeError StopIteration LookupError IndexError
  NotImplementedError PermissionError FileNotFoundError unicode basestring xrange raw_input reload execfile long unichr file`.split(
    /\s+/,
  ),
);

/** Calls a function value with plain arguments. */
export type Call = (callee: Value, ...positional: readonly Value[]) => Value;

/**
 * The result of a built-in function by its name without `builtins.`; undefined when it is not one that matters. `raise` is
 * told of the exception that Python is sure to raise.
 */
export function callBuiltin(
  name: string,
  given: Arguments,
  site: Site,
  call: Call,
  raise: (exception: string, environment?: EnvironmentRead) => void,
): Value | undefined {
  const [first, second] = given.positional;
  if (name === "range" && !given.open) return rangeOf(given, site);
  if (given.open || first === undefined)
    return first === undefined && !given.open ? emptyOf(name, given, site) : undefined;
  const made =
    convert(name, first, second, given, site, raise) ??
    callOnMembers(name, given, site, call) ??
    callOnNumbers(name, first, second, site);
  return made && keepOfMembers(given, made);
}

/** A list or dict that is made of another owes to a variable, or a file, what that does. */
export function keepOfMembers({ positional }: Arguments, made: Value): Value {
  if (made.kind !== "sequence" && made.kind !== "dict") return made;
  if (made.environment !== undefined || made.heldIn !== undefined) return made;
  const from = positional.find((one) => one.environment !== undefined || one.heldIn !== undefined);
  if (from === undefined || from === made) return made;
  // What a text is split into, it says of each part.
  if (made.kind !== "sequence" || asString(from) === undefined) return keep(from, made);
  const { items, open } = made.contents.content;
  const parts = items.map((one) => (one.kind === "constant" ? keep(from, one) : one));
  return keep(from, sequence(made.type, parts, made.site, open));
}

function convert(
  name: string,
  first: Value,
  second: Value | undefined,
  given: Arguments,
  site: Site,
  raise: (exception: string, environment?: EnvironmentRead) => void,
): Value | undefined {
  switch (name) {
    case "str": {
      const path = textOfPath(first);
      if (path !== undefined) return path;
      if (second !== undefined) return asText(first);
      const written = str(first);
      if (written !== undefined) return keep(first, constant(written, site));
      return first.kind === "text" ? first : text([first], site);
    }
    case "repr":
    case "ascii": {
      const written = repr(first);
      return written === undefined ? undefined : constant(written, site);
    }
    case "format": {
      const written = format(first, asString(second) ?? "");
      return written === undefined ? undefined : constant(written, site);
    }
    case "bytes": {
      const word = asString(first);
      return word === undefined ? undefined : constant(new Bytes(word), site);
    }
    case "int":
    case "float": {
      if (second !== undefined) {
        const number = fromBase(asString(first), second);
        return number === undefined ? undefined : constant(number, site);
      }
      const known = numberFrom(first, name);
      if (known === undefined && asString(first) !== undefined) raise("ValueError");
      if (known === undefined && first.kind === "constant" && first.value === null)
        raise("TypeError", isMissing(first) ? first.environment : undefined);
      return known === undefined
        ? undefined
        : keep(first, constant(name === "int" ? Math.trunc(known) : known, site));
    }
    case "bool": {
      const known = truth(first);
      return known === undefined ? undefined : keep(first, constant(known, site));
    }
    case "len": {
      const text = asString(first);
      const count =
        first.kind === "dict" || first.kind === "sequence"
          ? membersOf(first)?.length
          : text === undefined
            ? lengthOf(first)
            : [...text].length;
      return count === undefined ? undefined : keep(first, constant(count, site));
    }
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
    case "iter":
    case "reversed": {
      const type =
        name === "tuple" ? "tuple" : name === "set" || name === "frozenset" ? "set" : "list";
      const members = membersOf(first);
      if (members === undefined && first.kind === "dict") {
        const keys = [...first.contents.content.entries].filter(([id]) => !id.startsWith("?"));
        return sequence(
          type,
          keys.map(([, entry]) => entry.key),
          site,
          true,
          [derived([first], site)],
        );
      }
      if (members === undefined && first.kind === "sequence") {
        const { items, maybe, isOfThese } = first.contents.content;
        return isOfThese
          ? someOf(items, type, site, maybe)
          : sequence(type, items, site, true, maybe);
      }
      if (members === undefined) return sequence(type, [derived([first], site)], site, true);
      return keep(
        first,
        sequence(type, name === "reversed" ? [...members].reverse() : members, site),
      );
    }
    case "dict": {
      const base = first.kind === "dict" ? first.contents.content : pairsOf(first);
      return (
        base &&
        dict(new Map([...base.entries, ...named(given, site)]), site, base.open, base.variables)
      );
    }
    case "dict.fromkeys": {
      const members = membersOf(first) ?? surelyIn(first);
      const open = membersOf(first) === undefined;
      if (open && members.length === 0) return undefined;
      const keys = members.map(keyOf);
      const value = second ?? constant(null, site);
      const entries = members.flatMap((key, index) => {
        const id = keys[index];
        return id === undefined ? [] : ([[id, { key, value }]] as const);
      });
      return entries.length < members.length ? undefined : dict(new Map(entries), site, open);
    }
    case "callable": {
      const isThing = ["constant", "text", "sequence", "dict"].includes(first.kind);
      if (isThing) return constant(false, site);
      return first.kind === "function" || first.kind === "class" ? constant(true, site) : undefined;
    }
    case "print":
      return constant(null, site);
    default:
      return undefined;
  }
}

/** The members that a list surely has which may have more. */
function surelyIn(value: Value): readonly Value[] {
  return value.kind === "sequence" ? value.contents.content.items : [];
}

function callOnMembers(name: string, given: Arguments, site: Site, call: Call): Value | undefined {
  const [first, second] = given.positional;
  if (first === undefined) return undefined;
  switch (name) {
    case "sorted": {
      const members = membersOf(first);
      if (first.kind === "sequence" && first.contents.content.isOfThese) {
        const { items, maybe } = first.contents.content;
        return someOf(items, "list", site, maybe);
      }
      const inOrder = members && sorted(members, given, call);
      return inOrder === undefined
        ? sequence(
            "list",
            members ?? (first.kind === "sequence" ? surelyIn(first) : [derived([first], site)]),
            site,
            true,
            first.kind === "sequence" ? first.contents.content.maybe : [],
          )
        : keep(first, sequence("list", inOrder, site));
    }
    case "any":
    case "all": {
      const answers = membersOf(first)?.map(truth) ?? [...surelyIn(first).map(truth), undefined];
      const decided = answers.includes(name === "any")
        ? name === "any"
        : answers.includes(undefined)
          ? undefined
          : name === "all";
      return decided === undefined ? undefined : constant(decided, site);
    }
    case "map": {
      const lists = given.positional.slice(1).map(membersOf);
      // Of what is not known in full, some member stands for all.
      if (second !== undefined && lists.length === 1 && lists[0] === undefined)
        return someOf([call(first, someMember(second, site))], "list", site);
      if (lists.length === 0 || lists.includes(undefined)) return undefined;
      const shortest = Math.min(...lists.map((list) => list?.length ?? 0));
      return sequence(
        "list",
        Array.from({ length: shortest }, (_, index) =>
          call(first, ...lists.flatMap((list) => list?.[index] ?? [])),
        ),
        site,
      );
    }
    case "zip": {
      const lists = given.positional.map(membersOf);
      const known = lists.flatMap((list) => (list === undefined ? [] : [list.length]));
      // Of what is not known there is enough, whatever there is.
      const row = (index: number) =>
        sequence(
          "tuple",
          given.positional.flatMap((one, at) => {
            const list = lists[at];
            return list === undefined ? [someMember(one, site)] : (list[index] ?? []);
          }),
          site,
        );
      return known.length === 0
        ? someOf([row(0)], "list", site)
        : sequence(
            "list",
            Array.from({ length: Math.min(...known) }, (_, at) => row(at)),
            site,
          );
    }
    case "next": {
      const members = membersOf(first);
      if (members !== undefined) return members[0] ?? second;
      // Which of them comes first is not known, nor whether one does.
      if (first.kind !== "sequence") return undefined;
      const some = someMember(first, site);
      return second === undefined ? some : union([{ value: some }, { value: second }], site);
    }
    case "sum": {
      const members = membersOf(first);
      return members?.reduce<Value>(
        (sum, member) => binary("Add", sum, member, site),
        second ?? constant(0, site),
      );
    }
    case "enumerate": {
      const members = membersOf(first);
      const start = argument(given, 1, "start") ?? constant(0);
      if (members === undefined || start.kind !== "constant" || typeof start.value !== "number") {
        // A number comes of counting, whatever is counted.
        const count: Value = { kind: "unknown", from: [], isHarmless: true, site };
        return someOf([sequence("tuple", [count, someMember(first, site)], site)], "list", site);
      }
      const offset = start.value;
      return sequence(
        "list",
        members.map((member, index) =>
          sequence("tuple", [constant(offset + index, site), member], site),
        ),
        site,
      );
    }
    case "max":
    case "min": {
      const members = given.positional.length > 1 ? given.positional : membersOf(first);
      if (members === undefined) return undefined;
      if (members.length === 0) return given.keywords.get("default");
      const key = given.keywords.get("key");
      const measured = members.map((member) => ({ member, by: key ? call(key, member) : member }));
      return measured.reduce<(typeof measured)[number] | undefined>((best, one) => {
        if (best === undefined) return undefined;
        const better = compare(name === "max" ? "Gt" : "Lt", one.by, best.by);
        return better === undefined ? undefined : better ? one : best;
      }, measured[0])?.member;
    }
    default:
      return undefined;
  }
}

function callOnNumbers(
  name: string,
  first: Value,
  second: Value | undefined,
  site: Site,
): Value | undefined {
  const numbers = [first, ...(second === undefined ? [] : [second])].map((value) =>
    value.kind === "constant" && typeof value.value === "number" ? value.value : undefined,
  );
  const [a, b] = numbers;
  if (name === "ord") {
    const chars = [...(asString(first) ?? "")];
    return chars.length === 1 ? constant(chars[0]?.codePointAt(0) ?? 0, site) : undefined;
  }
  if (a === undefined || numbers.includes(undefined)) return undefined;
  switch (name) {
    case "abs":
      return constant(Math.abs(a), site);
    case "round": {
      if (b !== undefined && !(b >= 0 && b < 15)) return undefined;
      const scaled = a * 10 ** (b ?? 0);
      // Half way goes to the even one.
      const down = Math.floor(scaled);
      const half = scaled - down === 0.5;
      const whole = half ? (down % 2 === 0 ? down : down + 1) : Math.round(scaled);
      return constant(whole / 10 ** (b ?? 0), site);
    }
    case "divmod":
      return b === undefined || b === 0
        ? undefined
        : sequence(
            "tuple",
            [constant(Math.floor(a / b), site), constant(((a % b) + b) % b, site)],
            site,
          );
    case "pow":
      return second && binary("Pow", first, second, site);
    case "chr":
      return a >= 0 && a <= 0x10ffff ? constant(String.fromCodePoint(a), site) : undefined;
    case "hex":
    case "oct":
    case "bin": {
      const [prefix, base] =
        name === "hex"
          ? (["0x", 16] as const)
          : name === "oct"
            ? (["0o", 8] as const)
            : (["0b", 2] as const);
      return Number.isInteger(a) && a >= 0 ? constant(prefix + a.toString(base), site) : undefined;
    }
    default:
      return undefined;
  }
}

/** The members of `range(…)`. */
function rangeOf(given: Arguments, site: Site): Value | undefined {
  const numbers = given.positional.map((value) =>
    value.kind === "constant" && typeof value.value === "number" ? value.value : undefined,
  );
  const [start, end, step] =
    numbers.length === 1
      ? [0, numbers[0], 1]
      : [numbers[0], numbers[1], numbers.length > 2 ? numbers[2] : 1];
  if (start === undefined || end === undefined || step === undefined || step === 0)
    return undefined;
  const count = Math.ceil((end - start) / step);
  if (count > 256) return undefined;
  return sequence(
    "list",
    Array.from({ length: Math.max(0, count) }, (_, index) => constant(start + index * step, site)),
    site,
  );
}

/** Bytes as the text that they hold; any other text as it is. */
function asText(value: Value): Value | undefined {
  return value.kind === "constant" && value.value instanceof Bytes
    ? { ...value, value: value.value.text }
    : undefined;
}

/** The bases that the beginning of a number tells, as it is written in code. */
const BASES: Readonly<Record<string, number>> = { "0x": 16, "0o": 8, "0b": 2 };

function fromBase(word: string | undefined, base: Value): number | undefined {
  const asked = base.kind === "constant" && typeof base.value === "number" ? base.value : undefined;
  const written = word?.trim().toLowerCase();
  if (written === undefined || asked === undefined) return undefined;
  const own = /^0[xob](?=[\da-f])/.exec(written)?.[0] ?? "";
  const radix = asked === 0 ? (BASES[own] ?? 10) : asked;
  const digits = BASES[own] === radix ? written.slice(own.length) : written;
  if (!(radix >= 2 && radix <= 36)) return undefined;
  const number = Number.parseInt(digits, radix);
  return Number.isSafeInteger(number) &&
    number.toString(radix).padStart(digits.length, "0") === digits
    ? number
    : undefined;
}

/** What `int()` or `float()` makes of a constant; undefined where Python would fail or we cannot tell. */
function numberFrom(value: Value, type: "int" | "float"): number | undefined {
  if (value.kind !== "constant" || value.value === null) return undefined;
  const form = type === "int" ? /^[+-]?\d+$/ : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
  const written = value.value instanceof Bytes ? value.value.text : value.value;
  if (typeof written !== "string")
    return Number.isSafeInteger(Math.trunc(Number(written))) ? Number(written) : undefined;
  const digits = written.trim().replace(/(?<=\d)_(?=\d)/g, "");
  const number = form.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(Math.trunc(number)) ? number : undefined;
}

function emptyOf(name: string, given: Arguments, site: Site): Value | undefined {
  if (name === "dict") return dict(new Map(named(given, site)), site);
  if (name === "list" || name === "tuple" || name === "set") return sequence(name, [], site);
  if (name === "str") return constant("", site);
  if (name === "bool") return constant(false, site);
  if (name === "int" || name === "float") return constant(0, site);
  return name === "print" ? constant(null, site) : undefined;
}

function named(given: Arguments, site: Site): [string, { key: Value; value: Value }][] {
  return [...given.keywords].map(([key, value]) => [
    `s${key}`,
    { key: constant(key, site), value },
  ]);
}

function keep({ environment, heldIn }: Value, value: Value): Value {
  if (environment === undefined && heldIn === undefined) return value;
  return { ...value, ...(environment && { environment }), ...(heldIn && { heldIn }) };
}
