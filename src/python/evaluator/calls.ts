import { inherited, outsideBase } from "./ancestry.ts";
import { callAttributeDict } from "./attribute-dicts.ts";
import { attribute } from "./attributes.ts";
import { type Call, callBuiltin, keepOfMembers } from "./builtins.ts";
import { isChoice, ofEach } from "./choices.ts";
import { filtered } from "./comprehensions.ts";
import { callConfiguration } from "./configuring.ts";
import { asGiven, chained, dict, membersOf, sequence, someOf } from "./containers.ts";
import { secondsOf } from "./durations.ts";
import { castInCall, readEnvironment, readEnvironmentFile, setVariables } from "./environment.ts";
import { meantMember } from "./filled.ts";
import { callGetter } from "./getters.ts";
import { handedOn } from "./handed-on.ts";
import { callIterator, callNext } from "./iterators.ts";
import { bringReadings, NOTHING } from "./learned.ts";
import { callContainer, callLibrary, withContents } from "./library.ts";
import { argument, bind, bindingIn, type Frame, type Machine } from "./machine.ts";
import { callClassMaker } from "./made-classes.ts";
import { callMethod } from "./methods.ts";
import { callModuleList } from "./module-lists.ts";
import { newOptions } from "./option-files.ts";
import { fileText, pathInTree } from "./paths.ts";
import { callRecord, iterated } from "./records.ts";
import { mayGuard, note } from "./refine.ts";
import { openedFile, reflect, runOrRead } from "./reflection.ts";
import { callRegex } from "./regexes.ts";
import { callSettingsFiles } from "./settings-files.ts";
import { shellWords } from "./shell-words.ts";
import { callSpecial, plainOf, tested } from "./special-methods.ts";
import { knownSymbol, symbol } from "./symbols.ts";
import { callTable } from "./tables.ts";
import { callText } from "./texts.ts";
import { bindUnknown, fillFrom, handOver } from "./unknown-names.ts";
import { keepEnvironment } from "./unset.ts";
import { callUrl } from "./urls.ts";
import {
  type Arguments,
  asString,
  constant,
  derived,
  everyArgument,
  type FunctionValue,
  type Site,
  type SymbolValue,
  truth,
  type Value,
} from "./values.ts";
import { wholeEnvironment } from "./whole-environment.ts";
import { callWrapped } from "./wrapped.ts";

/** What a call of a value gives. */
export function callValue(
  machine: Machine,
  callee: Value,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value {
  switch (callee.kind) {
    case "function": {
      const [first] = given.positional;
      if (callee.reads !== undefined && first !== undefined) return callee.reads(first);
      // Which of several functions runs, the type of what is given decides.
      const result = isDispatched(machine, callee)
        ? undefined
        : (callWrapped(machine, callee, given, site) ?? machine.call(callee, given, site));
      if (result === undefined) return derived([callee, ...everyArgument(given)], site);
      if (machine.learned !== NOTHING) {
        note(machine, frame, machine.learned.values);
        bringReadings(machine, frame, machine.learned.readings);
      }
      return asGuard(machine, callee, given, result, site);
    }
    case "class":
      return machine.instantiate(callee, given, site);
    case "instance": {
      const method = inherited(machine, callee.class, "__call__");
      const result =
        method?.kind === "function"
          ? machine.call({ ...method, receiver: callee }, given, site)
          : undefined;
      if (result !== undefined) return result;
      const outside = machine.eager ? outsideBase(machine, callee.class) : undefined;
      if (outside === undefined) return derived([callee, ...everyArgument(given)], site);
      const { call } = callee;
      const made = { kind: "symbol", name: `${outside}()`, ...(call && { call }), site } as const;
      return callSymbol(machine, symbol(machine, made), given, site, frame);
    }
    case "symbol":
      return callSymbol(machine, callee, given, site, frame);
    default: {
      if (machine.eager) handOver(machine, frame.globals, everyArgument(given));
      const made = derived([callee, ...everyArgument(given)], site);
      return callee.kind === "unknown" ? { ...made, isMade: true } : made;
    }
  }
}

/** True for a function in whose place others run that were registered for some types. */
function isDispatched({ eager }: Machine, { decorators }: FunctionValue): boolean {
  return (
    eager &&
    decorators.some((one) => one.kind === "symbol" && one.name === "functools.singledispatch")
  );
}

/** What a function of the tree answers that is known by its name for a check: its answer says what the check's would, too. */
function asGuard(
  machine: Machine,
  callee: FunctionValue,
  given: Arguments,
  result: Value,
  site: Site,
): Value {
  const name = `?.${callee.name}`;
  if (machine.observe === undefined || !mayGuard(machine.models, name, true)) return result;
  const call: SymbolValue = { kind: "symbol", name: `${name}()`, call: asGiven(given), site };
  return { ...result, test: { kind: "and", operands: [result, call] } };
}

function callSymbol(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value {
  const reader = machine.models.environment.get(callee.name);
  const read = reader && readEnvironment(machine, reader, given, { site, callee });
  if (read !== undefined) return read;
  const passed =
    callPassed(machine, callee, given, site, frame) ??
    callHandedOn(machine, callee, given, site, frame);
  if (passed !== undefined) return passed;
  if (callee.base !== undefined) {
    const method = callee.name.slice(callee.name.lastIndexOf(".") + 1);
    const call = (one: Value, ...positional: readonly Value[]) =>
      callValue(machine, one, { positional, keywords: new Map(), open: false }, site, frame);
    const meant =
      method === "get" ? meantMember(machine, callee.base, given.positional[0], site) : undefined;
    if (meant !== undefined) return meant;
    const taken = callConfiguration(machine, callee.base, method, given, site, frame);
    if (taken !== undefined) return taken;
    const result =
      callee.base.kind === "symbol"
        ? (callContainer(machine, callee.base, method, given, site) ??
          callOnVariables(machine, callee.base, method, site))
        : callMethod(
            machine,
            callee.base,
            method,
            handed(machine, method, given, site),
            site,
            call,
          );
    if (result !== undefined) return result;
  }
  if (readEnvironmentFile(machine, callee, given, site)) return constant(true, site);
  if (setVariables(machine, callee, given, site)) return constant(null, site);
  const cast = machine.models.casts.get(callee.name);
  const [word] = given.positional;
  if (cast !== undefined && word !== undefined && asString(word) !== undefined)
    return keepEnvironment(word, castInCall(machine, cast, word, given, site));
  if (callee.name === "builtins.filter") {
    const left = filtered(machine, given, site, (one, item) =>
      callValue(
        machine,
        one,
        { positional: [item], keywords: new Map(), open: false },
        site,
        frame,
      ),
    );
    return keepOfMembers(given, left);
  }
  const library = () =>
    callLibrary(callee, given, site, (inner, more) => callValue(machine, inner, more, site, frame));
  // A rule that follows data wants to know what may be in a list, one that judges values what is.
  const known = machine.eager ? undefined : (callGetter(machine, callee, given, site) ?? library());
  if (known !== undefined) return known;
  // What such a call reads from the tree is read; nothing else is known to take the place of what is set.
  if (machine.models.fillers.has(callee.name))
    fillFrom(machine, frame.globals, callee.name, { overwrites: false });
  const settings =
    callSettingsFiles(machine, callee.name, given, frame, site) ??
    callAttributeDict(machine, callee, given, site) ??
    callModuleList(machine, callee, given, site);
  if (settings !== undefined) return settings;
  const including = machine.models.includes.find((one) => one.call === callee.name);
  if (including !== undefined) {
    for (const file of given.positional) include(machine, file, including.optional, frame, site);
    return constant(null, site);
  }
  // Only a machine that enters modules runs files; a rule that looks for flaws wants to see that the program does.
  const reflected =
    reflect(machine, callee, given, site, frame) ??
    callClassMaker(machine, callee, given, site) ??
    (machine.eager ? runOrRead(machine, callee, given, site, frame) : undefined);
  if (reflected !== undefined) return reflected;
  if (callee.name.startsWith("builtins.") && !isBoundMethod(callee)) {
    const at = given.positional.findIndex((one) => isChoice(machine, one));
    const choice = given.positional[at];
    if (choice !== undefined)
      return ofEach(machine, choice, site, (one) => {
        const positional = given.positional.with(at, one);
        return callSymbol(machine, callee, { ...given, positional }, site, frame);
      });
    const call = (one: Value, ...positional: readonly Value[]) =>
      callValue(machine, one, { positional, keywords: new Map(), open: false }, site, frame);
    const [written] = callee.name === "builtins.repr" ? given.positional : [];
    const own = written && callSpecial(machine, written, "__repr__", site);
    if (own !== undefined) return own;
    const [iterator, ...others] = given.positional;
    const next =
      callee.name !== "builtins.next"
        ? undefined
        : iterator?.kind === "instance" && others.length === 0
          ? callSpecial(machine, iterator, "__next__", site)
          : callNext(machine, given, site);
    if (next !== undefined) return next;
    const unbound = callUnbound(callee.name, given, call, machine, site);
    if (unbound !== undefined) return unbound;
    const result = callBuiltin(
      callee.name.slice("builtins.".length),
      {
        ...given,
        positional: given.positional.map((one) => asBuiltin(machine, callee.name, one, site)),
      },
      site,
      call,
      (exception, environment) => machine.raise({ exception, ...(environment && { environment }) }),
    );
    if (result !== undefined) return result;
  }
  const late = machine.eager ? library() : undefined;
  if (late !== undefined) return late;
  if (machine.eager) handOver(machine, frame.globals, everyArgument(given), callee.name);
  const value = knownSymbol(machine, {
    kind: "symbol",
    name: `${callee.name}()`,
    base: callee,
    call: asGiven(given),
    site,
  });
  return value.kind === "symbol" ? withContents(machine, value) : value;
}

/** `os.environ.items()`. */
function callOnVariables(
  machine: Machine,
  owner: SymbolValue,
  method: string,
  site: Site,
): Value | undefined {
  if (method !== "items" && method !== "keys" && method !== "values") return undefined;
  const variables = wholeEnvironment(machine, owner);
  const none = { positional: [], keywords: new Map(), open: false };
  return variables && callMethod(machine, variables, method, none, site);
}

/** Calls of which a rule that follows data wants to know what becomes of each thing that they are given. */
const KEPT =
  /^(?:base64|binascii|codecs|contextlib|collections|itertools|operator|string|textwrap|types|typing|urllib\.parse)\.|^builtins\.(?:bytes\.fromhex|str\.maketrans)$/;

/** Of a longer list it is not watched what becomes of each member. */
const MAX_MAPPED = 30;

/** What comes of a call that calls what it is given, `loop.run_in_executor(None, function, argument)`: that is a call too. */
function callHandedOn(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  if (machine.eager) return undefined;
  const partial = callee.name === "functools.partial()" ? callee.call : undefined;
  if (partial !== undefined)
    return observed(
      machine,
      partial.positional[0],
      {
        positional: [...partial.positional.slice(1), ...given.positional],
        keywords: new Map([...partial.keywords, ...given.keywords]),
        open: partial.open || given.open,
      },
      site,
      frame,
    );
  if (callee.name === "builtins.map") {
    const [called, items, ...more] = given.positional;
    if (called?.kind !== "symbol" || items === undefined || more.length > 0) return undefined;
    const members = membersOf(items);
    if ((members?.length ?? 0) > MAX_MAPPED) return undefined;
    const made = (members ?? [derived([items], site)]).flatMap((item) => {
      const one = { positional: [item], keywords: new Map(), open: false };
      return observed(machine, called, one, site, frame) ?? [];
    });
    return members === undefined ? someOf(made, "list", site) : sequence("list", made, site);
  }
  const handed = handedOn(machine, callee, given);
  return handed && observed(machine, handed.callee, handed.given, site, frame);
}

/** Calls a value for someone else, and says so to who watches calls. */
function observed(
  machine: Machine,
  callee: Value | undefined,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  if (callee?.kind !== "function" && callee?.kind !== "symbol") return undefined;
  machine.observe?.({
    site,
    callee,
    arguments: given,
    ...(frame.function && { within: frame.function }),
  });
  return callValue(machine, callee, given, site, frame);
}

/** Calls that pass on what they got: partial applications, caches, copies, and what keeps a text a text. */
function callPassed(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  const [first, ...rest] = given.positional;
  if (callee.name === "copy.copy" || callee.name === "copy.deepcopy")
    return first && copyOf(first, callee.name === "copy.deepcopy" ? 12 : 1, site);
  const record = callRecord(machine, callee, given, site);
  if (record !== undefined) return record;
  if (!machine.eager && !KEPT.test(callee.name)) return undefined;
  // A copy of the environment reads like the environment.
  if (callee.name === "builtins.dict" && first?.kind === "symbol" && !machine.eager)
    if (machine.models.environment.has(`${first.name}[]`)) return first;
  const known =
    (machine.eager ? callRegex(machine, callee, given, site) : undefined) ??
    callText(callee, given, site) ??
    callUrl(machine, callee, given, site) ??
    (machine.eager ? callTable(callee, iteratedIn(machine, given, site), site) : undefined) ??
    callIterator(callee.name, iteratedIn(machine, given, site), site, (one, ...positional) =>
      callValue(machine, one, { positional, keywords: new Map(), open: false }, site, frame),
    );
  if (known !== undefined) return keepOfMembers(given, known);
  switch (callee.name) {
    case "functools.partial()": {
      const [inner, ...before] = callee.call?.positional ?? [];
      if (inner === undefined || callee.call === undefined) return undefined;
      const keywords = new Map([...callee.call.keywords, ...given.keywords]);
      const positional = [...before, ...given.positional];
      return callValue(machine, inner, { positional, keywords, open: given.open }, site, frame);
    }
    case "typing.cast":
    case "typing_extensions.cast":
      return rest[0];
    case "operator.itemgetter()":
    case "operator.attrgetter()":
      return callGetter(machine, callee, given, site);
    case "operator.methodcaller()": {
      const [name, ...positional] = callee.call?.positional ?? [];
      const word = name && asString(name);
      if (first === undefined || word === undefined || callee.call === undefined) return undefined;
      const method = attribute(machine, first, word, site);
      return callValue(machine, method, { ...callee.call, positional }, site, frame);
    }
    case "functools.wraps()":
    case "functools.lru_cache()":
    case "functools.cache":
      return first;
    case "functools.lru_cache":
      return first?.kind === "function" ? first : undefined;
    case "types.MappingProxyType":
    case "contextlib.closing":
      return first;
    case "contextlib.nullcontext":
      return first ?? constant(null, site);
    case "configparser.ConfigParser":
    case "configparser.RawConfigParser":
    case "configparser.SafeConfigParser":
      return newOptions(given, site, callee.name === "configparser.RawConfigParser");
    case "collections.ChainMap": {
      // The first dict that has a key counts.
      const dicts = given.positional.map((one) =>
        one.kind === "dict" ? one : wholeEnvironment(machine, one),
      );
      if (dicts.includes(undefined)) return undefined;
      return chained(
        dicts.flatMap((one) => one ?? []),
        site,
      );
    }
    case "itertools.chain":
    case "itertools.chain.from_iterable": {
      const lists =
        callee.name === "itertools.chain" ? given.positional : first && membersOf(first);
      const members = lists?.map(membersOf);
      return members === undefined || members.includes(undefined)
        ? undefined
        : sequence(
            "list",
            members.flatMap((one) => one ?? []),
            site,
          );
    }
    case "shlex.split": {
      const word = asString(first);
      const comments = argument({ ...given, open: false }, 1, "comments");
      const isPlain = !given.open && !given.keywords.has("posix") && rest.length < 2;
      const asks = comments === undefined ? false : truth(comments);
      const words =
        word === undefined || !isPlain || asks === undefined ? undefined : shellWords(word, asks);
      if (first === undefined || words === undefined) return undefined;
      const items = words.map((one) => constant(one, site));
      return keepOfMembers(given, sequence("list", items, site));
    }
    case "builtins.eval":
    case "ast.literal_eval": {
      const word = asString(first);
      if (word === undefined || rest.length > 0 || first === undefined) return undefined;
      const within = callee.name === "builtins.eval" && machine.eager ? frame : undefined;
      return keepEnvironment(first, machine.literal(word, site, within) ?? derived([first], site));
    }
    default: {
      const owner = callee.base;
      // A text that is kept out of logs is a text.
      if (callee.name.endsWith(".get_secret_value") && owner?.kind === "constant") return owner;
      if (callee.name !== "datetime.timedelta().total_seconds" || owner === undefined)
        return undefined;
      const seconds = secondsOf(owner);
      return seconds === undefined ? undefined : constant(seconds, site);
    }
  }
}

/** What a method of a text, list or dict sees of an object of the tree. */
function handed(machine: Machine, method: string, given: Arguments, site: Site): Arguments {
  return method === "join" || method === "extend" ? iteratedIn(machine, given, site) : given;
}

/** Arguments as what iterating over them gives. */
function iteratedIn(machine: Machine, given: Arguments, site: Site): Arguments {
  return given.positional.some((one) => one.kind === "instance" || openedFile(machine, one))
    ? { ...given, positional: given.positional.map((one) => iterated(machine, one, site)) }
    : given;
}

/** What one of Python's own functions sees of an object of the tree. */
function asBuiltin(machine: Machine, name: string, value: Value, site: Site): Value {
  const variables = name === "builtins.dict" ? wholeEnvironment(machine, value) : undefined;
  if (variables !== undefined) return variables;
  if (value.kind !== "instance") return iterated(machine, value, site);
  if (!machine.eager && !/^builtins\.(?:str|repr|format)$/.test(name))
    return iterated(machine, value, site);
  switch (name) {
    case "builtins.bool":
      return tested(machine, value, site);
    case "builtins.len": {
      const length = callSpecial(machine, value, "__len__", site);
      // As many members as that.
      const count = length?.kind === "constant" ? Number(length.value) : Number.NaN;
      return count >= 0 && count <= MAX_LENGTH
        ? sequence(
            "list",
            Array.from({ length: count }, () => derived([value], site)),
            site,
          )
        : plainOf(value);
    }
    case "builtins.str":
    case "builtins.repr":
    case "builtins.format":
      return (
        (name === "builtins.repr" ? undefined : callSpecial(machine, value, "__str__", site)) ??
        callSpecial(machine, value, "__repr__", site) ??
        (value.data === undefined ? value : value.data)
      );
    case "builtins.int":
    case "builtins.float":
      return callSpecial(machine, value, "__int__", site) ?? plainOf(value);
    default: {
      const through = iterated(machine, value, site);
      return through === value ? plainOf(value) : through;
    }
  }
}

const MAX_LENGTH = 1000;

/** A value whose lists and dicts are copies, down to some depth. */
function copyOf(value: Value, depth: number, site: Site): Value {
  if (depth === 0) return value;
  if (value.kind === "sequence") {
    const { items, open, maybe } = value.contents.content;
    return sequence(
      value.type,
      items.map((item) => copyOf(item, depth - 1, site)),
      site,
      open,
      maybe,
    );
  }
  if (value.kind !== "dict") return value;
  const { entries, open, variables } = value.contents.content;
  return dict(
    new Map(
      [...entries].map(([id, entry]) => [
        id,
        { key: entry.key, value: copyOf(entry.value, depth - 1, site) },
      ]),
    ),
    site,
    open,
    variables,
  );
}

/** True for `"a".join`, false for `str.join` and for built-in functions. */
function isBoundMethod({ base }: SymbolValue): boolean {
  return base !== undefined && base.kind !== "symbol";
}

/** `str.join(",", items)`: the method of the first argument. */
function callUnbound(
  name: string,
  given: Arguments,
  call: Call,
  machine: Machine,
  site: Site,
): Value | undefined {
  const [, type, method] = /^builtins\.(str|list|dict|set|tuple)\.(\w+)$/.exec(name) ?? [];
  const [receiver, ...positional] = given.positional;
  if (type === undefined || method === undefined || method === "fromkeys" || receiver === undefined)
    return undefined;
  const rest = { ...given, positional };
  return (
    callMethod(machine, plainOf(receiver), method, rest, site, call) ??
    call(attribute(machine, receiver, method, site), ...positional)
  );
}

/** Before a path it makes a name that no program has. */
const INCLUDED = "__included__ ";

/** Runs files, named relative to the one that runs, as if their text stood here. */
function include(machine: Machine, file: Value, optional: string, frame: Frame, site: Site): void {
  const isOptional = file.kind === "symbol" && file.name === optional;
  const named = isOptional ? file.call?.positional[0] : file;
  const path = asString(named);
  const inTree = named === undefined ? undefined : pathInTree(named);
  const folder = frame.file.path.split("/").slice(0, -1).join("/");
  const whole =
    inTree ?? (path === undefined ? undefined : pathInTree(fileText(`${folder}/${path}`)));
  if (whole === undefined) {
    if (!isOptional) bindUnknown(machine, frame.scope, derived([]));
    return;
  }
  for (const one of machine.files.matching(whole)) {
    const seen = `${INCLUDED}${one}`;
    // A file that a module has included already is passed over.
    if (bindingIn(frame.scope, seen) !== undefined) continue;
    bind(machine, frame, seen, constant(true, site), site);
    if (named?.environment !== undefined) machine.chosen.set(one, named.environment);
    machine.runFile(frame, one);
  }
}
