/**
 * What the names of a module are bound to, by its text alone: `db = SQLAlchemy()`, `def get_db(): return db`, `class Client(Session)`.
 * Asked before the module is parsed, and by names alone, which finds more than there is.
 */
import { type Imported, importedNames } from "../../python/index.ts";

/** Of a longer definition the rest is not looked at. */
const MAX_DEFINITION = 4000;
/** When one name is bound to so many others, further ones do not count. */
const MAX_NAMES = 200;
/** What begins a statement at the left edge, as far as one may bind names: the name, or the word before it, too. */
const LEFT_EDGE = /^(?:(?:class|(?:async[ \t]+)?def)[ \t]+)?(\w+)/gm;
const BLOCK = /^(?:if|elif|else|try|except|finally|with)$/;
const BOUND = /^[ \t]*[:=](?!=)/;
/** A line further in that binds a name, or an attribute of an object: the name and to what. */
const INNER = /^[ \t]+(?:(?:self|cls)\.)?(\w+)[ \t]*(?::[^=\n]*)?=(?!=)(.*)/gm;
const MEMBER = /^(?:[ \t]+(?:self|cls)\.| {2,4}|\t)\w+[ \t]*(?::[^=\n]*)?=(?!=)(.*)/gm;
const ENTERED = /\bwith[ \t]+(.*)[ \t]as[ \t]+(\w+)/g;
const GLOBAL = /^[ \t]+global[ \t]+(.*)/gm;
const GIVING = /^[ \t]+(?:return|yield)\b(.*)/gm;
const DOTTED = /(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,4}/g;

/** What the names of one module are bound to, by its text. */
export interface Bindings {
  readonly imports: ReadonlyMap<string, readonly Imported[]>;
  /** The names, with their attributes, that stand where one is bound. */
  readonly bound: ReadonlyMap<string, readonly string[]>;
}

/** What is done within classes and functions counts only in a module that imports something of what is meant: it is much. */
export function bindingsIn(text: string, isMeant: (imported: Imported) => boolean): Bindings {
  const imports = importedNames(text);
  const isUsing = [...imports.values()].some((all) => all.some(isMeant));
  const bound = new Map<string, string[]>();
  const bind = (name: string, to: string) => {
    const names = bound.get(name) ?? [];
    bound.set(name, names);
    if (names.length < MAX_NAMES) names.push(...(to.match(DOTTED) ?? []));
  };
  const starts = [...text.matchAll(LEFT_EDGE)];
  for (const [at, { index: start, 0: keyword, 1: name = "" }] of starts.entries()) {
    const end = Math.min(starts[at + 1]?.index ?? text.length, start + MAX_DEFINITION);
    const statement = text.slice(start + keyword.length, end);
    if (/^class\s/.test(keyword)) {
      bind(name, statement.slice(0, statement.indexOf(":")));
      for (const [, to = ""] of isUsing ? statement.matchAll(MEMBER) : []) bind(name, to);
    } else if (BLOCK.test(keyword)) {
      for (const [, inner = "", to = ""] of statement.matchAll(INNER)) bind(inner, to);
    } else if (/\s/.test(keyword)) bindGiven(name, statement, isUsing, bind);
    else if (BOUND.test(statement)) bind(name, statement);
  }
  return { imports, bound };
}

/** Of a function that counts which its result is made of, and what it sets for the whole module. */
function bindGiven(
  name: string,
  text: string,
  isUsing: boolean,
  bind: (name: string, to: string) => void,
): void {
  const given = [...text.matchAll(GIVING)].map(([, to = ""]) => to);
  for (const to of given) bind(name, to);
  if (!isUsing) return;
  const shared = new Set(
    [...text.matchAll(GLOBAL)].flatMap(([, names = ""]) => names.match(DOTTED) ?? []),
  );
  if (given.length === 0 && shared.size === 0) return;
  const wanted = new Set(given.flatMap((to) => to.match(DOTTED) ?? []));
  const own = [...text.matchAll(INNER)].map(([, as = "", to = ""]) => [as, to] as const);
  const entered = [...text.matchAll(ENTERED)].map(([, to = "", as = ""]) => [as, to] as const);
  for (const [as, to] of [...own, ...entered]) {
    if (shared.has(as)) bind(as, to);
    if (wanted.has(as)) bind(name, to);
  }
}

/** The names that say what one of a module is; of one that is imported, or that only an import of all names can have brought, that. */
export function namesOf({ imports, bound }: Bindings, name: string): readonly string[] {
  const own = bound.get(name);
  if (own !== undefined) return own;
  if (imports.has(name)) return [name];
  return imports.has("*") ? [`*.${name}`] : [];
}
