/** What the methods of strings, lists, sets and dicts do, as far as a rule may want to know. */
import { asOne } from "./choices.ts";
import {
  chained,
  dict,
  isKeyOf,
  memberAt,
  membersOf,
  overlaid,
  pairsOf,
  possibleItems,
  sequence,
  someMember,
  writeEntries,
  writeItems,
} from "./containers.ts";
import { formatBraces } from "./formatting.ts";
import { argument, type Machine } from "./machine.ts";
import { compare, ofUnknownSets } from "./operators.ts";
import { optionMethod } from "./option-files.ts";
import { memberDeployed } from "./stage.ts";
import { callTextMethod, isAscii, isUtf8, type TextArgument } from "./text-methods.ts";
import { translated } from "./texts.ts";
import { keepEnvironment, keepOfLookup, markUnset } from "./unset.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  type DictValue,
  derived,
  identityOf,
  isSame,
  keyOf,
  type Primitive,
  type SequenceValue,
  type Site,
  type TextValue,
  text,
  truth,
  union,
  type Value,
} from "./values.ts";
import { unsetVariable, wholeEnvironment } from "./whole-environment.ts";

const NONE: Value = { kind: "constant", value: null };

/** The result of `receiver.name(...)`; undefined when the method or the receiver is not one of ours. */
export function callMethod(
  machine: Machine,
  receiver: Value,
  name: string,
  given: Arguments,
  site: Site,
  call?: (callee: Value, argument: Value) => Value,
): Value | undefined {
  switch (receiver.kind) {
    case "constant":
    case "text":
      return textMethod(machine, receiver, name, given, site);
    case "sequence":
      return sequenceMethod(machine, receiver, name, given, site, call);
    case "dict":
      return dictMethod(machine, receiver, name, given, site);
    default:
      return undefined;
  }
}

const PREDICATE = /^(?:startswith|endswith|is[a-z]+)$/;
/** What is asked of a path, which may be put together with `/` like a text. */
const OF_PATHS = /^(?:resolve|absolute|is_relative_to|relative_to)$/;

/** Whether a text of parts begins with another one, as far as the part that it begins with tells. */
function beginsWith(value: Value, start: string | undefined): boolean | undefined {
  const [head] = value.kind === "text" ? value.parts : [];
  if (typeof head !== "string" || start === undefined) return undefined;
  if (head.startsWith(start)) return true;
  return start.startsWith(head) ? undefined : false;
}

function textMethod(
  machine: Machine,
  receiver: Value,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const own = asString(receiver);
  const first = given.positional[0];
  if (name === "format" && own !== undefined)
    return formatBraces(own, given.positional, given.keywords, given.open, site);
  if (name === "format_map" && own !== undefined && first?.kind === "dict") {
    const { entries, open } = first.contents.content;
    const named = [...entries.values()].flatMap((entry) => {
      const key = asString(entry.key);
      return key === undefined ? [] : ([[key, entry.value]] as const);
    });
    return formatBraces(own, [], new Map(named), open, site);
  }
  if (name === "translate" && own !== undefined && machine.eager) {
    const changed = translated(own, first);
    if (changed !== undefined) return constant(changed, site);
  }
  if (name === "join" && first !== undefined) {
    const members = membersOf(first) ?? (first.kind === "sequence" ? someOf(first) : undefined);
    // Of a dict the keys are put together.
    if (members === undefined && first.kind === "dict")
      return derived([receiver, someMember(first, site)], site);
    if (members === undefined) return derived([receiver, first], site);
    return text(
      members.flatMap((member, index) => (index === 0 ? [member] : [receiver, member])),
      site,
    );
  }
  if (own === undefined) {
    const told = name === "startswith" ? beginsWith(receiver, asString(first)) : undefined;
    if (told !== undefined) return constant(told, site);
    // What it tells of the text is asked of the call.
    if (PREDICATE.test(name) || OF_PATHS.test(name)) return undefined;
    if (receiver.kind === "constant" && receiver.value instanceof Bytes && name === "decode") {
      const { text } = receiver.value;
      const encoding = given.positional[0] ?? given.keywords.get("encoding");
      const isSame = isAscii(text) || encoding === undefined || isUtf8(asString(encoding) ?? "");
      return isSame ? constant(text, site) : derived([receiver], site);
    }
    if (receiver.kind === "constant" && receiver.value instanceof Bytes && name === "hex") {
      const { text } = receiver.value;
      return isAscii(text)
        ? constant(Buffer.from(text, "latin1").toString("hex"), site)
        : derived([receiver], site);
    }
    return (
      (receiver.kind === "text" ? ofEachPart(receiver, name, given, site) : undefined) ??
      derived([receiver, ...given.positional], site)
    );
  }
  const words = given.positional.map(textArgument);
  const named = [...given.keywords].map(([key, one]) => [key, textArgument(one)] as const);
  if (given.open || words.includes(undefined) || named.some(([, one]) => one === undefined))
    return derived([receiver, ...given.positional], site);
  const folded = callTextMethod(
    own,
    name,
    words.filter((word) => word !== undefined),
    new Map(named.flatMap(([key, one]) => (one === undefined ? [] : [[key, one]]))),
  );
  if (folded === undefined) {
    if (name === "index" || name === "rindex") machine.raise({ exception: "ValueError" });
    return derived([receiver, ...given.positional], site);
  }
  // What a variable says as a whole, it says of each part.
  const made = (word: Primitive) => keepEnvironment(receiver, constant(word, site));
  return isList(folded)
    ? keepEnvironment(
        receiver,
        sequence(name.endsWith("partition") ? "tuple" : "list", folded.map(made), site),
      )
    : made(folded);
}

/** Methods that do the same to the parts of a text as to all of it. */
const EACH_PART = new Set(["lower", "upper", "casefold", "swapcase", "replace"]);

/** What such a method makes of a text of parts; undefined for any other, and where an argument is not known. */
function ofEachPart(
  { parts }: TextValue,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const words = given.positional.map(asString);
  if (!EACH_PART.has(name) || given.open || given.keywords.size > 0) return undefined;
  const known = words.filter((word) => word !== undefined);
  if (known.length < words.length) return undefined;
  const made: (string | Value)[] = [];
  for (const part of parts) {
    if (typeof part === "string") {
      const changed = callTextMethod(part, name, known, new Map());
      if (typeof changed !== "string") return undefined;
      made.push(changed);
      continue;
    }
    const called = `${part.kind === "symbol" ? part.name : "?"}.${name}`;
    const base: Value = { kind: "symbol", name: called, base: part, site };
    made.push({ kind: "symbol", name: `${called}()`, base, call: given, site });
  }
  return text(made, site);
}

/** The members of a list of which not all are known, with a list of what else may be in it. */
function someOf(list: SequenceValue): readonly Value[] {
  const { items, maybe } = list.contents.content;
  return [...items, sequence("list", [], list.site, true, maybe)];
}

function isList(value: Primitive | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}

/** A constant, or a tuple of known texts. */
function textArgument(value: Value): TextArgument | undefined {
  if (value.kind === "constant") return value.value;
  const words = membersOf(value)?.map(asString);
  return value.kind !== "sequence" || words === undefined || words.includes(undefined)
    ? undefined
    : words.filter((word) => word !== undefined);
}

function sequenceMethod(
  machine: Machine,
  receiver: SequenceValue,
  name: string,
  given: Arguments,
  site: Site,
  call: ((callee: Value, argument: Value) => Value) | undefined,
): Value | undefined {
  const { items, open } = receiver.contents.content;
  const write = (next: readonly Value[], nextOpen = open, more: readonly Value[] = []) =>
    writeItems(machine, receiver, next, nextOpen, site, more);
  const [first, second] = given.positional;
  switch (name) {
    case "popleft":
      return sequenceMethod(
        machine,
        receiver,
        "pop",
        { ...given, positional: [constant(0)] },
        site,
        call,
      );
    case "appendleft":
      if (first !== undefined) write([first, ...items]);
      return NONE;
    case "extendleft": {
      const more = first && membersOf(first);
      if (more !== undefined) write([...[...more].reverse(), ...items]);
      else write(items, true, first === undefined ? [] : [derived([first], site)]);
      return NONE;
    }
    case "rotate": {
      const by = first === undefined ? 1 : first.kind === "constant" && first.value;
      if (typeof by !== "number" || open) write(items, true);
      else if (items.length > 0) {
        const at = ((-by % items.length) + items.length) % items.length;
        write([...items.slice(at), ...items.slice(0, at)]);
      }
      return NONE;
    }
    case "append":
    case "add":
      if (first !== undefined)
        write(
          name === "add" && items.some((item) => isSame(item, first)) ? items : [...items, first],
        );
      return NONE;
    case "__init__":
    case "extend":
    case "update": {
      if (first === undefined) return NONE;
      const added = asOne(machine, first);
      const more = membersOf(added);
      if (more !== undefined) write([...items, ...more]);
      else if (added.kind === "sequence")
        write([...items, ...added.contents.content.items], true, added.contents.content.maybe);
      else write(items, true, [derived([added], site)]);
      return NONE;
    }
    case "insert": {
      if (second === undefined) return NONE;
      // At an index that is not known the new item may be anywhere; where it stands matters less than that it is there.
      const at =
        first?.kind === "constant" && typeof first.value === "number" ? first.value : items.length;
      const place = at < 0 ? Math.max(0, items.length + at) : at;
      write([...items.slice(0, place), second, ...items.slice(place)]);
      return NONE;
    }
    case "remove":
    case "discard": {
      if (first === undefined) return NONE;
      const at = items.findIndex((item) => isSame(item, first));
      if (at >= 0) write([...items.slice(0, at), ...items.slice(at + 1)]);
      else if (first.kind !== "constant") write(items, true);
      else if (name === "remove" && !open) machine.raise({ exception: "ValueError" });
      if (at < 0 && name === "remove") machine.doubts.count++;
      return NONE;
    }
    case "pop": {
      const at =
        first === undefined
          ? -1
          : first.kind === "constant" && typeof first.value === "number"
            ? first.value
            : undefined;
      // Of a set any member may come.
      if (at === undefined || open || (receiver.type === "set" && items.length > 1)) {
        write(items, true);
        return derived([...possibleItems(receiver)], site);
      }
      const place = at < 0 ? items.length + at : at;
      if (!(place >= 0 && place < items.length)) return derived([], site);
      write([...items.slice(0, place), ...items.slice(place + 1)]);
      return items[place] ?? derived([], site);
    }
    case "clear":
      write([], false);
      return NONE;
    case "reverse":
      write([...items].reverse());
      return NONE;
    case "sort": {
      const inOrder = sorted(items, given, call);
      write(inOrder ?? items);
      return NONE;
    }
    case "copy":
      return sequence(receiver.type, items, site, open, receiver.contents.content.maybe);
    case "index": {
      const at = first === undefined ? -1 : items.findIndex((item) => isSame(item, first));
      return at >= 0 && !open ? constant(at, site) : derived([], site);
    }
    case "count":
      return open || first === undefined
        ? derived([], site)
        : constant(items.filter((item) => isSame(item, first)).length, site);
    case "__contains__":
      return first === undefined ? undefined : contained(first, receiver, site);
    case "isdisjoint": {
      const more = first && membersOf(first);
      const answers = more?.map((one) => compare("In", one, receiver));
      if (answers === undefined) return undefined;
      if (answers.includes(true)) return constant(false, site);
      return answers.includes(undefined) ? undefined : constant(true, site);
    }
    case "issubset":
    case "issuperset": {
      if (first === undefined) return undefined;
      const op = name === "issubset" ? "LtE" : "GtE";
      const members = membersOf(first);
      // Of what is not known one member stands for all, as in `set(data)`.
      const right =
        members === undefined
          ? sequence("set", [], site, true, [derived([first], site)])
          : sequence("set", members, site);
      return {
        ...truthOf(compare(op, receiver, right), site),
        test: { kind: "compare", op, left: receiver, right },
      };
    }
    case "difference_update":
    case "intersection_update":
    case "symmetric_difference_update": {
      const changed = sequenceMethod(
        machine,
        receiver,
        name.replace("_update", ""),
        given,
        site,
        call,
      );
      const content = changed?.kind === "sequence" ? changed.contents.content : undefined;
      if (content === undefined) write(items, true);
      else write(content.items, content.open, content.maybe);
      return NONE;
    }
    case "symmetric_difference": {
      const more = first && membersOf(first);
      if (more === undefined || open) return undefined;
      const isIn = (all: readonly Value[], one: Value) => all.some((other) => isSame(other, one));
      return sequence(
        "set",
        [
          ...items.filter((item) => !isIn(more, item)),
          ...more.filter((item) => !isIn(items, item)),
        ],
        site,
      );
    }
    case "union":
    case "difference":
    case "intersection": {
      const isOne = given.positional.length <= 1;
      const more = !isOne ? undefined : first === undefined ? [] : membersOf(first);
      const partly =
        first === undefined || name === "union" || !isOne
          ? undefined
          : ofUnknownSets(name === "difference" ? "Sub" : "BitAnd", receiver, first, site);
      if (partly !== undefined) return partly;
      if (more === undefined || open)
        return sequence("set", name === "union" ? items : [], site, true, possibleItems(receiver));
      if (name === "union") return sequence("set", [...items, ...more], site);
      const others = new Set(more.map(identityOf));
      return sequence(
        "set",
        items.filter((item) => others.has(identityOf(item)) === (name === "intersection")),
        site,
      );
    }
    default:
      return undefined;
  }
}

/** The answer of `item in container`. */
function contained(left: Value, right: Value, site: Site): Value {
  const answer = truthOf(compare("In", left, right), site);
  return { ...answer, test: { kind: "compare", op: "In", left, right } };
}

function truthOf(answer: boolean | undefined, site: Site): Value {
  return answer === undefined ? derived([], site) : constant(answer, site);
}

/** The values in the order in which `sort(reverse=…)` puts them; as they are where that cannot be told. */
export function sorted(
  items: readonly Value[],
  given: Arguments,
  call?: (callee: Value, argument: Value) => Value,
): readonly Value[] | undefined {
  const reverse = given.keywords.get("reverse");
  const backwards = reverse === undefined ? false : truth(reverse);
  const key = given.keywords.get("key");
  const isPlain = key === undefined || (key.kind === "constant" && key.value === null);
  if (backwards === undefined || (!isPlain && call === undefined)) return undefined;
  const keys = new Map(items.map((item) => [item, isPlain || !call ? item : call(key, item)]));
  let isKnown = true;
  const order = (a: Value, b: Value) => {
    const [x, y] = [keys.get(a) ?? a, keys.get(b) ?? b];
    const before = compare("Lt", x, y);
    const after = compare("Lt", y, x);
    if (before === undefined || after === undefined) isKnown = false;
    return before ? -1 : after ? 1 : 0;
  };
  // Equal ones keep their order, backwards too.
  const result = [...items].sort((a, b) => (backwards ? order(b, a) : order(a, b)));
  return isKnown ? result : undefined;
}

function dictMethod(
  machine: Machine,
  receiver: DictValue,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  if (receiver.options || receiver.section) {
    const read = optionMethod(machine, receiver, name, given, site);
    if (read !== undefined || receiver.options) return read;
  }
  const { entries, open, variables } = receiver.contents.content;
  const write = (next: typeof entries, nextOpen = open) =>
    writeEntries(machine, receiver, next, nextOpen, site);
  const [written] = given.positional;
  const first = (written && wholeEnvironment(machine, written)) ?? written;
  const unset = first && unsetVariable(receiver, first, site);
  const plain = argument(given, 1, "default") ?? NONE;
  const fallback = unset === undefined ? plain : markUnset(plain, unset);
  switch (name) {
    case "get":
    case "setdefault":
    case "pop": {
      if (first === undefined) return undefined;
      const id = keyOf(first);
      const known = id === undefined ? undefined : entries.get(id)?.value;
      const found = (value: Value) =>
        machine.eager ? keepOfLookup(receiver, first, value) : value;
      if (id !== undefined && name === "setdefault" && known === undefined)
        write(new Map([...entries, [id, { key: first, value: fallback }]]));
      if (id !== undefined && name === "pop")
        write(new Map([...entries].filter(([key]) => key !== id)));
      if (known !== undefined) return found(known);
      const deployed = name === "get" ? memberDeployed(machine, receiver, first, site) : undefined;
      if (deployed !== undefined) return union([{ value: deployed }, { value: fallback }], site);
      if (id === undefined || open || first.kind !== "constant") {
        const member = memberAt(receiver, first, site) ?? derived([], site);
        const either = union([{ value: member }, { value: fallback }], site);
        // It is something else than nothing only under a key of the dict.
        return truth(fallback) === false ? { ...either, test: isKeyOf(first, receiver) } : either;
      }
      return found(fallback);
    }
    case "__setitem__":
      if (first !== undefined && given.positional[1] !== undefined)
        write(
          new Map([
            ...entries,
            [keyOf(first) ?? `?${entries.size}`, { key: first, value: given.positional[1] }],
          ]),
          open || keyOf(first) === undefined,
        );
      return NONE;
    case "__init__":
    case "update": {
      const more =
        (first?.kind === "dict" ? first.contents.content : first && pairsOf(first)) ??
        ({ entries: new Map(), open: first !== undefined } as const);
      const named = namedEntries(given, site);
      const loose = [
        ...(first === undefined || first.kind === "dict" ? [] : [first]),
        ...(given.spread ?? []),
      ];
      const unnamed = loose.map((value, index): [string, { key: Value; value: Value }] => [
        `?*${entries.size + index}`,
        { key: derived([value], site), value: derived([value], site) },
      ]);
      const whole = overlaid(receiver.contents.content, more, site);
      const all = new Map([...whole.entries, ...named, ...unnamed]);
      writeEntries(machine, receiver, all, whole.open || given.open, site, whole.variables);
      return NONE;
    }
    case "popitem": {
      const last = [...entries].at(-1);
      if (last === undefined || open) return derived([], site);
      write(new Map([...entries].slice(0, -1)));
      return sequence("tuple", [last[1].key, last[1].value], site);
    }
    case "__contains__":
    case "has_key":
      return first === undefined ? undefined : contained(first, receiver, site);
    case "__getitem__":
      return first && memberAt(receiver, first, site);
    case "keys":
    case "values":
    case "items": {
      const items = [...entries.values()].map((entry) =>
        name === "items"
          ? sequence("tuple", [entry.key, entry.value], site)
          : entry[name === "keys" ? "key" : "value"],
      );
      const list = sequence("list", items, site, open);
      const { content } = list.contents;
      return variables
        ? { ...list, contents: { ...list.contents, content: { ...content, variables } } }
        : list;
    }
    case "copy":
      return dict(entries, site, open, variables);
    case "clear":
      writeEntries(machine, receiver, new Map(), false, site, null);
      return NONE;
    case "new_child": {
      const child = first ?? dict(new Map(namedEntries(given, site)), site);
      return receiver.maps === undefined || child.kind !== "dict"
        ? undefined
        : chained([child, ...receiver.maps], site);
    }
    case "most_common": {
      const inOrder = sorted(
        [...entries.values()].map((entry) => entry.value),
        { ...given, keywords: new Map([["reverse", constant(true)]]) },
      );
      const count =
        first === undefined
          ? entries.size
          : first.kind === "constant"
            ? Number(first.value)
            : Number.NaN;
      if (inOrder === undefined || open || Number.isNaN(count)) return undefined;
      const pairs = [...entries.values()].sort(
        (a, b) => inOrder.indexOf(a.value) - inOrder.indexOf(b.value),
      );
      return sequence(
        "list",
        pairs.slice(0, count).map((entry) => sequence("tuple", [entry.key, entry.value], site)),
        site,
      );
    }
    case "move_to_end": {
      const id = first && keyOf(first);
      const moved = id === undefined ? undefined : entries.get(id);
      const toEnd = truth(argument({ ...given, open: false }, 1, "last") ?? constant(true));
      if (id === undefined || moved === undefined || toEnd === undefined) return NONE;
      const rest = [...entries].filter(([one]) => one !== id);
      write(new Map(toEnd ? [...rest, [id, moved]] : [[id, moved], ...rest]));
      return NONE;
    }
    default:
      return undefined;
  }
}

function namedEntries(given: Arguments, site: Site): [string, { key: Value; value: Value }][] {
  return [...given.keywords].map(([key, value]) => [
    `s${key}`,
    { key: constant(key, site), value },
  ]);
}
