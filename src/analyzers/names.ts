import type { Trigger, TriggerWord } from "./analyzer.ts";

/**
 * An index over qualified names. A pattern is a name (`subprocess.run`; without a dot, a built-in one: `eval`), or `*.` and the
 * end of one (`*.objects.raw`), which any owner satisfies.
 */
export class NameIndex<T> {
  readonly #exact = new Map<string, T[]>();
  readonly #endings = new Map<string, { readonly ending: string; readonly item: T }[]>();

  add(pattern: string, item: T): void {
    if (pattern.startsWith("*.")) {
      const ending = pattern.slice(1);
      const last = ending.slice(ending.lastIndexOf(".") + 1);
      this.#endings.set(last, [...(this.#endings.get(last) ?? []), { ending, item }]);
      return;
    }
    const name = pattern.includes(".") ? pattern : `builtins.${pattern}`;
    this.#exact.set(name, [...(this.#exact.get(name) ?? []), item]);
  }

  find(name: string): readonly T[] {
    const exact = this.#exact.get(name) ?? [];
    const endings = this.#endings.get(name.slice(name.lastIndexOf(".") + 1));
    if (endings === undefined) return exact;
    return [
      ...exact,
      ...endings.filter((entry) => name.endsWith(entry.ending)).map((entry) => entry.item),
    ];
  }
}

/** Built-in functions that others are told to call. */
const HANDED_ON: ReadonlySet<string> = new Set(["eval", "exec"]);

/**
 * The words without which a name cannot be called: its last part and, of an imported one, its package. A project that passes
 * a function on under its own module's name is not seen; that is the price of not reading every file.
 */
export function triggerOf(pattern: string): Trigger {
  const parts = pattern
    .replace(/^\*\./, "")
    .split(".")
    .map((part) => part.replace(/(?:\(\)|\[\])*=?$/, ""));
  const last = parts.at(-1) ?? pattern;
  if (pattern.startsWith("*.")) {
    const called = { text: /[\])]$/.test(pattern) ? `.${last}` : `.${last}(`, whole: true };
    // What it is called on may have another name there, but something of that kind was made in the same file.
    return [called, ...parts.slice(0, -1).map(elsewhere)];
  }
  // What runs code is handed to others as well: `run_in_executor(None, exec, code)`.
  if (parts.length === 1) return [{ text: HANDED_ON.has(last) ? last : `${last}(`, whole: true }];
  const name = { text: last, whole: true };
  return parts[0] === last ? [name] : [elsewhere(parts[0] ?? last), name];
}

/** A word that a call by the name may be far from: the package that the name is from, or what it is made of. */
export function elsewhere(text: string): TriggerWord {
  return { text, whole: true, elsewhere: true };
}
