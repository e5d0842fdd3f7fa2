/**
 * Data that goes from one part of a program to another without a call: one puts it on an object that lives as long as a request,
 * `request.tenant = …`, and another finds it there. Nothing but the name tells that both mean the same. So what is found counts
 * only where all that the program puts there is data, as far as that is seen, and is one step less sure.
 *
 * Which modules put something where is told from their texts; only those are run, and of them the functions in which that is done.
 */
import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Confidence } from "../../core/finding.ts";
import type { Carrier, Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { pathsThat } from "../../core/source-tree.ts";
import {
  alternativesOf,
  asString,
  type CallObservation,
  Interpreter,
  type Site,
  type SymbolValue,
  type Value,
} from "../../python/index.ts";
import { AskedOnce, type FileUnit, isProgram, type Project } from "../analyzer.ts";
import { quotable } from "../subject.ts";
import { isConstant } from "../value-test.ts";
import { enterCheckers, ForeignCalls } from "./checkers.ts";
import { type Flow, modulesOf, originOf } from "./flow.ts";
import { MAX_MODULES } from "./importers.ts";
import type { Question } from "./question.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** Modules that put something under one name; where more do, the name says nothing. */
const MAX_WRITERS = 6;
/** How often one is run because what it puts there goes through further modules, and how many of those are entered. */
const MAX_ROUNDS = 3;
const MAX_ENTERED = 5;

/** What a value is taken from, and the name under which that holds it. */
interface Held {
  readonly carrier: Carrier;
  readonly owner: SymbolValue;
  readonly name: string;
}

/** Something that a module puts on a carrier. */
interface Put extends Held {
  readonly value: Value;
  readonly site: Site;
}

/** The names under which the modules of a tree put something, with those modules. */
interface Writers {
  /** Modules that were not at hand yet. */
  readonly open: Set<string>;
  readonly by: Map<string, Set<string>>;
  /** Names under which data of a request may be put. */
  readonly hostile: Set<string>;
  /** What the program calls the objects that it makes itself. */
  readonly made: Set<string>;
}

/** What a text says of carriers, as far as its words tell. */
interface Said {
  readonly puts: readonly Place[];
  /** Names under which it takes something. */
  readonly takes: ReadonlySet<string>;
  /** What it calls carriers that it makes. */
  readonly makes: readonly string[];
  readonly isHostile: boolean;
}

/** Where something is put under a name; `isWhole` where the name is the object's own, of which only its maker tells what it is. */
interface Place {
  readonly name: string;
  readonly line: number;
  readonly isWhole: boolean;
}

/** What the parts of a program leave for each other. */
export class Carried {
  readonly #carriers: readonly Carrier[];
  readonly #said: AskedOnce<Said>;
  readonly #imports = new AskedOnce(importsIn);
  readonly #writers = new WeakMap<ReadonlySet<string>, Writers>();
  readonly #runs = new WeakMap<Project, Map<string, Run>>();

  /** `hostileIn` tells of a text whether data of a request may stand in it. */
  constructor(models: Models, hostileIn: (text: string) => unknown) {
    this.#carriers = models.carriers;
    const read = reader(models);
    this.#said = new AskedOnce((text) => {
      const said = read(text);
      return { ...said, isHostile: said.puts.length > 0 && hostileIn(text) !== undefined };
    });
  }

  /** True for a file that takes something from where data may have been put, be it by a function of a module that it imports. */
  mayReach({ path, project }: FileUnit): boolean {
    if (this.#carriers.length === 0) return false;
    const { hostile } = this.#writersIn(project);
    if (hostile.size === 0) return false;
    const takes = (one: string) => {
      const taken = project.tells?.(one, this.#said)?.takes ?? new Set();
      return [...hostile].some((name) => taken.has(name));
    };
    if (takes(path)) return true;
    const imported = project.tells?.(path, this.#imports) ?? [];
    return imported.some(({ dotted, level, names }) =>
      modulesAt(project, path, dotted, level, names).some(takes),
    );
  }

  /** True for what is taken from a carrier, whatever that is. */
  isTaken(value: SymbolValue): boolean {
    return takenFrom(value, this.#carriers) !== undefined;
  }

  /** Where what is taken from a carrier comes from; undefined where it is no such thing, or may be something else. */
  flowOf(value: SymbolValue, question: Question, project: Project): Flow | undefined {
    const held = takenFrom(value, this.#carriers);
    if (held === undefined) return undefined;
    const { by, hostile } = this.#writersIn(project);
    const paths = hostile.has(held.name) ? [...(by.get(held.name) ?? [])] : [];
    if (paths.length === 0 || paths.length > MAX_WRITERS) return undefined;
    const flows = paths.flatMap((path) => this.#putBy(path, held, question, project));
    const [first] = flows;
    if (first === undefined || flows.includes(undefined)) return undefined;
    const sites = value.site === undefined ? first.sites : [...first.sites, value.site];
    return { ...first, sites };
  }

  /** A flow for each thing that a module puts where something is taken from; undefined for what is no data. */
  #putBy(
    path: string,
    held: Held,
    question: Question,
    project: Project,
  ): readonly (Flow | undefined)[] {
    const { carried: _, ...asked } = question;
    const entered = new Set<string>();
    for (let round = 1; ; round++) {
      const { calls, puts } = this.#run(path, entered, project);
      const before = entered.size;
      const enter = (module: string) => {
        if (entered.size < MAX_ENTERED) entered.add(module);
      };
      const foreign = new ForeignCalls(calls);
      // What is put there by a method belongs to an object of another module, perhaps.
      for (const { callee } of calls)
        if (callee.kind === "symbol" && this.#isMade(callee, project))
          modulesOf(callee).forEach(enter);
      const flows = puts
        .filter((put) => isSame(put, held))
        .flatMap((put) => (isConstant(put.value) ? [] : [flowOfPut(put, { ...asked, enter })]));
      for (const flow of flows)
        if (flow !== undefined) enterCheckers(foreign, flow, { ...asked, enter });
      if (entered.size === before || round === MAX_ROUNDS) return flows;
    }
  }

  /** True for a method that puts something in, of an object that the program may make. */
  #isMade(callee: SymbolValue, project: Project): boolean {
    const { made } = this.#writersIn(project);
    const [, name = "", method = ""] = /(\w+)\.(\w+)$/.exec(callee.name) ?? [];
    return made.has(name) && this.#carriers.some(({ methods }) => methods?.put === method);
  }

  #run(path: string, entered: ReadonlySet<string>, project: Project): Run {
    const runs = this.#runs.get(project) ?? new Map<string, Run>();
    this.#runs.set(project, runs);
    const key = [path, ...entered].join(" ");
    const { made } = this.#writersIn(project);
    const puts = project.tells?.(path, this.#said)?.puts ?? [];
    const lines = puts.flatMap(({ name, line, isWhole }) =>
      !isWhole || made.has(name) ? [line] : [],
    );
    const run = runs.get(key) ?? runWriter(path, lines, entered, project, this.#carriers);
    runs.set(key, run);
    return run;
  }

  #writersIn(project: Project): Writers {
    let writers = this.#writers.get(project.paths);
    if (writers === undefined) {
      const modules = pathsThat(project.paths, isProgram);
      const open = new Set(modules.length <= MAX_MODULES ? modules : []);
      writers = { open, by: new Map(), hostile: new Set(), made: new Set() };
      this.#writers.set(project.paths, writers);
    }
    const { open, by, hostile, made } = writers;
    // What is not at hand now may be later.
    for (const path of open) {
      const said = project.tells?.(path, this.#said);
      if (said === undefined) continue;
      open.delete(path);
      for (const name of said.makes) made.add(name);
      for (const { name } of said.puts) {
        const known = by.get(name);
        if (known === undefined) by.set(name, new Set([path]));
        else known.add(path);
        if (said.isHostile) hostile.add(name);
      }
    }
    return writers;
  }
}

interface Run {
  readonly calls: readonly CallObservation[];
  readonly puts: readonly Put[];
}

/** Runs the functions of a module that hold one of some lines. */
function runWriter(
  path: string,
  lines: readonly number[],
  entered: ReadonlySet<string>,
  project: Project,
  carriers: readonly Carrier[],
): Run {
  const calls: CallObservation[] = [];
  const observe = (call: CallObservation) => calls.push(call);
  const interpreter = new Interpreter(project, { eager: false, entered, rows: true, observe });
  interpreter.runFunctions(path, (start, end) =>
    lines.some((line) => line >= start && line <= end),
  );
  return { calls, puts: calls.flatMap((call) => putBy(call, carriers)) };
}

const LESS_SURE: Readonly<Partial<Record<Confidence, Confidence>>> = { high: "medium" };

/** What goes into something that is put on a carrier; undefined where that is no data, or not surely. */
function flowOfPut({ value, site }: Put, question: Question): Flow | undefined {
  const flow = originOf(value, question);
  if (flow === undefined || flow.isWeak || flow.confidence === "low") return undefined;
  const shown = quotable(site.file.source(site.node));
  const message = `\`${shown}\` keeps it for other parts of the program`;
  const isSure = flow.confidence === "high";
  return {
    ...flow,
    isLeft: true,
    confidence: LESS_SURE[flow.confidence] ?? flow.confidence,
    sites: [...flow.sites, site],
    ...(isSure && { entry: { ...site.file.location(site.node), message } }),
  };
}

/** True where two names mean the same object: one that the program makes is known by where it does. */
function isSame(put: Held, taken: Held): boolean {
  if (put.carrier !== taken.carrier || put.name !== taken.name) return false;
  const [a, b] = [put.owner, taken.owner];
  if (a.call === undefined && b.call === undefined) return true;
  return a.site?.file.path === b.site?.file.path && a.site?.node.lineno === b.site?.node.lineno;
}

/** What a call puts on a carrier. */
function putBy(call: CallObservation, carriers: readonly Carrier[]): readonly Put[] {
  const { callee, site } = call;
  const { positional } = call.arguments;
  if (callee.kind !== "symbol") return [];
  const owners = (owner: Value | undefined, name: string | undefined, value: Value | undefined) =>
    value === undefined || name === undefined || owner === undefined
      ? []
      : alternativesOf(owner).flatMap((one) => {
          const held = one.kind === "symbol" ? heldBy(one, name, carriers) : undefined;
          return held === undefined ? [] : [{ ...held, value, site }];
        });
  if (callee.name.endsWith("=")) return owners(callee.base, asString(positional[0]), positional[1]);
  if (callee.name === "builtins.setattr")
    return owners(positional[0], asString(positional[1]), positional[2]);
  const { base } = callee;
  if (base?.kind !== "symbol") return [];
  const carrier = carrierOf(base, carriers);
  if (carrier?.methods === undefined || !callee.name.endsWith(`.${carrier.methods.put}`)) return [];
  const [value] = positional;
  const name = nameOfMade(base);
  return value === undefined || name === undefined
    ? []
    : [{ carrier, owner: base, name, value, site }];
}

/** What a value is taken from: `g.user`, `g.get("user")`, `current_schema.get()`. */
function takenFrom(
  { name, base, call }: SymbolValue,
  carriers: readonly Carrier[],
): Held | undefined {
  if (base?.kind !== "symbol" || name.endsWith("[]")) return undefined;
  if (call === undefined) {
    const attribute = name.slice(name.lastIndexOf(".") + 1);
    return heldBy(base, attribute, carriers);
  }
  const owner = base.base;
  if (owner?.kind !== "symbol") return undefined;
  const method = base.name.slice(base.name.lastIndexOf(".") + 1);
  const key = asString(call.positional[0]);
  if (key !== undefined && GETS.has(method)) return heldBy(owner, key, carriers);
  const carrier = carrierOf(owner, carriers);
  if (carrier?.methods?.take !== method) return undefined;
  const made = nameOfMade(owner);
  return made === undefined ? undefined : { carrier, owner, name: made };
}

/** Methods that give what an object has under the name that they are given. */
const GETS: ReadonlySet<string> = new Set(["get", "pop", "setdefault"]);

function heldBy(owner: SymbolValue, name: string, carriers: readonly Carrier[]): Held | undefined {
  const carrier = carrierOf(owner, carriers);
  return carrier === undefined || carrier.methods !== undefined
    ? undefined
    : { carrier, owner, name };
}

function carrierOf({ name }: SymbolValue, carriers: readonly Carrier[]): Carrier | undefined {
  return carriers.find(({ of }) => of.some((one) => nameMatches(one, name)));
}

/** The name that the program gives to an object where it makes it: `current_schema = ContextVar("schema")`. */
function nameOfMade({ site }: SymbolValue): string | undefined {
  const line = site?.file.lines[(site.node.lineno ?? 0) - 1] ?? "";
  return /^\s*(\w+)\s*(?::[^=]*)?=/.exec(line)?.[1];
}

/**
 * What reads the words of a text. A carrier goes by the last word of its name, or is a parameter that a framework fills; one that the
 * program makes has the name that it is given.
 */
function reader({ carriers, parameters }: Models): (text: string) => Omit<Said, "isHostile"> {
  const given = new Set<string>();
  const makers = new Set<string>();
  const puts = new Set<string>();
  const takes = new Set<string>();
  for (const { of, methods } of carriers) {
    for (const one of of) {
      const last = /(\w+)(?:\(\))?$/.exec(one)?.[1] ?? "";
      const filled = parameters.flatMap(({ is, name }) => (is === one && name ? [name] : []));
      for (const name of one.endsWith("()") ? filled : [last]) given.add(name);
      if (one.endsWith("()") && filled.length === 0) makers.add(last);
    }
    if (methods !== undefined) puts.add(methods.put) && takes.add(methods.take);
  }
  const makes = new RegExp(
    `^[ \\t]*(\\w+)[ \\t]*(?::[^=\\n]+)?=[ \\t]*(?:\\w+\\.)*(?:${oneOf(makers)})[[(]`,
    "gm",
  );
  const put = new RegExp(`(?<![\\w.])(\\w+)\\.(?:${oneOf(puts)})\\(`, "g");
  const take = new RegExp(`(?<![\\w.])(\\w+)\\.(?:${oneOf(takes)})\\(`, "g");
  const ofGiven = membersOf(given);
  return (text) => {
    const made = [...text.matchAll(makes)].map(([, name = ""]) => name);
    const members = made.length === 0 ? ofGiven : membersOf([...given, ...made]);
    const lineAt = lineCounter(text);
    const found: Place[] = [];
    const taken = new Set<string>();
    for (const { 1: named = "", 2: attribute, 3: assigned, index } of text.matchAll(members)) {
      const isSet =
        attribute === undefined && SETS.test(text.slice(Math.max(0, index - 30), index));
      if (assigned !== undefined || isSet)
        found.push({ name: attribute ?? named, line: lineAt(index), isWhole: false });
      else taken.add(attribute ?? named);
    }
    for (const { 1: name = "", index } of puts.size === 0 ? [] : text.matchAll(put))
      found.push({ name, line: lineAt(index), isWhole: true });
    for (const [, name = ""] of takes.size === 0 ? [] : text.matchAll(take)) taken.add(name);
    return { puts: found, takes: taken, makes: made };
  };
}

const SETS = /\bsetattr\([\w.]*$/;

/**
 * What is named of something with one of some names: its attribute, and whether that is assigned to; or a text, `g.get("user")` or
 * `getattr(g, "user")`.
 */
function membersOf(names: Iterable<string>): RegExp {
  const attribute = "(\\w+)([ \\t]*(?::[^=\\n]+)?=(?!=))?";
  const named = `(?:\\.(?:${oneOf(GETS)})\\(|,)\\s*["'](\\w+)["']`;
  // What follows may be such a name itself: `request.state.user`.
  return new RegExp(`\\b(?:${oneOf(names)})(?:${named}|\\.(?=${attribute}))`, "g");
}

function oneOf(names: Iterable<string>): string {
  return [...names].join("|") || "(?!)";
}

/** The number of the line on which a place stands (from 1), for places in any order. */
function lineCounter(text: string): (index: number) => number {
  let starts: readonly number[] | undefined;
  return (index) => {
    starts ??= lineStarts(text);
    return toRegion(starts, index, index).startLine;
  };
}
