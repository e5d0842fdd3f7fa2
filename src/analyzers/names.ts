import type { Models } from "../core/models.ts";
import { endingOf, holdsBefore, nameMatches } from "../core/name-pattern.ts";
import type { Trigger, TriggerWord, Use } from "./analyzer.ts";

interface Ending<T> {
  readonly ending: string;
  readonly within?: string;
  readonly item: T;
}

function endsSo<T>(name: string, { ending, within }: Ending<T>): boolean {
  return name.endsWith(ending) && (within === undefined || holdsBefore(name, ending, within));
}

/** An index over qualified names by the patterns of `nameMatches`. */
export class NameIndex<T> {
  readonly #exact = new Map<string, T[]>();
  readonly #endings = new Map<string, Ending<T>[]>();
  /** The few that end within a name. */
  readonly #parts: { readonly pattern: string; readonly item: T }[] = [];

  add(pattern: string, item: T): void {
    if (isPartOfName(pattern)) {
      this.#parts.push({ pattern, item });
      return;
    }
    if (pattern.startsWith("*.")) {
      const form = endingOf(pattern);
      const last = form.ending.slice(form.ending.lastIndexOf(".") + 1);
      addTo(this.#endings, last, { ...form, item });
      return;
    }
    const name = pattern.includes(".") ? pattern : `builtins.${pattern}`;
    addTo(this.#exact, name, item);
  }

  /** What is called so on objects of some class. */
  methodsNamed(name: string): readonly T[] {
    const entries = this.#endings.get(name) ?? [];
    return entries
      .filter((entry) => entry.ending.endsWith(`().${name}`))
      .map((entry) => entry.item);
  }

  find(name: string): readonly T[] {
    const exact = this.#exact.get(name) ?? [];
    const endings = this.#endings.get(name.slice(name.lastIndexOf(".") + 1)) ?? [];
    if (endings.length === 0 && this.#parts.length === 0) return exact;
    return [
      ...exact,
      ...endings.filter((entry) => endsSo(name, entry)).map((entry) => entry.item),
      ...this.#parts.filter((entry) => nameMatches(entry.pattern, name)).map((entry) => entry.item),
    ];
  }
}

function addTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}

/** True for `*session[]`, which `user_session[]` satisfies. */
function isPartOfName(pattern: string): boolean {
  return /^\*[^.]/.test(pattern);
}

/** Built-in functions that others are told to call. */
const HANDED_ON: ReadonlySet<string> = new Set(["eval", "exec"]);

/**
 * The words without which a name cannot be called: its last part and, of an imported one, its package and what it was made of. A
 * project that passes a function on under its own module's name is not seen; that is the price of not reading every file. What is
 * had from another package stands for as many parts of the name, which are then not written.
 */
export function triggerOf(
  pattern: string,
  models: Models,
  use?: Use,
  from = packageOf(pattern),
  standsFor = 0,
): Trigger {
  const written = pattern.replace(/^\*\./, "").split(".");
  const parts = written.map((part) => part.replace(/(?:\(\)|\[\])*=?$/, ""));
  const last = parts.at(-1) ?? pattern;
  const name = (text: string): TriggerWord => ({ text, whole: true, ...(use && { use }) });
  if (isPartOfName(pattern)) return [{ ...name(last.slice(1)), whole: false }];
  if (pattern.startsWith("*.")) {
    const called = name(/[\])=]$/.test(pattern) ? `.${last}` : `.${last}(`);
    // What it is called on may have another name there, but something of that kind was made in the same file: by a call, or by
    // extending a class.
    const made = written.slice(0, -1).flatMap((part, index) => {
      const text = parts[index] ?? part;
      if (text === "*") return [];
      return elsewhere(/^[a-z_]\w*\(\)$/.test(part) ? `${text}(` : text);
    });
    return [called, ...made];
  }
  // What runs code is handed to others as well: `run_in_executor(None, exec, code)`.
  if (parts.length === 1) return [name(HANDED_ON.has(last) ? last : `${last}(`)];
  const between = new Set([
    from,
    ...parts.slice(Math.max(standsFor, givenParts(written, models)), -1),
  ]);
  between.delete(last);
  return [...[...between].map(elsewhere), name(last)];
}

/** The same for each package that has what the name means, as models tell: what `flask.redirect` is, `quart.redirect` is too. */
export function triggersOf(pattern: string, models: Models, use?: Use): Trigger[] {
  const own = packageOf(pattern);
  if (!pattern.includes(".") || pattern.startsWith("*.")) {
    const inherited = /^\*\.[A-Z]\w*\(\)\.(\w+)$/.exec(pattern)?.[1];
    const words = triggerOf(pattern, models, use);
    if (inherited === undefined) return [words];
    // The class may be known only to the base class, in another file.
    return [words, [{ text: `self.${inherited}(`, whole: true, ...(use && { use }) }]];
  }
  const packages = new Map([[own, 0]]);
  const parts = pattern.split(".");
  for (let count = parts.length; count > 1; count--)
    for (const one of packagesOf(models).get(parts.slice(0, count).join(".")) ?? [])
      if (!packages.has(one)) packages.set(one, count);
  return [...packages].map(([from, count]) => triggerOf(pattern, models, use, from, count));
}

function packageOf(name: string): string {
  return /^[^.([]*/.exec(name)?.[0] ?? name;
}

const knownPackages = new WeakMap<Models, ReadonlyMap<string, ReadonlySet<string>>>();

/** The packages from which models know something as a name. */
function packagesOf(models: Models): ReadonlyMap<string, ReadonlySet<string>> {
  const known = knownPackages.get(models);
  if (known !== undefined) return known;
  const packages = new Map<string, Set<string>>();
  knownPackages.set(models, packages);
  for (const [from, to] of models.types)
    packages.set(to, (packages.get(to) ?? new Set()).add(packageOf(from)));
  return packages;
}

/**
 * How many parts of a qualified name, from its start, models give to something that has another name in the code: `types`, and
 * parameters that a framework fills.
 */
export function givenParts(parts: readonly string[], models: Models): number {
  const given = namesGiven(models);
  for (let count = parts.length - 1; count > 0; count--)
    if (given.has(parts.slice(0, count).join("."))) return count;
  return 0;
}

const knownNames = new WeakMap<Models, ReadonlySet<string>>();

function namesGiven(models: Models): ReadonlySet<string> {
  const known = knownNames.get(models);
  if (known !== undefined) return known;
  const names = new Set([...models.types.values(), ...models.parameters.map((one) => one.is)]);
  knownNames.set(models, names);
  return names;
}

/** A word that a call by the name may be far from: the package that the name is from, or what it is made of. */
export function elsewhere(text: string): TriggerWord {
  return { text, whole: true, elsewhere: true };
}
