/** What an import binds a name to: a module, or what has a name in one. */
export interface Imported {
  readonly dotted: string;
  readonly level: number;
  /** `*` for all. */
  readonly name?: string;
}

/** How far before `import` its line begins, and how many characters of what it imports are read. */
const MAX_FROM = 300;
const MAX_LIST = 4000;
const FROM_WHERE = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]*$/;
const LIST = /^import\b[ \t]*(\([^)]*|(?:\\\r?\n|[^\\\n])*)/;
const NAME_AS = /([\w.]+|\*)(?:\s+as\s+(\w+))?/;

/**
 * What the imports of a text bind, wherever they stand, by the name that it has there; under `*` the modules of which they take all.
 * Told by the text alone, which may be that of a comment.
 */
export function importedNames(text: string): ReadonlyMap<string, readonly Imported[]> {
  const found = new Map<string, Imported[]>();
  const add = (as: string, imported: Imported) => {
    const known = found.get(as);
    if (known === undefined) found.set(as, [imported]);
    else known.push(imported);
  };
  for (let at = text.indexOf("import"); at >= 0; at = text.indexOf("import", at + 1)) {
    const before = text.slice(Math.max(0, at - MAX_FROM), at);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const [, dots, dotted = ""] = (line !== "" && FROM_WHERE.exec(line)) || [];
    if (dots === undefined && line.trim() !== "") continue;
    const [read = "", list = ""] = LIST.exec(text.slice(at, at + MAX_LIST)) ?? [];
    // A list that is too long to be read may hold anything.
    if (dots !== undefined && read.length === MAX_LIST)
      add("*", { dotted, level: dots.length, name: "*" });
    for (const one of (list.includes("#") ? list.replace(/#.*/g, "") : list).split(",")) {
      const [, name = "", alias] = NAME_AS.exec(one) ?? [];
      const [first = ""] = name.split(".", 1);
      if (name === "") continue;
      if (dots !== undefined) add(alias ?? name, { dotted, level: dots.length, name });
      else add(alias ?? first, { dotted: alias === undefined ? first : name, level: 0 });
    }
  }
  return found;
}
