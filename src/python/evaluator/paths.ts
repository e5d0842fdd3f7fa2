/**
 * Paths of files. Where the tree lies on the disk of a deployment is not known, so a path in it is a text that starts with
 * `ROOT` and goes on with what is known: `__file__` is `ROOT/conf/settings.py`. A `pathlib.Path` is a symbol with such a text.
 */
import { sequence } from "./containers.ts";
import {
  type Arguments,
  asString,
  constant,
  type Site,
  type SymbolValue,
  text,
  type Value,
} from "./values.ts";

/** The folder that holds the tree. */
export const ROOT: SymbolValue = { kind: "symbol", name: "builtins.__root__" };

/** The names under which Python has its path classes. */
const CLASSES = new Set(
  ["Path", "PosixPath", "PurePath", "PurePosixPath"].map((one) => `pathlib.${one}`),
);

/** A path whose text is known, from the root of the tree where `isRooted`. */
interface Known {
  readonly isRooted: boolean;
  readonly text: string;
}

/** What the tree tells of a path. */
export interface Files {
  /** True for a file or folder of the tree, false for a path in the tree at which there is none, undefined elsewhere. */
  exists(path: Value, what: "file" | "folder" | "any"): boolean | undefined;
  /** The files of the tree at a path from its root, in which `*` and `?` stand for any part of a name; in order. */
  matching(pattern: string): readonly string[];
  /** The names in a folder of the tree, in order; undefined for any other. */
  namesIn(folder: Value): readonly string[] | undefined;
  /** The text of a file of the tree; undefined for any other. */
  textOf(path: Value): TreeFile | undefined;
}

/** A file of the tree. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}

/** The text of a `__file__`. */
export function fileText(path: string, site?: Site): Value {
  return text([ROOT, `/${path}`], site);
}

function knownPath(value: Value | undefined): Known | undefined {
  if (value === undefined) return undefined;
  const plain = asString(value);
  if (plain !== undefined) return { isRooted: false, text: plain };
  if (value.kind === "symbol") {
    if (value.name === ROOT.name) return { isRooted: true, text: "" };
    return value.path === undefined ? undefined : knownPath(value.path);
  }
  if (value.kind !== "text") return undefined;
  const [first, rest = "", ...more] = value.parts;
  const isRooted = typeof first === "object" && first.kind === "symbol" && first.name === ROOT.name;
  return isRooted && typeof rest === "string" && more.length === 0
    ? { isRooted, text: rest }
    : undefined;
}

/** The path from the root of the tree; undefined for a path that is not surely in it. `""` is the root itself. */
export function pathInTree(value: Value): string | undefined {
  const known = knownPath(value);
  if (known === undefined || !known.isRooted) return undefined;
  const normal = normalise(known).text;
  return normal.startsWith("/..") ? undefined : normal.replace(/^\//, "");
}

/** A path that is the same text for the same place, wherever the tree lies; undefined for one that is relative or not known. */
export function placeOf(value: Value): string | undefined {
  const known = knownPath(value);
  if (known === undefined) return undefined;
  const { isRooted, text: written } = normalise(known);
  if (isRooted) return `:${written}`;
  return written.startsWith("/") ? written : undefined;
}

function toText({ isRooted, text: written }: Known, site: Site): Value {
  return isRooted ? text([ROOT, written], site) : constant(written, site);
}

function toPath(known: Known, site: Site): SymbolValue {
  return { kind: "symbol", name: "pathlib.Path()", path: toText(known, site), site };
}

function normalise({ isRooted, text: written }: Known): Known {
  const parts: string[] = [];
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  const isAbsolute = isRooted || written.startsWith("/");
  const joined = parts.join("/");
  return {
    isRooted,
    text: isAbsolute ? `/${joined}`.replace(/^\/$/, isRooted ? "" : "/") : joined || ".",
  };
}

function join(parts: readonly Known[]): Known | undefined {
  let whole: Known | undefined;
  for (const part of parts) {
    if (whole === undefined || part.isRooted || part.text.startsWith("/")) whole = part;
    else
      whole = {
        isRooted: whole.isRooted,
        text:
          whole.text === "" && !whole.isRooted
            ? part.text
            : `${whole.text.replace(/\/$/, "")}/${part.text}`,
      };
  }
  return whole;
}

function parentOf(known: Known): Known {
  const { isRooted, text: written } = normalise(known);
  const at = written.lastIndexOf("/");
  if (at < 0) return { isRooted, text: isRooted ? "/.." : "." };
  return { isRooted, text: written.slice(0, at) || (isRooted ? "" : "/") };
}

const baseName = ({ text: written }: Known) => written.slice(written.lastIndexOf("/") + 1);
const suffixOf = (name: string) => /[^.](?<suffix>\.[^.]+)$/.exec(name)?.groups?.["suffix"] ?? "";

/** The text of a `pathlib.Path`. */
export function textOfPath(value: Value): Value | undefined {
  return value.kind === "symbol" ? value.path : undefined;
}

/** `path / other`, `path - 2` (of packages that go up so). */
export function pathOperator(op: string, left: Value, right: Value, site: Site): Value | undefined {
  if (textOfPath(left) === undefined && textOfPath(right) === undefined) return undefined;
  const [a, b] = [knownPath(left), knownPath(right)];
  if (
    op === "Sub" &&
    a !== undefined &&
    right.kind === "constant" &&
    typeof right.value === "number"
  ) {
    let up = a;
    for (let count = Math.min(right.value, 20); count > 0; count--) up = parentOf(up);
    return toPath(up, site);
  }
  // `+` joins what goes up with `-` too; a text and a path it only writes one after the other.
  if (op !== "Div" && (op !== "Add" || textOfPath(left) === undefined)) return undefined;
  const joined = a && b && join([a, b]);
  return joined && toPath(joined, site);
}

/** An attribute of a `pathlib.Path` that is not a method; undefined for any other. */
export function pathAttribute(owner: SymbolValue, name: string, site: Site): Value | undefined {
  const known = knownPath(owner.path);
  if (known === undefined) return undefined;
  switch (name) {
    case "parent":
      return toPath(parentOf(known), site);
    case "name":
      return constant(baseName(normalise(known)), site);
    case "suffix":
      return constant(suffixOf(baseName(known)), site);
    case "stem": {
      const last = baseName(normalise(known));
      return constant(last.slice(0, last.length - suffixOf(last).length), site);
    }
    case "root":
      return toText(known, site);
    default:
      return undefined;
  }
}

/** `path.parents[index]`. */
export function pathSubscript(owner: SymbolValue, key: Value, site: Site): Value | undefined {
  if (!owner.name.endsWith(".parents") || owner.base?.kind !== "symbol") return undefined;
  let known = knownPath(owner.base.path);
  if (known === undefined || key.kind !== "constant" || typeof key.value !== "number")
    return undefined;
  if (!(key.value >= 0 && key.value < 20)) return undefined;
  for (let count = key.value; count >= 0; count--) known = parentOf(known);
  return toPath(known, site);
}

/** The result of a call that has to do with paths; undefined when it is none, or what it gives is not known. */
export function callPath(
  files: Files,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  if (given.open) return undefined;
  const own = callee.base?.kind === "symbol" ? callee.base.path : undefined;
  if (own !== undefined && callee.base !== undefined)
    return pathMethod(files, own, callee.name.slice(callee.name.lastIndexOf(".") + 1), given, site);
  if (callee.path !== undefined) return joined(callee.path, given, site, false);
  if (CLASSES.has(callee.name)) {
    if (given.positional.length === 0) return toPath({ isRooted: false, text: "." }, site);
    const [first, ...rest] = given.positional;
    return first && joined(first, { ...given, positional: rest }, site, true);
  }
  if (callee.name === "glob.glob" || callee.name === "glob.iglob") {
    const pattern = given.positional[0] && pathInTree(given.positional[0]);
    if (pattern === undefined || pattern.includes("**") || given.keywords.size > 0)
      return undefined;
    return listed(files.matching(pattern), (one) => fileText(one, site), site);
  }
  if (!callee.name.startsWith("os.")) return undefined;
  return pathFunction(files, callee.name.slice("os.".length), given, site);
}

function joinTo(folder: Known, name: string, site: Site): SymbolValue {
  return toPath(join([folder, { isRooted: false, text: name }]) ?? folder, site);
}

/** A list of files, in the order of their names; what Python gives has no order. */
function listed(names: readonly string[], make: (name: string) => Value, site: Site): Value {
  return sequence("list", names.map(make), site);
}

function joined(first: Value, given: Arguments, site: Site, isPath: boolean): Value | undefined {
  const parts = [first, ...given.positional].map(knownPath);
  if (parts.includes(undefined)) return undefined;
  const whole = join(parts.filter((part) => part !== undefined));
  return whole && (isPath ? toPath(whole, site) : toText(whole, site));
}

function pathMethod(
  files: Files,
  own: Value,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const known = knownPath(own);
  const first = given.positional[0];
  if (known === undefined) return undefined;
  switch (name) {
    case "resolve":
    case "absolute":
    case "expanduser":
      return toPath(normalise(known), site);
    case "joinpath":
    case "path":
      return joined(own, given, site, true);
    case "as_posix":
    case "__str__":
    case "__fspath__":
    case "__call__":
      return given.positional.length === 0 ? own : joined(own, given, site, false);
    case "with_name":
    case "with_suffix": {
      const other = first && asString(first);
      if (other === undefined) return undefined;
      const last = baseName(known);
      const stem = name === "with_name" ? "" : last.slice(0, last.length - suffixOf(last).length);
      return toPath(
        { ...known, text: known.text.slice(0, known.text.length - last.length) + stem + other },
        site,
      );
    }
    case "exists":
    case "is_file":
    case "is_dir": {
      const what = name === "exists" ? "any" : name === "is_file" ? "file" : "folder";
      return isThere(files, own, what, site);
    }
    case "iterdir": {
      const names = files.namesIn(own);
      return names && listed(names, (one) => joinTo(known, one, site), site);
    }
    case "glob":
    case "rglob": {
      const pattern = first && asString(first);
      const whole = pattern === undefined ? undefined : pathInTree(joinTo(known, pattern, site));
      // `**` and folders below are more than names in one folder.
      if (whole === undefined || name === "rglob" || whole.includes("**")) return undefined;
      return listed(
        files.matching(whole),
        (one) => toPath({ isRooted: true, text: `/${one}` }, site),
        site,
      );
    }
    case "read_text":
    case "read_bytes": {
      const file = files.textOf(own);
      return file && { ...constant(file.text, site), file: file.path };
    }
    default:
      return undefined;
  }
}

/** Whether there is something at a path. What a deployment adds to the system is not there, as variables are not set. */
function isThere(
  files: Files,
  path: Value,
  what: "file" | "folder" | "any",
  site: Site,
): Value | undefined {
  const known = files.exists(path, what);
  if (known !== undefined) return constant(known, site);
  const name = pathOutside(path);
  return name === undefined
    ? undefined
    : { ...constant(false, site), environment: { name, site, file: true } };
}

/** The absolute path of a file that no system has by itself; undefined for any other. */
export function pathOutside(value: Value): string | undefined {
  const known = knownPath(value);
  if (known === undefined || known.isRooted || !known.text.startsWith("/")) return undefined;
  const { text: path } = normalise(known);
  return SYSTEM.test(path) ? undefined : path;
}

/** Folders that hold what comes with a system, or what runs on it. */
const SYSTEM =
  /^\/(?:$|(?:bin|boot|dev|lib\w*|proc|sbin|sys|tmp|usr|etc\/(?:ssl|hosts|passwd|os-release))(?:\/|$)|\w+$)/;

/** The way from one absolute path to another. */
function relative(to: Known, from: Known, site: Site): Value | undefined {
  const isAbsolute = (one: Known) => one.isRooted || one.text.startsWith("/");
  if (to.isRooted !== from.isRooted || !isAbsolute(to) || !isAbsolute(from)) return undefined;
  const [target, start] = [to, from].map((one) => normalise(one).text.split("/").filter(Boolean));
  if (target === undefined || start === undefined || target.concat(start).includes(".."))
    return undefined;
  let shared = 0;
  while (shared < target.length && target[shared] === start[shared]) shared++;
  const way = [...start.slice(shared).map(() => ".."), ...target.slice(shared)];
  return constant(way.join("/") || ".", site);
}

function pathFunction(files: Files, name: string, given: Arguments, site: Site): Value | undefined {
  const [first] = given.positional;
  const known = knownPath(first);
  if (first === undefined || known === undefined) return undefined;
  const answer = (what: "file" | "folder" | "any") => isThere(files, first, what, site);
  switch (name) {
    case "fspath":
    case "path.expanduser":
      return toText(known, site);
    case "path.expandvars":
      return known.text.includes("$") ? undefined : toText(known, site);
    case "path.isabs":
      return constant(known.isRooted || known.text.startsWith("/"), site);
    case "path.split": {
      const name = baseName(known);
      const head = known.text
        .slice(0, known.text.length - name.length)
        .replace(/(?<=[^/])\/+$/, "");
      return sequence(
        "tuple",
        [toText({ ...known, text: head }, site), constant(name, site)],
        site,
      );
    }
    case "path.splitext": {
      const suffix = suffixOf(baseName(known));
      const stem = known.text.slice(0, known.text.length - suffix.length);
      return sequence(
        "tuple",
        [toText({ ...known, text: stem }, site), constant(suffix, site)],
        site,
      );
    }
    case "path.abspath":
    case "path.realpath":
      return known.isRooted || known.text.startsWith("/")
        ? toText(normalise(known), site)
        : undefined;
    case "path.normpath":
      return toText(normalise(known), site);
    case "path.relpath": {
      const other = knownPath(given.positional[1] ?? given.keywords.get("start"));
      return other && relative(known, other, site);
    }
    case "path.dirname": {
      const at = known.text.lastIndexOf("/");
      return toText(
        { ...known, text: at < 0 ? "" : known.text.slice(0, at) || (known.isRooted ? "" : "/") },
        site,
      );
    }
    case "listdir": {
      const names = files.namesIn(first);
      return names && listed(names, (one) => constant(one, site), site);
    }
    case "path.basename":
      return constant(baseName(known), site);
    case "path.join":
      return joined(first, { ...given, positional: given.positional.slice(1) }, site, false);
    case "path.exists":
    case "path.lexists":
      return answer("any");
    case "path.isfile":
      return answer("file");
    case "path.isdir":
      return answer("folder");
    default:
      return undefined;
  }
}

/** The first of some files in a folder of the tree, that of the site's file unless one is named, or in the nearest one above. */
export function nearest(
  files: Files,
  site: Site,
  names: readonly string[],
  folder = site.file.path.split("/").slice(0, -1).join("/"),
): TreeFile | undefined {
  const folders = folder === "" ? [] : folder.split("/");
  for (let depth = folders.length; depth >= 0; depth--)
    for (const name of names) {
      const path = fileText([...folders.slice(0, depth), name].join("/"), site);
      if (files.exists(path, "file")) return files.textOf(path);
    }
  return undefined;
}
