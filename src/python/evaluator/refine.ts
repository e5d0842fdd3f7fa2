/**
 * What a test says of data, for code that runs only when the test came out one way. Where a branch is entered, or the rest of
 * a block is reached because the other branch left it, each name that holds tested data is bound anew to the same value with
 * the check noted. So a check goes wherever the value goes, and is forgotten where the branches meet again.
 */
import type { Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { asSearch, countsNone, NONE_TESTS, saysMuch } from "./comparisons.ts";
import { membersOf, possibleItems, sequence } from "./containers.ts";
import { isOfProgram, keepReading, readingOf } from "./learned.ts";
import { cellOf, type Frame, type Machine } from "./machine.ts";
import { ancestorsOf } from "./made-of.ts";
import { isNames } from "./operators.ts";
import {
  alternativesOf,
  asString,
  type Check,
  constant,
  everyArgument,
  JOINED,
  type Scope,
  type SymbolValue,
  truth,
  type UnionValue,
  type Value,
} from "./values.ts";

/** How many names are bound anew. */
const MAX_NAMES = 200;
const MAX_CHECKS = 12;
/** How far tests are looked into that are made of tests, or are the answers of helpers. */
const MAX_DEPTH = 12;

/** Only who watches calls asks what is known of data in them; the value of a name is the same either way. */
function wantsChecks(machine: Machine): boolean {
  return machine.observe !== undefined;
}

/** Notes in a frame what is known where a test is true, or false. */
export function refine(machine: Machine, frame: Frame, test: Value, holds: boolean): void {
  if (!wantsChecks(machine) || !machine.step()) return;
  const checks = new Map<Value, Check[]>();
  collect(machine.models, test, holds, checks, 0);
  if (checks.size > 0) note(machine, frame, checks);
}

/**
 * Notes what is known after a call that raises an error unless its arguments are as they should be: one that stands alone, is assigned,
 * or is compared.
 */
export function refineReturned(machine: Machine, frame: Frame, call: Value): void {
  if (call.test?.kind === "compare") {
    refineReturned(machine, frame, call.test.left);
    refineReturned(machine, frame, call.test.right);
  }
  if (!wantsChecks(machine)) return;
  const checks = new Map<Value, Check[]>();
  if (call.known !== undefined) {
    for (const one of call.known) collect(machine.models, one, true, checks, 0);
    if (checks.size > 0) note(machine, frame, checks);
    return;
  }
  if (call.kind !== "symbol" || call.call === undefined || !machine.step()) return;
  if (!mayGuard(machine.models, call.name.slice(0, -2), "returns")) return;
  noteCall(call, "returns", checks);
  if (checks.size > 0) note(machine, frame, checks);
}

/** Notes checks that a function of the tree made of what it was given. */
export function note(
  machine: Machine,
  frame: Frame,
  checks: ReadonlyMap<Value, readonly Check[]>,
): void {
  const scopes: Scope[] = [frame.scope];
  if (frame.function?.receiver?.kind === "instance")
    scopes.push(frame.function.receiver.attributes);
  for (const scope of scopes) {
    let seen = 0;
    for (const [name, { content: binding }] of scope.names) {
      if (++seen > MAX_NAMES) break;
      if (binding === undefined || !isOfProgram(name)) continue;
      const value = withChecks(binding.value, checks);
      if (value !== binding.value) machine.heap.write(cellOf(scope, name), { ...binding, value });
    }
  }
  noteKeywords(machine, frame, checks);
  for (const [value, more] of checks) {
    const own = ofItself(more);
    if (value.kind !== "symbol" || own.length === 0) continue;
    const key = structureOf(value);
    if (key === undefined) continue;
    // Few values are read twice: the name alone tells for most that there is nothing to recall.
    machine.structures.add(value.name);
    const alike = alikeName(value);
    if (alike !== undefined) machine.structures.add(alike);
    keepReading(machine, frame, key, own);
  }
}

/** What a function was given by names that it does not list is handed on as it is: `check(kwargs["id"])`, `view(**kwargs)`. */
function noteKeywords(
  machine: Machine,
  { function: called, scope }: Frame,
  checks: ReadonlyMap<Value, readonly Check[]>,
): void {
  const name = called?.node.args.kwarg?.arg;
  const given = name === undefined ? undefined : scope.names.get(name)?.content?.value;
  if (given?.kind !== "dict" || given.scope !== undefined) return;
  const { content } = given.contents;
  if (content.entries.size > MAX_NAMES) return;
  let isChanged = false;
  const entries = [...content.entries].map(([id, entry]) => {
    const value = withChecks(entry.value, checks);
    isChanged ||= value !== entry.value;
    return [id, value === entry.value ? entry : { ...entry, value }] as const;
  });
  if (isChanged) machine.heap.write(given.contents, { ...content, entries: new Map(entries) });
}

/** A value that is read again, with the checks that were made of it when it was read before. */
export function recall(machine: Machine, frame: Frame, value: Value): Value {
  if (value.kind !== "symbol" || !machine.structures.has(value.name)) return value;
  const key = structureOf(value);
  if (key === undefined) return value;
  const checks = readingOf(frame.scope, key);
  return checks === undefined ? value : checked(value, checks);
}

/** The same for an attribute, with the checks of that alone: what was tested of a part of it says nothing of its other parts. */
export function recallDirect(machine: Machine, frame: Frame, value: Value): Value {
  const recalled = recall(machine, frame, value);
  if (recalled === value) return value;
  const direct = (recalled.checks ?? []).filter(({ through }) => !through.some(isPart));
  return direct.length === 0 ? value : checked(value, direct);
}

/** True for the name of what is only a part of what it is taken from; of a call, what it makes is made of the whole. */
function isPart(name: string): boolean {
  return name !== JOINED && (!name.endsWith("()") || PART.test(name));
}

const PART = /\.(?:get|getlist|getall|get_all|pop|popitem|setdefault|items|keys|values)\(\)$/;

/** A text that is equal for values that are read in the same way; undefined where anything in between is not constant. */
function structureOf(value: SymbolValue): string | undefined {
  // Most values are asked about, and most are a name alone.
  if (value.base === undefined && value.call === undefined && value.key === undefined)
    return undefined;
  const parts: string[] = [];
  let at: Value | undefined = value;
  while (at !== undefined) {
    if (at.kind !== "symbol" || parts.length > 12) return undefined;
    const taken = takenFrom(at);
    if (taken !== undefined) {
      parts.push(taken.key, `${taken.holder.name}[]`);
      at = taken.holder;
      continue;
    }
    for (const given of [...everyArgument(at.call), ...(at.key === undefined ? [] : [at.key])]) {
      if (given.kind !== "constant") return undefined;
      parts.push(JSON.stringify(String(given.value)));
    }
    parts.push(at.name);
    at = at.base;
  }
  // A name alone is no reading of anything.
  return parts.length > 1 ? parts.join(" ") : undefined;
}

/** `data.get("x")`, which reads the same as `data["x"]`. */
function takenFrom({
  name,
  base,
  call,
}: SymbolValue): { holder: SymbolValue; key: string } | undefined {
  if (call === undefined || !name.endsWith(".get()")) return undefined;
  const [key, ...others] = everyArgument(call);
  const holder = base?.kind === "symbol" ? base.base : undefined;
  if (holder?.kind !== "symbol" || key?.kind !== "constant" || others.length > 0) return undefined;
  return { holder, key: JSON.stringify(String(key.value)) };
}

/** The name of the other way to read the same. */
function alikeName(value: SymbolValue): string | undefined {
  const taken = takenFrom(value);
  if (taken !== undefined) return `${taken.holder.name}[]`;
  const isMember = value.name.endsWith("[]") && value.base?.kind === "symbol";
  return isMember ? `${value.name.slice(0, -"[]".length)}.get()` : undefined;
}

function withChecks(value: Value, checks: ReadonlyMap<Value, readonly Check[]>): Value {
  const found = ofItself(checks.get(originalOf(value)) ?? []);
  const inner = value.kind === "union" ? withCheckedAlternatives(value, checks) : value;
  return found.length === 0 ? inner : checked(inner, found);
}

/** The checks that a value has passed, whatever else may have been tested in its place. */
function ofItself(checks: readonly Check[]): readonly Check[] {
  return checks.some((check) => check.amongOthers)
    ? checks.filter((check) => check.amongOthers !== true)
    : checks;
}

/** One of several values that a name may have, with what is known of it if it is that one. */
function asAlternative(value: Value, checks: ReadonlyMap<Value, readonly Check[]>): Value {
  const found = checks.get(originalOf(value));
  return found === undefined ? value : checked(value, found);
}

/** What is known of one alternative is known of it wherever it is one. */
function withCheckedAlternatives(
  value: UnionValue,
  checks: ReadonlyMap<Value, readonly Check[]>,
): Value {
  const alternatives = value.alternatives.map((one) => ({
    ...one,
    value: asAlternative(one.value, checks),
  }));
  const isSame = alternatives.every((one, at) => one.value === value.alternatives[at]?.value);
  return isSame ? value : { ...value, alternatives, unchecked: originalOf(value) };
}

/** The value, after a regex was found in it. */
export function matching(value: Value, pattern: Value): Value {
  const given = { positional: [pattern, value], keywords: new Map(), open: false };
  return checked(value, [
    { kind: "call", call: "re.search", place: 1, given, holds: true, through: [] },
  ]);
}

/** The value, where a test is true. */
export function passing(machine: Machine, value: Value, test: Value): Value {
  if (!wantsChecks(machine)) return value;
  const checks = new Map<Value, Check[]>();
  collect(machine.models, test, true, checks, 0);
  return withChecks(value, checks);
}

/** The value where it came out false, as the left side of `and` does that is the answer: it is empty, or nothing. */
export function asFalse(machine: Machine, value: Value): Value {
  if (!wantsChecks(machine) || (value.kind !== "symbol" && value.kind !== "unknown")) return value;
  const given = { positional: [value], keywords: new Map(), open: false };
  return checked(value, [
    { kind: "call", call: "builtins.bool", place: 0, given, holds: false, through: [] },
  ]);
}

/** The value as it was before anything was known of it. */
export function originalOf(value: Value): Value {
  return value.unchecked ?? value;
}

function checked(value: Value, more: readonly Check[]): Value {
  const known = value.checks ?? [];
  const added = more.filter((one) => !known.includes(one));
  if (added.length === 0 || known.length >= MAX_CHECKS) return value;
  return { ...value, checks: [...known, ...added], unchecked: originalOf(value) };
}

function collect(
  models: Models,
  test: Value,
  holds: boolean,
  checks: Map<Value, Check[]>,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return;
  const { test: asked, known = [] } = test;
  for (const one of known) collect(models, one, true, checks, depth + 1);
  if ((test.kind === "sequence" || test.kind === "dict") && !holds)
    for (const one of test.contents.content.whenEmpty ?? [])
      collect(models, one, true, checks, depth + 1);
  if (test.empty !== undefined && !holds)
    collect(models, { kind: "unknown", from: [], test: test.empty }, true, checks, depth + 1);
  switch (asked?.kind) {
    case "not":
      collect(models, asked.operand, !holds, checks, depth + 1);
      return;
    case "and":
    case "or":
      if ((asked.kind === "and") === holds)
        for (const operand of asked.operands) collect(models, operand, holds, checks, depth + 1);
      else collectEither(models, asked.operands, holds, checks, depth + 1);
      return;
    case "compare": {
      const { op, left, right } = asked;
      const site = test.site;
      if (holds && SUBSETS.has(op)) collectCharacters(op, left, right, checks);
      if (countsNone(op, right, holds)) collectOfLength(models, left, checks, depth + 1);
      const found = asSearch(op, left, right);
      if (found !== undefined) {
        collect(models, found.test, found.isThere === holds, checks, depth + 1);
        return;
      }
      // `re.fullmatch(…) is None` asks the same as `not re.fullmatch(…)`.
      const means = NONE_TESTS.get(op);
      if (means !== undefined && right.kind === "constant" && right.value === null)
        collect(models, left, means !== holds, checks, depth + 1);
      for (const [tested, other, side] of [
        [left, right, "left"],
        [right, left, "right"],
      ] as const) {
        if (!saysMuch(op, side, holds, other) && !(side === "left" && mayExclude(models, other)))
          continue;
        for (const [value, way] of ancestorsOf(tested))
          add(checks, value, {
            kind: "compare",
            op,
            other,
            side,
            holds,
            ...way,
            ...(site && { site }),
          });
      }
      return;
    }
    default:
      break;
  }
  if (test.kind === "symbol" && test.call !== undefined) {
    if (mayGuard(models, test.name.slice(0, -2), holds)) noteCall(test, holds, checks);
    const [inner] = test.name === "builtins.bool()" ? test.call.positional : [];
    if (inner !== undefined) collect(models, inner, holds, checks, depth + 1);
    if (!holds) collectOfLength(models, test, checks, depth + 1);
    collectOfEach(models, test, holds, checks, depth);
  } else if (test.kind === "symbol" && test.key === undefined) {
    if (!holds) noteIs(test, "", checks);
    else if (mayHold(models, test.name)) noteIs(test, TRUE, checks);
  }
  if ((test.kind === "symbol" || test.kind === "union") && !holds)
    add(checks, test, {
      kind: "call",
      call: "builtins.bool",
      place: 0,
      given: { positional: [test], keywords: new Map(), open: false },
      holds,
      through: [],
      ...(test.site && { site: test.site }),
    });
  if (test.kind === "union" && test.answers === undefined)
    collectOfAlternatives(models, alternativesOf(test), holds, checks, depth + 1);
  // Of several answers only those that fit are possible: what led to each of them is known.
  const answers = test.kind === "union" ? test.answers : undefined;
  const possible = (answers ?? alternativesOf(test)).filter((one) => truth(one) !== !holds);
  const [only] = possible;
  if (only === undefined || only === test || possible.length > MAX_SIDES) return;
  if (possible.length > 1 && answers === undefined) return;
  addCommon(
    checks,
    possible.map((one) => {
      const said = possible.length === 1 ? checks : new Map<Value, Check[]>();
      collect(models, one, one.kind === "constant" || holds, said, depth + 1);
      return said;
    }),
  );
}

/** What each of several ways says of a value is known of it, whichever it was. */
/** What is so of a list whose length is 0. */
function collectOfLength(
  models: Models,
  length: Value,
  checks: Map<Value, Check[]>,
  depth: number,
): void {
  const list =
    length.kind === "symbol" && length.name === "builtins.len()" ? length.call : undefined;
  const [counted] = list?.positional ?? [];
  if (counted?.kind === "sequence" || counted?.kind === "dict")
    collect(models, counted, false, checks, depth);
}

function addCommon(checks: Map<Value, Check[]>, each: readonly Map<Value, Check[]>[]): void {
  const [first, ...others] = each;
  if (first === undefined || others.length === 0) return;
  for (const value of first.keys()) {
    const of = each.map((said) => said.get(value) ?? []);
    if (of.every((one) => one.length > 0)) add(checks, value, { kind: "either", of, through: [] });
  }
}

/** More values than that are not told apart. */
const MAX_ALTERNATIVES = 8;

/** Where a method was asked of one of several values, each passed its own test if it was that one. */
function collectOfAlternatives(
  models: Models,
  tests: readonly Value[],
  holds: boolean,
  checks: Map<Value, Check[]>,
  depth: number,
): void {
  if (tests.length > MAX_ALTERNATIVES) return;
  const each = tests.map((test) => {
    const said = new Map<Value, Check[]>();
    // It was not that one: whatever is asked of it then is so.
    if (truth(test) === !holds) add(said, test, { kind: "either", of: [], through: [] });
    collect(models, test, holds, said, depth);
    return said;
  });
  for (const said of each)
    for (const [value, known] of said) {
      for (const check of known) add(checks, value, { ...check, amongOthers: true });
      const of = each.map((other) => other.get(value) ?? []);
      if (said === each[0] && of.every((one) => one.length > 0))
        add(checks, value, { kind: "either", of, through: [] });
    }
}

/** More operands than that are not told apart. */
const MAX_SIDES = 4;

/** Where `a and b` is false, a is false, or a is true and b is false: what both would say of a value is known of it. */
function collectEither(
  models: Models,
  operands: readonly Value[],
  holds: boolean,
  checks: Map<Value, Check[]>,
  depth: number,
): void {
  if (operands.length > MAX_SIDES) return;
  const each = operands.map((last, index) => {
    const said = new Map<Value, Check[]>();
    for (const before of operands.slice(0, index)) collect(models, before, !holds, said, depth);
    collect(models, last, holds, said, depth);
    return said;
  });
  addCommon(checks, each);
}

/** How sets are compared that hold no more than others, and the side of the smaller one. */
const SUBSETS: ReadonlyMap<string, "left" | "right"> = new Map([
  ["LtE", "left"],
  ["Lt", "left"],
  ["GtE", "right"],
  ["Gt", "right"],
]);

/** The text, or the like, of whose characters a set was made; the dict of whose names. */
function spelled(set: Value | undefined): Value | undefined {
  if (set === undefined) return undefined;
  if (isNames(set)) return namedIn(set);
  if (set.kind !== "sequence" || set.type !== "set") return undefined;
  const [some, ...others] = possibleItems(set);
  const [whole, ...more] = some?.kind === "unknown" ? some.from : [];
  if (whole === undefined || others.length + more.length > 0) return undefined;
  return namedIn(whole);
}

/** What `data.keys()` are the names in; any other value as it is. */
function namedIn(value: Value): Value {
  return isNames(value) ? (value.base.base ?? value) : value;
}

/** `set(data) <= set("0123456789")`. */
function collectCharacters(
  op: string,
  left: Value,
  right: Value,
  checks: Map<Value, Check[]>,
): void {
  const [inner, among] = SUBSETS.get(op) === "left" ? [left, right] : [right, left];
  noteCharacters(spelled(inner), among, checks);
}

/** `all(char in "0123456789" or char.isalpha() for char in data)`. */
function collectOfEach(
  models: Models,
  test: SymbolValue,
  holds: boolean,
  checks: Map<Value, Check[]>,
  depth: number,
): void {
  const [given] = test.call?.positional ?? [];
  if (given === undefined) return;
  const items = given.kind === "sequence" ? possibleItems(given) : [];
  if (test.name === "builtins.any()" && holds) {
    noteEqualToAny(items, checks);
    const [one, ...others] = items;
    if (membersOf(given) !== undefined) collectEither(models, items, holds, checks, depth + 1);
    // Of some member that nobody knows it was so, whichever that is.
    else if (one !== undefined && others.length === 0)
      collect(models, one, holds, checks, depth + 1);
  }
  if (test.name !== (holds ? "builtins.all()" : "builtins.any()")) return;
  const [asked, ...others] = items;
  // Each of them came out so.
  if (others.length > 0 && membersOf(given) !== undefined)
    for (const one of items) collect(models, one, holds, checks, depth + 1);
  if (asked === undefined || others.length > 0) return;
  noteLacking(asked, holds, checks);
  const ofEach = new Map<Value, Check[]>();
  collect(models, asked, holds, ofEach, depth + 1);
  for (const [each, said] of ofEach) {
    const whole = each.kind === "unknown" && each.from.length === 1 ? each.from[0] : undefined;
    if (whole === undefined) {
      for (const check of said) add(checks, each, check);
      continue;
    }
    const known = said.flatMap((check) => ofWhole(check) ?? []);
    const text = takenApart(whole);
    if (text !== undefined) for (const check of known) add(checks, whole, check);
    for (const [one, way] of ancestorsOf(text ?? namedIn(whole)))
      for (const check of known)
        add(checks, one, { ...check, ...way, through: [...check.through, ...way.through] });
  }
}

/** A text that was split at a mark that breaks out of nothing: what is known of its parts is known of it. `version.split(".")` */
function takenApart(parts: Value): Value | undefined {
  if (parts.kind !== "symbol" || !/\.r?split\(\)$/.test(parts.name)) return undefined;
  const mark = asString(parts.call?.positional[0]);
  const text = parts.base?.kind === "symbol" ? parts.base.base : undefined;
  return mark !== undefined && /^[\w .,:-]+$/.test(mark) ? text : undefined;
}

/** `not any(part in ("", "..") for part in path.split("/"))`: no part is one of these, so the list has none of them. */
function noteLacking(asked: Value, holds: boolean, checks: Map<Value, Check[]>): void {
  if (asked.test?.kind !== "compare") return;
  const { op, left, right } = asked.test;
  const whole = left.kind === "unknown" && left.from.length === 1 ? left.from[0] : undefined;
  const lacking =
    op === (holds ? "NotEq" : "Eq")
      ? [right]
      : op === (holds ? "NotIn" : "In") && right.kind === "sequence"
        ? possibleItems(right)
        : [];
  if (whole === undefined) return;
  for (const other of lacking)
    for (const [value, way] of ancestorsOf(whole))
      add(checks, value, { kind: "compare", op: "In", other, side: "right", holds: false, ...way });
}

/** What is known of a text of whose characters, or of a list of whose members, each has passed a check; undefined where that is nothing. */
function ofWhole(check: Check): Check | undefined {
  switch (check.kind) {
    case "compare":
      return check.op === (check.holds ? "In" : "NotIn") && check.side === "left"
        ? { kind: "characters", among: check.other, through: check.through }
        : undefined;
    case "call":
      return check.holds === true ? check : undefined;
    case "characters":
      return check;
    case "either": {
      const of = check.of.map((one) => one.flatMap((inner) => ofWhole(inner) ?? []));
      return of.every((one) => one.length > 0) ? { ...check, of } : undefined;
    }
    default: {
      const never: never = check;
      return never;
    }
  }
}

/** `any(data == name for name in NAMES)`. */
function noteEqualToAny(items: readonly Value[], checks: Map<Value, Check[]>): void {
  const pairs = items.flatMap(({ test }) =>
    test?.kind === "compare" && test.op === "Eq" ? [test] : [],
  );
  const [first] = pairs;
  if (first === undefined || pairs.length < items.length) return;
  for (const [side, opposite] of [
    ["left", "right"],
    ["right", "left"],
  ] as const) {
    const tested = first[side];
    if (pairs.some((pair) => originalOf(pair[side]) !== originalOf(tested))) continue;
    const other = sequence(
      "list",
      pairs.map((pair) => pair[opposite]),
    );
    for (const [value, way] of ancestorsOf(tested))
      add(checks, value, { kind: "compare", op: "In", other, side: "left", holds: true, ...way });
  }
}

function noteCharacters(value: Value | undefined, among: Value, checks: Map<Value, Check[]>): void {
  if (value === undefined) return;
  for (const [one, way] of ancestorsOf(value))
    add(checks, one, { kind: "characters", among, ...way });
}

/** What an attribute that is tested alone is compared with where that holds. */
const TRUE = "True";

/** True for an attribute of which a guard of the models says what it means that it holds. */
function mayHold({ guards }: Models, name: string): boolean {
  return guards.some(
    ({ given, through }) => given === TRUE && through.some((one) => nameMatches(one, name)),
  );
}

/** What is tested alone has a value by that: what came out false is empty, `if not parts.netloc`, and some attributes are `True` or not. */
function noteIs(test: SymbolValue, text: string, checks: Map<Value, Check[]>): void {
  for (const [value, way] of ancestorsOf(test))
    add(checks, value, {
      kind: "compare",
      op: "Eq",
      other: constant(text),
      side: "left",
      holds: true,
      ...way,
      ...(test.site && { site: test.site }),
    });
}

/** True for texts that a guard of the models wants data to differ from. */
function mayExclude({ guards }: Models, other: Value): boolean {
  if (other.kind !== "constant" && other.kind !== "sequence") return false;
  const texts = other.kind === "sequence" ? other.contents.content.items : [other];
  return guards.some(({ excludes }) =>
    excludes.some((one) => texts.some((text) => asString(text)?.toLowerCase() === one)),
  );
}

/** Tests that say something of data by themselves, whatever the models know. */
const KNOWN_TESTS = /^builtins\.isinstance$|\.(?:startswith|endswith)$/;

/** For each call whether one of the models' guards asks for its answer: programs call far more than what guards. */
const guarding = new WeakMap<Models, Map<boolean | "returns", Map<string, boolean>>>();

/** True where a call's answer, or that it returned, says something of what it was given. */
export function mayGuard(models: Models, call: string, holds: boolean | "returns"): boolean {
  if (holds !== "returns" && KNOWN_TESTS.test(call)) return true;
  const byAnswer = guarding.get(models) ?? new Map<boolean | "returns", Map<string, boolean>>();
  guarding.set(models, byAnswer);
  const known = byAnswer.get(holds) ?? new Map<string, boolean>();
  byAnswer.set(holds, known);
  let answer = known.get(call);
  if (answer === undefined) {
    answer = models.guards.some(
      (guard) => guard.call !== undefined && guard.when === holds && nameMatches(guard.call, call),
    );
    known.set(call, answer);
  }
  return answer;
}

function noteCall(
  call: SymbolValue,
  holds: boolean | "returns",
  checks: Map<Value, Check[]>,
): void {
  const receiver = call.base?.kind === "symbol" ? call.base.base : undefined;
  const given: [number | string, Value][] = [
    ...(call.call?.positional ?? []).map((value, index): [number, Value] => [index, value]),
    ...(call.call?.keywords ?? []),
  ];
  if (receiver !== undefined) given.push(["receiver", receiver]);
  const called = call.name.slice(0, -2);
  for (const [place, value] of given)
    for (const [ancestor, way] of ancestorsOf(value))
      add(checks, ancestor, {
        kind: "call",
        call: called,
        place,
        given: call.call ?? { positional: [], keywords: new Map(), open: true },
        ...(receiver !== undefined && { receiver }),
        holds,
        ...way,
        ...(call.site && { site: call.site }),
      });
}

function add(checks: Map<Value, Check[]>, value: Value, check: Check): void {
  const original = originalOf(value);
  const known = checks.get(original);
  if (known === undefined) checks.set(original, [check]);
  else if (known.length < MAX_CHECKS) known.push(check);
}
