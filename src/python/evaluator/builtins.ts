/** What Python's built-in functions do, and calls that read the environment. */
import { dict, membersOf, sequence } from "./containers.ts";
import { argument } from "./machine.ts";
import { sorted } from "./methods.ts";
import { compare } from "./operators.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  derived,
  type Site,
  text,
  truth,
  type Value,
  writeOut,
} from "./values.ts";

/** The names that are there without an import. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set(
  `abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod
  enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list
  locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod
  str sum super tuple type vars zip __import__ __name__ __file__ NotImplemented Ellipsis BaseException Exception ImportError
  ModuleNotFoundError KeyError ValueError TypeError AttributeError OSError IOError RuntimeError StopIteration LookupError IndexError
  NotImplementedError PermissionError FileNotFoundError unicode basestring xrange raw_input reload execfile long unichr file`.split(
    /\s+/,
  ),
);

/** The result of a built-in function by its name without `builtins.`; undefined when it is not one that matters. */
export function callBuiltin(name: string, given: Arguments, site: Site): Value | undefined {
  const [first] = given.positional;
  if (given.open || first === undefined)
    return first === undefined && !given.open ? emptyOf(name, given, site) : undefined;
  switch (name) {
    case "str": {
      return writeOut(first) === undefined
        ? first.kind === "text"
          ? first
          : text([first], site)
        : keep(first, constant(writeOut(first) ?? "", site));
    }
    case "int":
    case "float": {
      // A second argument is a base.
      const known = given.positional.length > 1 ? undefined : numberFrom(first, name);
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
            ? undefined
            : [...text].length;
      return count === undefined ? undefined : constant(count, site);
    }
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
    case "sorted":
    case "reversed": {
      const type =
        name === "tuple" ? "tuple" : name === "set" || name === "frozenset" ? "set" : "list";
      const members = membersOf(first);
      if (members === undefined)
        return sequence(
          type,
          first.kind === "sequence" ? first.contents.content.items : [derived([first], site)],
          site,
          true,
        );
      if (name === "sorted") return sequence(type, sorted(members, given), site);
      return sequence(type, name === "reversed" ? [...members].reverse() : members, site);
    }
    case "dict":
      if (first.kind === "dict")
        return dict(
          new Map([...first.contents.content.entries, ...named(given, site)]),
          site,
          first.contents.content.open,
        );
      return undefined;
    case "any":
    case "all": {
      const answers = membersOf(first)?.map(truth);
      if (answers === undefined) return undefined;
      const decided = answers.includes(name === "any")
        ? name === "any"
        : answers.includes(undefined)
          ? undefined
          : name === "all";
      return decided === undefined ? undefined : constant(decided, site);
    }
    case "range": {
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
        Array.from({ length: Math.max(0, count) }, (_, index) =>
          constant(start + index * step, site),
        ),
        site,
      );
    }
    case "enumerate": {
      const members = membersOf(first);
      const start = argument(given, 1, "start") ?? constant(0);
      if (members === undefined || start.kind !== "constant" || typeof start.value !== "number")
        return undefined;
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
      if (given.keywords.size > 0) return undefined;
      const members = given.positional.length > 1 ? given.positional : membersOf(first);
      if (members === undefined || members.length === 0) return undefined;
      return members.reduce<Value | undefined>((best, member) => {
        if (best === undefined) return undefined;
        const better = compare(name === "max" ? "Gt" : "Lt", member, best);
        return better === undefined ? undefined : better ? member : best;
      }, members[0]);
    }
    default:
      return undefined;
  }
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
  return name === "bool" ? constant(false, site) : undefined;
}

function named(given: Arguments, site: Site): [string, { key: Value; value: Value }][] {
  return [...given.keywords].map(([key, value]) => [
    `s${key}`,
    { key: constant(key, site), value },
  ]);
}

function keep(from: Value, value: Value): Value {
  return from.environment === undefined ? value : { ...value, environment: from.environment };
}
