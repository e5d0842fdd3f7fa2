/**
 * Objects that a module of the project makes of a library, and another one imports: `db = SQLAlchemy()` in `extensions.py`. What the
 * words of a sink say of how such an object is made, `requests` and `Session`, then stands where it is made. What each name of a module
 * is made of is told from its text; those modules are entered, so that the object is known by what it is.
 */
import type { Models } from "../../core/models.ts";
import type { Imported } from "../../python/index.ts";
import { AskedOnce, type FileUnit, type Project, type Trigger } from "../analyzer.ts";
import { givenData, useOfCall } from "../uses.ts";
import { type Bindings, bindingsIn, namesOf } from "./bindings.ts";
import type { Sink } from "./match.ts";
import { type Origin, ofImported, receiversIn } from "./receivers.ts";

/** What of a sink's words stands where its object is used, and what where that is made. */
export interface MadeWords {
  readonly used: Trigger;
  /** Each with the names in it. */
  readonly made: readonly { readonly text: string; readonly names: readonly string[] }[];
}

/** The words of sinks that are called on objects of libraries; what stands where they are used is one for all that are used alike. */
export class MadeTriggers {
  readonly libraries = new Libraries();
  readonly #models: Models;
  readonly #sources: ReadonlySet<string>;
  readonly #known = new Map<string, Trigger>();
  readonly #ofData = new Map<readonly Sink[], readonly string[]>();

  constructor(models: Models) {
    this.#models = models;
    this.#sources = new Set(
      [...models.sources.values()].flatMap(({ values }) =>
        values.map((one) => one.replace(/[()[\]]+$/, "")),
      ),
    );
  }

  get all(): Iterable<Trigger> {
    return this.#known.values();
  }

  /** Undefined for one of a rule's sinks that is called on none. */
  of(words: Trigger, sink: Sink, sinks: readonly Sink[]): MadeWords | undefined {
    const { call = "", argument, importing } = sink;
    const maker = /^(\w[\w.]*)[([].*\.(?!__init__$)/.exec(call)?.[1];
    if (sink.call === undefined || (maker === undefined && importing.length === 0))
      return undefined;
    const made = words.filter((word) => word.elsewhere);
    if (made.length === 0 || this.#isOfRequest(call)) return undefined;
    if (this.#madeOfData(sinks).some((one) => call.startsWith(one))) return undefined;
    const own = words.filter((word) => word.elsewhere !== true);
    const key = JSON.stringify([own.map(({ text }) => text), argument]);
    const used = this.#known.get(key) ?? this.#usedSo(own, call, [argument ?? "any"].flat());
    this.#known.set(key, used);
    if (maker !== undefined) this.libraries.add(maker);
    for (const one of importing) this.libraries.add(`${one}.*`);
    return { used, made: made.map(({ text }) => ({ text, names: text.match(/\w+/g) ?? [] })) };
  }

  #madeOfData(sinks: readonly Sink[]): readonly string[] {
    const known = this.#ofData.get(sinks) ?? madeOfData(sinks);
    this.#ofData.set(sinks, known);
    return known;
  }

  /** True for a method of what comes with a request: who makes that is no module of the project. */
  #isOfRequest(call: string): boolean {
    for (const end of call.matchAll(/[([.]/g))
      if (this.#sources.has(call.slice(0, end.index))) return true;
    return false;
  }

  #usedSo(words: Trigger, call: string, places: readonly (number | string)[]): Trigger {
    const method = call.slice(call.lastIndexOf("."));
    const called = useOfCall(`*${method}`, this.#models, givenData(places, []));
    const use = ofImported(called, places, (one) => !this.libraries.has(one));
    return words.map((word) => (word.use === undefined ? word : { ...word, use }));
  }
}

/**
 * What a rule's own sinks make of the data that it looks for, an answer for instance: that is made anew each time, and no module has it
 * ready.
 */
function madeOfData(sinks: readonly Sink[]): readonly string[] {
  return sinks.flatMap(({ call, at, argument }) =>
    call !== undefined && at !== "host" && (argument === 0 || [argument].flat()[0] === 0)
      ? [`${call}().`]
      : [],
  );
}

/** What makes objects, by qualified names; of some packages all that they have. */
class Libraries {
  readonly #names = new Set<string>();
  readonly #packages = new Set<string>();

  add(name: string): void {
    if (name.endsWith(".*")) this.#packages.add(name.split(".", 1)[0] ?? name);
    // Whoever imports a package or module may go on from there.
    for (let end = name.length; end > 0; end = name.lastIndexOf(".", end - 1))
      this.#names.add(name.slice(0, end));
  }

  /** True for an import that may bring something of them. */
  has({ dotted, level, name }: Imported): boolean {
    if (level > 0) return false;
    const whole = name === undefined || name === "*" ? dotted : `${dotted}.${name}`;
    return this.#names.has(whole) || this.#packages.has(dotted.split(".", 1)[0] ?? "");
  }
}

/** True where modules that are not at hand are to be asked for. */
type Reads = () => boolean;

/** What a name of a module is made of: words, each with the modules that lead from there to where it stands. */
type Made = ReadonlyMap<string, readonly string[]>;

/** What the names of one module are bound to, and what is known of what they are made of. */
interface MadeOf extends Bindings {
  readonly made: Map<string, Made>;
}

/** Tells which modules make the objects that a file uses. */
export class Makers {
  readonly #bindings: AskedOnce<MadeOf>;
  readonly #libraries: Libraries;
  readonly #modules = new WeakMap<Project, Modules>();
  #last: { readonly unit: FileUnit; readonly uses: Uses } | undefined;

  /** `libraries` are those whose objects are looked for. */
  constructor(libraries: Libraries) {
    this.#libraries = libraries;
    this.#bindings = new AskedOnce((text) => ({
      ...bindingsIn(text, (one) => libraries.has(one)),
      made: new Map(),
    }));
  }

  /** What a module makes of libraries itself, by the names that it gives it: for each, the names that stand there. */
  makes(text: string): ReadonlyMap<string, string> {
    const { imports, bound } = this.#bindings.ask(text);
    const isOf = (name: string) =>
      imports.get(name.split(".", 1)[0] ?? "")?.some((one) => this.#libraries.has(one)) === true;
    return new Map(
      [...bound].flatMap(([name, to]) => (to.some(isOf) ? [[name, to.join(" ")] as const] : [])),
    );
  }

  /** The modules that make what a sink of a file is called on; undefined where none does. */
  of(unit: FileUnit, { used, made }: MadeWords, reads: Reads): readonly string[] | undefined {
    if (this.#last?.unit !== unit) {
      const { project } = unit;
      const modules =
        this.#modules.get(project) ?? new Modules(project, this.#bindings, this.#libraries);
      this.#modules.set(project, modules);
      this.#last = { unit, uses: new Uses(unit, modules) };
    }
    for (const words of this.#last.uses.of(used, reads)) {
      const there = made.map(({ names }) => names.map((one) => words.get(one)));
      const isThere = there.map((ways) => !ways.includes(undefined));
      if (!isThere.includes(true)) continue;
      if (made.some(({ text }, index) => !isThere[index] && !unit.words.has(text))) continue;
      return [...new Set(there.flat(2))].filter((path) => path !== undefined);
    }
    return undefined;
  }
}

/** What the calls of one file are made on. */
class Uses {
  readonly #unit: FileUnit;
  readonly #modules: Modules;
  readonly #known = new Map<Trigger, readonly Made[]>();
  readonly #made = new Map<Origin, Made>();

  constructor(unit: FileUnit, modules: Modules) {
    this.#unit = unit;
    this.#modules = modules;
  }

  of(trigger: Trigger, reads: Reads): readonly Made[] {
    const known = this.#known.get(trigger);
    if (known !== undefined) return known;
    const { path, triggers, code } = this.#unit;
    const origins = new Set<Origin>();
    const receivers = code && receiversIn(code);
    for (const place of (triggers.get(trigger) ?? []).flat())
      for (const origin of receivers?.at(place) ?? []) origins.add(origin);
    const found = new Set<Made>();
    for (const origin of origins) {
      const made = this.#made.get(origin) ?? this.#modules.made(path, origin, reads);
      this.#made.set(origin, made);
      if (made.size > 0) found.add(made);
    }
    const all = [...found];
    this.#known.set(trigger, all);
    return all;
  }
}

/** A name of a module, and what is asked of it. */
interface Place {
  readonly path: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** Definitions that are looked at for one name, and modules between the one that is asked and the one that makes the object. */
const MAX_DEFINITIONS = 16;
const MAX_MODULES = 4;

const NOTHING: Made = new Map();

/** The modules of a tree, as far as names of them were asked for. */
class Modules {
  readonly #project: Project;
  readonly #bindings: AskedOnce<MadeOf>;
  readonly #libraries: Libraries;
  readonly #parts: ReadonlySet<string>;

  constructor(project: Project, bindings: AskedOnce<MadeOf>, libraries: Libraries) {
    this.#project = project;
    this.#bindings = bindings;
    this.#libraries = libraries;
    this.#parts = partsOf(project.paths);
  }

  made(path: string, { imported, members }: Origin, reads: Reads): Made {
    if (this.#libraries.has(imported)) return NOTHING;
    const first = this.#placeOf(path, imported, members, reads);
    if (first === undefined) return NOTHING;
    const module = this.#module(first.path, reads);
    const known = module?.made.get(first.name);
    if (known !== undefined) return known;
    const { words, isWhole } = this.#look(first, reads);
    if (isWhole) module?.made.set(first.name, words);
    return words;
  }

  #look(first: Place, reads: Reads): { readonly words: Made; readonly isWhole: boolean } {
    let isWhole = true;
    const words = new Map<string, readonly string[]>();
    const seen = new Set<string>();
    const open = [{ ...first, through: [first.path] }];
    // A list grows while it is walked: what is nearer comes first.
    for (const { path: at, name, through } of open) {
      const key = `${at} ${name}`;
      if (seen.has(key) || seen.size >= MAX_DEFINITIONS) continue;
      seen.add(key);
      const module = this.#module(at, reads);
      if (module === undefined) {
        isWhole = false;
        continue;
      }
      const add = (word: string) => {
        if (!words.has(word)) words.set(word, through);
      };
      for (const one of namesOf(module, name)) {
        const [used = "", ...behind] = one.split(".");
        add(used);
        for (const member of behind) add(member);
        const imports = module.imports.get(used);
        if (imports === undefined && used !== name)
          open.push({ path: at, name: used, members: behind, through });
        for (const one of imports ?? []) {
          if (this.#libraries.has(one)) {
            for (const word of one.dotted.split(".")) add(word);
            if (one.name !== undefined) add(one.name);
            continue;
          }
          const place = this.#placeOf(at, one, behind, reads);
          if (place === undefined) continue;
          if (through.includes(place.path)) open.push({ ...place, through });
          else if (through.length < MAX_MODULES)
            open.push({ ...place, through: [...through, place.path] });
        }
      }
    }
    return { words, isWhole };
  }

  /** Where in the tree something stands that a module imports; undefined for what comes from elsewhere. */
  #placeOf(
    from: string,
    { dotted, level, name }: Imported,
    members: readonly string[],
    reads: Reads,
  ): Place | undefined {
    const rest = name === undefined || name === "*" ? [...members] : [name, ...members];
    if (level === 0 && !this.#parts.has(dotted.split(".", 1)[0] ?? "")) return undefined;
    let path = this.#moduleAt(from, dotted, level);
    for (let at = dotted; rest.length > 0; rest.shift()) {
      // A package may bind itself what has the name of one of its modules.
      if (path !== undefined && path !== from && this.#binds(path, rest[0] ?? "", reads)) break;
      at = at === "" ? (rest[0] ?? "") : `${at}.${rest[0]}`;
      const inner = this.#moduleAt(from, at, level);
      if (inner === undefined) break;
      path = inner;
    }
    const [own, ...behind] = rest;
    return path === undefined || own === undefined
      ? undefined
      : { path, name: own, members: behind };
  }

  #moduleAt(from: string, dotted: string, level: number): string | undefined {
    const target = this.#project.resolve(from, dotted, level);
    return target.kind === "tree" ? target.path : undefined;
  }

  #binds(path: string, name: string, reads: Reads): boolean {
    const module = this.#module(path, reads);
    return module !== undefined && (module.bound.has(name) || module.imports.has(name));
  }

  #module(path: string, reads: Reads): MadeOf | undefined {
    const project = this.#project;
    const known = project.tells?.(path, this.#bindings);
    if (known !== undefined || !reads() || project.read(path) === undefined) return known;
    return project.tells?.(path, this.#bindings);
  }
}

const knownParts = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** What folders and modules of a tree are called. */
function partsOf(paths: ReadonlySet<string>): ReadonlySet<string> {
  const known = knownParts.get(paths);
  if (known !== undefined) return known;
  const parts = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    if (!path.endsWith(".py")) continue;
    const end = path.lastIndexOf("/") + 1;
    folders.add(path.slice(0, end));
    parts.add(path.slice(end, -3));
  }
  for (const folder of folders) for (const part of folder.split("/")) parts.add(part);
  knownParts.set(paths, parts);
  return parts;
}
