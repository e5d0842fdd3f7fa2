/** Walks back from a value to the data that went into it. */
import type { Confidence, Step } from "../../core/finding.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  type Arguments,
  alternativesOf,
  asString,
  type ClassValue,
  everyArgument,
  possibleItems,
  type Site,
  type SymbolValue,
  type TextValue,
  type UnknownValue,
  type Value,
} from "../../python/index.ts";
import { isCleaned } from "./cleaned.ts";
import { ADDRESS_HARMS, isGuarded, isTransparent } from "./guards.ts";
import type { CodePlace } from "./markup.ts";
import { inputAt, isMatchedHarmless } from "./matched.ts";
import { nameOf, sourceNamed } from "./named.ts";
import { holesIn, type Place } from "./place.ts";
import { isOurs, type Question } from "./question.ts";

/** Where harmful data comes from, and the places it went through, source first. */
export interface Flow {
  readonly confidence: Confidence;
  /** In words: "request data", "the parameter `name`". */
  readonly data: string;
  readonly sites: readonly Site[];
  /** True where it is not sure that the data is an attacker's, or that it arrives at all. */
  readonly isWeak?: true;
  /** True for a part of an address that holds no `/`. */
  readonly isSegment?: true;
  /** True for what another part of the program put on an object: nothing but a name tells that it is the same. */
  readonly isLeft?: true;
  /** What lets the data in, where it is sure that nothing checks it there. */
  readonly entry?: Step;
  /** Where in markup the data stands, where escaping it does not help. */
  readonly inside?: CodePlace;
  /** How many different parameters become part of a text, where that is left to callers. */
  readonly parameters?: number;
}

const ORDER: readonly Confidence[] = ["high", "medium", "low"];

/** The surest of some flows, of several as sure the first that may hold any text. */
export function strongest(flows: readonly (Flow | undefined)[]): Flow | undefined {
  for (const confidence of ORDER) {
    const found = flows.find((flow) => flow?.confidence === confidence);
    if (found?.isSegment !== true && found !== undefined) return found;
    const open = found && flows.find((one) => one?.confidence === confidence && !one.isSegment);
    if (found !== undefined) return open ?? found;
  }
  return undefined;
}

/** How far a value is walked back. Past it we assume clean: a false alarm costs more than a missed deep flow. */
const MAX_VISITED = 400;
/** The same, with all that is asked on the way about the other sides of comparisons. */
const MAX_ALTOGETHER = 2000;

/** The worst that went into a value; undefined when that is harmless or not known. */
export function originOf(value: Value, question: Question): Flow | undefined {
  return new Walk(question, { left: MAX_ALTOGETHER }).from(value);
}

class Walk {
  readonly #question: Question;
  readonly #budget: { left: number };
  readonly #visited = new Set<Value>();
  /** Calls whose effect was undone between here and the sink. */
  readonly #undone: string[] = [];
  /** How much between here and the sink may make other characters of those that there are. */
  #remade = 0;
  /** Where the value that is looked at stands in the text that reaches the sink. */
  #place: Place | undefined;

  constructor(question: Question, budget: { left: number }) {
    this.#question = question;
    this.#budget = budget;
    this.#place = question.place;
  }

  from(value: Value): Flow | undefined {
    if (this.#visited.has(value) || this.#visited.size > MAX_VISITED) return undefined;
    if (this.#budget.left-- <= 0) return undefined;
    this.#visited.add(value);
    // A yes or no holds nothing of what it was asked of.
    if (value.test?.kind === "compare" || value.test?.kind === "not") return undefined;
    if (value.checks !== undefined && this.#isGuarded(value)) return undefined;
    const variable = value.kind === "environment" ? value.name : value.environment?.name;
    if (variable !== undefined) {
      const named = this.#fromName(variable, value.site);
      if (named !== undefined) return named;
      const [source] = this.#question.sources.find("os.environ");
      if (source !== undefined)
        return { ...source, sites: value.site === undefined ? [] : [value.site] };
    }
    switch (value.kind) {
      case "symbol":
        return this.#withoutCheck(value, this.#fromSymbol(value));
      case "text":
        if (this.#question.structureOnly) return undefined;
        return this.#fromText(value);
      case "sequence":
        return this.#through(value, possibleItems(value));
      case "dict":
        return this.#through(
          value,
          [...value.contents.content.entries].flatMap(([key, entry]) =>
            this.#question.harmlessKeys.has(key) ? [] : [entry.value],
          ),
        );
      case "union":
        return this.#through(value, alternativesOf(value));
      case "unknown":
        if (value.parameter !== undefined) return this.#fromParameter(value.parameter, value.site);
        // What comes of something that is known by its name has another.
        if (this.#question.named.length > 0) return undefined;
        return this.#fromUnknown(value);
      default:
        return undefined;
    }
  }

  #isGuarded(value: Value): boolean {
    const { harm, guards, structureOnly } = this.#question;
    const place = this.#place;
    // Whether the other side of a comparison is data is a question of its own, without its checks.
    const isTainted = (other: Value) =>
      new Walk(this.#question, this.#budget).from(other.unchecked ?? other) !== undefined;
    const isConfigured = (other: Value) => isOurs(other, this.#question.trusted);
    return isGuarded(value, {
      harm,
      guards,
      place,
      structureOnly,
      isTainted,
      isOurs: isConfigured,
    });
  }

  #fromUnknown(value: Extract<Value, { kind: "unknown" }>): Flow | undefined {
    // What is made of several values may be put together of them, with any characters between: `"/".join(parts)`.
    const remade = value.from.length > 1 ? 1 : 0;
    this.#remade += remade;
    const flow = this.#through(value, value.from);
    this.#remade -= remade;
    return value.isMade ? weakened(flow) : flow;
  }

  #fromText(value: TextValue): Flow | undefined {
    const around = this.#place;
    const flows: (Flow | undefined)[] = [];
    const outer = around ?? { before: "", isFolder: false };
    for (const [part, place] of holesIn(value.parts, { ...outer, isPart: true })) {
      this.#place = place;
      flows.push(this.from(part));
    }
    this.#place = around;
    return continued(value, strongest(flows));
  }

  #through(value: Value, inner: readonly Value[]): Flow | undefined {
    return continued(value, strongest(inner.map((one) => this.from(one))));
  }

  #fromName(name: string | undefined, site: Site | undefined): Flow | undefined {
    const source = name === undefined ? undefined : sourceNamed(name, this.#question.named);
    return source && { ...source, sites: site === undefined ? [] : [site] };
  }

  #fromParameter(
    parameter: NonNullable<UnknownValue["parameter"]>,
    site: Site | undefined,
  ): Flow | undefined {
    const named = this.#fromName(parameter.name, site);
    if (named !== undefined) return named;
    for (const path of modulesAround(parameter.decorators ?? [])) this.#question.enter?.(path);
    if (parameter.owner !== undefined)
      this.#question.enterCalling?.(parameter.function, importedBases(parameter.owner));
    if (!this.#question.parameters || /^(?:self|cls|mcs)$/.test(parameter.name)) return undefined;
    // Of a private helper its callers decide, and they are looked at themselves.
    if (site !== undefined && isCalledPrivately(parameter.function, site.file.text))
      return undefined;
    const data = `the parameter \`${parameter.name}\` of \`${parameter.function}\``;
    const sites = site === undefined ? [] : [site];
    return { confidence: "medium", data, sites, isWeak: true };
  }

  /** A flow from a value of which the project shows that nobody checks it is told from others. */
  #withoutCheck(value: SymbolValue, flow: Flow | undefined): Flow | undefined {
    if (flow === undefined || flow.confidence === "high") return flow;
    const entry = this.#question.entryOf?.(value);
    return entry === undefined ? flow : { ...flow, entry };
  }

  #fromSymbol(value: SymbolValue): Flow | undefined {
    const [source] = [
      ...this.#question.sources.find(value.name),
      ...this.#question.sources.find(keyedName(value) ?? ""),
    ];
    if (this.#question.isVouchedFor?.(value)) return undefined;
    if (source?.caughtAs !== undefined && !isCaughtAs(source.caughtAs, value.base))
      return undefined;
    // What was asked of a request says something of all that is in it.
    if (source !== undefined && value.base?.checks !== undefined) {
      if (this.#isGuarded(holderOf(value, value.base))) return undefined;
    }
    // What is said of one framework's value holds against what is said of any value with such a name.
    if (isNamedClean(value, this.#question) || isCleanPart(value, this.#question)) return undefined;
    if (source !== undefined) {
      // The definition of its type may say that it is limited.
      if (value.awaits !== undefined) this.#question.enter?.(value.awaits);
      const isSegment =
        this.#remade === 0 && (value.isSegment || this.#question.isSegment?.(value) === true);
      const sites = value.site === undefined ? [] : [value.site];
      return { ...source, sites, ...(isSegment && { isSegment }) };
    }
    if (this.#question.named.length > 0) {
      const named = this.#fromName(nameOf(value), value.site);
      if (named !== undefined) return named;
      const isPure =
        value.call !== undefined && this.#question.pure.find(value.name.slice(0, -2)).length > 0;
      if (!isPure && value.contents === undefined) return undefined;
    }
    if (value.awaits !== undefined) this.#question.enter?.(value.awaits);
    const held = value.keys === undefined ? value.contents : undefined;
    const inside = held && this.from(held);
    if (inside !== undefined) return this.#isCleaned(value) ? undefined : inside;
    if (isMatchedHarmless(value, this.#question.guards)) return undefined;
    const carried = this.#carried(value);
    if (carried !== undefined) return carried;
    if (value.call === undefined && this.#question.held && value.base?.kind === "instance")
      return { confidence: "medium", data: "what an object holds", sites: [], isWeak: true };
    if (value.call === undefined) return this.#fromOwner(value);
    if (
      this.#question.held &&
      value.base?.kind === "symbol" &&
      value.base.base?.kind === "instance"
    )
      return { confidence: "medium", data: "what an object makes", sites: [], isWeak: true };
    const called = value.name.slice(0, -2);
    if (this.#isCleaned(value)) return undefined;
    for (const path of modulesOf(value)) this.#question.enter?.(path);
    const { parsed } = this.#question;
    if (parsed?.by.has(called) === true) {
      const text = new Walk(parsed.text, this.#budget);
      const made = strongest(everyArgument(value.call).map((one) => text.from(one)));
      return made && value.site ? { ...made, sites: [...made.sites, value.site] } : made;
    }
    const undone = this.#question.inverses.find(called).flat();
    const place = this.#place;
    if (!isTransparent(value.name)) this.#place = undefined;
    const remade = isTransparent(value.name) || KEEPS.test(called) ? 0 : 1;
    this.#undone.push(...undone);
    this.#remade += remade;
    const flow = this.#fromInputs(value, called);
    this.#remade -= remade;
    this.#undone.length -= undone.length;
    this.#place = place;
    return flow;
  }

  #carried(value: SymbolValue): Flow | undefined {
    const { carried } = this.#question;
    const place = this.#place;
    return carried?.(value, place === undefined ? this.#question : { ...this.#question, place });
  }

  #fromOwner(value: SymbolValue): Flow | undefined {
    const { identities } = this.#question;
    // What an object of the project has under a name may be set by what its class extends.
    if (value.base?.kind === "instance")
      for (const path of modulesOf(value)) this.#question.enter?.(path);
    if (value.base === undefined || isOfReceiver(value, this.#question)) return undefined;
    const flow = this.#through(value, [holderOf(value, this.#owner(value))]);
    const awaited = flow?.isWeak === true ? typeModule(value) : undefined;
    if (awaited !== undefined) this.#question.enter?.(awaited);
    const isIdentity = flow?.isWeak === true || isMadeByCall(value.base);
    return isIdentity && identities.some((one) => nameMatches(one, value.name)) ? undefined : flow;
  }

  #fromInputs(value: SymbolValue, called: string): Flow | undefined {
    if (value.call === undefined) return undefined;
    // What a view returns from elsewhere is an answer, mostly: a page that was rendered, a redirect. In a text it is none.
    const { returned, place } = this.#question;
    const isAnswer = returned === true && place === undefined && this.#visited.size === 1;
    const object = value.base?.kind === "symbol" ? value.base.base : undefined;
    const receiver = object && holderOf(value, object);
    const [pass] = this.#question.passes.find(called);
    if (pass !== undefined)
      return this.#through(
        value,
        pass.from.flatMap((place) => inputAt(value.call, receiver, place) ?? []),
      );
    const own = receiver === undefined ? undefined : this.#through(value, [receiver]);
    if (own?.confidence === "high") return own;
    const given = this.#through(value, this.#madeInto(value.call, receiver));
    // What another part of the program left there does is not known, nor surely what with.
    if (given?.isLeft && receiver?.kind === "symbol" && this.#question.isLeft?.(receiver) === true)
      return own;
    // What a method of something unknown, or of another part of the project, makes of data is likely no longer the data.
    const isUnknown =
      called.startsWith("?.") ||
      called.endsWith("()") ||
      receiver?.kind === "instance" ||
      (receiver?.kind === "symbol" &&
        (isOwn(receiver) ||
          (isHeld(receiver) && ADDRESS_HARMS.has(this.#question.harm)) ||
          isMadeNowhere(receiver) ||
          isLookedUp(receiver, this.#question)));
    // A page that shows what some function makes of data, of which no fact tells, may well not show the data.
    const isOpaque =
      this.#question.harm === "html" &&
      !MAKES_TEXT.test(called) &&
      this.#question.pure.find(called).length === 0;
    if (isOpaque && isAnswer) return undefined;
    if (isOpaque && RENDERS.test(called)) return own;
    if (isUnknown) return strongest([own, weakened(given)]);
    const isLessSure = isOpaque && given?.confidence === "high";
    return strongest([own, isLessSure ? { ...given, confidence: "medium" } : given]);
  }

  /** What a call puts into what it gives. Of an address, what a dict beside other arguments holds are parameters: no host is there. */
  #madeInto(call: Arguments, receiver: Value | undefined): readonly Value[] {
    const given = everyArgument(call);
    const isOfAddress = ADDRESS_HARMS.has(this.#question.harm);
    if (!isOfAddress || (given.length < 2 && receiver === undefined)) return given;
    return given.filter(({ kind }) => kind !== "dict");
  }

  /**
   * What an attribute or member is taken from. What was looked up by data (`find(key).name`) is not made of it: of a call whose
   * inputs no fact tells, an attribute passes on what the call was made on.
   */
  #owner(value: SymbolValue): Value {
    const owner = value.base ?? value;
    // `page, rest = route(path)`: so is one of several things that were.
    const [whole] = owner.kind === "unknown" && owner.from.length === 1 ? owner.from : [];
    const base = whole?.kind === "symbol" ? whole : owner;
    if (base.kind !== "symbol" || base.call === undefined || value.name.endsWith("[]"))
      return owner;
    if (this.#question.passes.find(base.name.slice(0, -2)).length > 0) return base;
    if (this.#question.sources.find(base.name).length > 0) return base;
    // What an object of a class from elsewhere in the project has, its module says.
    if (/(?:^|\.)[A-Z]\w*\(\)$/.test(base.name))
      for (const path of modulesOf(base)) this.#question.enter?.(path);
    return base.base?.kind === "symbol" && base.base.base !== undefined
      ? base.base.base
      : { kind: "unknown", from: [] };
  }

  #isCleaned(value: SymbolValue): boolean {
    const called = value.name.slice(0, -2);
    if (this.#undone.some((name) => nameMatches(name, called))) return false;
    return isCleaned(value, this.#question, this.#place);
  }
}

/** The flow that went on into a value. */
export function continued(value: Value, flow: Flow | undefined): Flow | undefined {
  if (flow === undefined || value.site === undefined || flow.sites.at(-1) === value.site)
    return flow;
  return { ...flow, sites: [...flow.sites, value.site] };
}

/** True for an attribute, or a member by its key, that is known to be harmless. */
export function isNamedClean(value: SymbolValue, { cleaners }: Question): boolean {
  const [first] = value.name.endsWith(".get()") ? (value.call?.positional ?? []) : [];
  const key = first && asString(first);
  const names =
    key === undefined
      ? [value.call === undefined ? value.name : "", keyedName(value) ?? ""]
      : [value.name.replace(/\.get\(\)$/, `[${key}]`)];
  return names.some((name) => name !== "" && cleaners.find(name).length > 0);
}

/** Methods of a text that put what they are given into it. */
const MAKES_TEXT = /\.(?:format|format_map|join|replace)$/;

/** Functions that make a page of what they are given, by habit, with a template, which escapes that. */
const RENDERS = /(?:^|\.)render(?:_\w+)?$/;

/** Calls that make no other characters of those of a text: its own methods, and what puts paths together or takes them apart. */
const KEEPS =
  /^builtins\.str$|path\.\w+$|(?:^|\.)(?:(?:Pure)?Path|joinpath|with_suffix|resolve|absolute|r?split|r?partition|remove(?:pre|suf)fix|swapcase|zfill)$/;

/** Methods of a dict that give what is under its names. */
const VALUES = /\.(?:get|getlist|getall|pop|values|setdefault)\(\)$/;

/** What a value is read from, without what is known of each of its members where those are the names that the value stands under. */
function holderOf({ name, key }: SymbolValue, holder: Value): Value {
  const isUnder = VALUES.test(name) || (name.endsWith("[]") && key && asString(key) !== undefined);
  if (isUnder !== true || holder.checks === undefined) return holder;
  const checks = holder.checks.filter(({ kind }) => kind !== "characters");
  return checks.length === holder.checks.length ? holder : { ...holder, checks };
}

/** True for a member of a text that was taken apart: `path.split("/")[-1]`. */
function isCleanPart({ name, base, key }: SymbolValue, { cleaners }: Question): boolean {
  if (!name.endsWith("()[]") || base?.kind !== "symbol" || base.call === undefined) return false;
  const [separator, most] = base.call.positional;
  const at = key?.kind === "constant" && typeof key.value === "number" ? key.value : undefined;
  return cleaners.find(name.slice(0, -"()[]".length)).some((sanitizer) => {
    if (sanitizer?.splits === undefined) return false;
    const { at: wanted, members } = sanitizer.splits;
    if (wanted !== undefined && asString(separator) !== wanted) return false;
    if (members === "each") return at !== undefined && most === undefined;
    return at !== undefined && (at === 0) === (members === "first");
  });
}

/** The name of a member with its key, where that is a text: `flask.Flask().config[SECRET_KEY]`. */
function keyedName({ name, key }: SymbolValue): string | undefined {
  const text = name.endsWith("[]") ? asString(key) : undefined;
  return text === undefined ? undefined : `${name.slice(0, -1)}${text}]`;
}

/** True for an attribute of what the sink's method belongs to: whoever chooses the connection need not choose a part of what it says. */
export function isOfReceiver({ name, base, call }: SymbolValue, { receiver }: Question): boolean {
  if (receiver === undefined || base === undefined || call !== undefined) return false;
  if (name.endsWith("[]")) return false;
  return (base.unchecked ?? base) === (receiver.unchecked ?? receiver);
}

/** True where a handler names one of some classes, be it in a tuple. Of what no handler caught, that is not asked. */
function isCaughtAs(names: readonly string[], type: Value | undefined): boolean {
  if (type === undefined) return true;
  if (type.kind === "union") return alternativesOf(type).some((one) => isCaughtAs(names, one));
  if (type.kind === "sequence") return possibleItems(type).some((one) => isCaughtAs(names, one));
  return type.kind === "symbol" && names.some((one) => nameMatches(one, type.name));
}

/** True for an object that was looked up, in a database say, and for what such a one holds. */
function isLookedUp(value: SymbolValue, { passes }: Question): boolean {
  for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
    if (at.call !== undefined)
      return passes.find(at.name.slice(0, -2)).some((pass) => pass.from.length === 0);
  return false;
}

/** True for what another object has under a name: `self.current_user`, `request.registry.cache`. */
function isHeld({ name, base, call }: SymbolValue): boolean {
  return call === undefined && base?.kind === "symbol" && !name.endsWith("[]");
}

/** True for what a function gives that is bound nowhere. */
function isMadeNowhere(value: SymbolValue): boolean {
  let root = value;
  while (root.base?.kind === "symbol") root = root.base;
  return root.unbound === true && root !== value;
}

/** True for a private helper that its own file calls. */
export function isCalledPrivately(name: string, text: string): boolean {
  return /^_[A-Za-z]\w*$/.test(name) && new RegExp(`(?<!\\bdef\\s+)\\b${name}\\s*\\(`).test(text);
}

/** True for what an attribute of an object of the project, or something of another of its modules, gives. */
function isOwn(value: SymbolValue): boolean {
  let root = value;
  while (root.base?.kind === "symbol") root = root.base;
  return root.imported !== undefined || root.base?.kind === "instance";
}

/** True for what some call gave that is not known by its name, or one of several things that it gave. */
function isMadeByCall(value: Value): boolean {
  if (value.kind !== "unknown") return false;
  const [whole = value] = value.from.length === 1 ? value.from : [];
  return whole.site?.node.nodeType === "Call";
}

/** The flow, one step less sure; what was not sure before is as good as nothing. */
function weakened(flow: Flow | undefined): Flow | undefined {
  return flow?.confidence === "high" ? { ...flow, confidence: "medium", isWeak: true } : undefined;
}

/** Modules of the tree, not entered yet, that say what a chain of attributes and calls is: its root's, or those of its class. */
export function modulesOf(value: SymbolValue): readonly string[] {
  let root = value;
  while (root.base?.kind === "symbol") root = root.base;
  if (root.imported !== undefined) return [root.imported.path];
  return root.base?.kind === "instance" ? importedBases(root.base.class) : [];
}

/** The modules, not entered yet, that say what the decorators of a function do. */
export function modulesAround(decorators: readonly Value[]): readonly string[] {
  return decorators.flatMap((one) => (one.kind === "symbol" ? modulesOf(one) : []));
}

/** The module, not entered yet, of the class that a parameter is annotated with, where a value is an attribute of that. */
export function typeModule(value: SymbolValue): string | undefined {
  return value.base?.kind === "unknown" ? value.base.parameter?.awaits : undefined;
}

/** Where the bases of a class are imported from, as far as their modules were not entered. */
function importedBases(owner: ClassValue): readonly string[] {
  const found = new Set<string>();
  const classes = new Set([owner]);
  for (const one of classes)
    for (const base of one.bases) {
      if (base.kind === "class") classes.add(base);
      else if (base.kind === "symbol" && base.imported !== undefined) found.add(base.imported.path);
    }
  return [...found];
}
