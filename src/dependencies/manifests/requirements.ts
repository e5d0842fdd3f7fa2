/**
 * pip's own format: requirements and constraints, written by hand or compiled. Read as pip reads it: lines are joined at
 * backslashes, then comments go, then each line is either options or one requirement with options of its own
 * (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
 */

import type { Span } from "../../core/document.ts";
import type { Manifest, ManifestFormat, Package, ReadContext, Tool } from "../package.ts";
import { normaliseName } from "../package.ts";
import { Draft, type DraftPackage } from "./draft.ts";
import { type Links, link } from "./graph.ts";
import {
  insideOf,
  noteOption,
  optionsIn,
  type Token,
  tokensIn,
  unquote,
} from "./installer-options.ts";
import {
  fieldsOf,
  parseRequirement,
  repositoryName,
  scopeOfGroup,
  sourceOf,
} from "./requirement.ts";

const REQUIREMENTS =
  /(?:^|\/)(?:[^/]*[-_.])?(?:requirements?|reqs)(?:[-_.][^/]*|\d*)\.(?:txt|in|pip|lock)$|(?:^|\/)(?:requirements?|reqs)\/[^/]+\.(?:txt|in|pip)$|(?:^|\/)(?:requirements?|reqs)\/[^/]+\/[^/]+\.(?:txt|in)$/i;
const CONSTRAINTS = /(?:^|\/)(?:[^/]*[-_.])?constraints?(?:[-_.][^/]*|\d*)\.(?:txt|in|pip)$/i;

/** Requirements of pip, compiled or not. */
export const requirements = {
  id: "requirements",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pip",
  matches: (path) => REQUIREMENTS.test(path) && !CONSTRAINTS.test(path),
  read: (text, path, context) => readLines({ text, path, context }, "requirement"),
} as const satisfies ManifestFormat;

/** Constraints of pip: they limit what is installed, and ask for nothing. */
export const constraints = {
  id: "constraints",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pip",
  matches: (path) => CONSTRAINTS.test(path),
  read: (text, path, context) => readLines({ text, path, context }, "constraint"),
} as const satisfies ManifestFormat;

/** A line as pip sees it, with its comment apart. */
interface LogicalLine extends Span {
  readonly comment: string;
}

type Entry = DraftPackage & { via: string[] };

interface File {
  readonly text: string;
  readonly path: string;
  readonly context: ReadContext;
}

/** Compiled files may be compiled into further ones; nobody stacks them higher. */
const MAX_LAYERS = 3;

function readLines(file: File, kind: "requirement" | "constraint", layer = 0): Manifest {
  const { text, path } = file;
  const draft = new Draft("PyPI", text, path);
  const entries: Entry[] = [];
  let isListing = false;
  for (const line of logicalLines(text)) {
    const last = entries.at(-1);
    if (line.start === line.end) {
      // The comments below an entry, by which compilers tell who asks for it.
      const first: string | undefined = /^\s*via\b(.*)$/.exec(line.comment)?.[1];
      const next: string | undefined = isListing
        ? /^\s{2,}(\S.*)$/.exec(line.comment)?.[1]
        : undefined;
      if (last !== undefined) last.via.push(...askers(first ?? next ?? ""));
      isListing = first !== undefined || next !== undefined;
      continue;
    }
    isListing = false;
    const tokens = tokensIn(text, line);
    const entry = readEntry(draft, tokens, kind);
    if (entry === undefined) continue;
    const first = /^\s*via\b(.*)$/.exec(line.comment)?.[1];
    isListing = first !== undefined;
    entries.push({ ...entry, via: askers(first ?? "") });
  }
  const compiler = compilerOf(text);
  const isCompiled = compiler.tool !== undefined || entries.some(({ via }) => via.length > 0);
  const below = layer < MAX_LAYERS ? layersBelow(file, layer) : () => undefined;
  addAll(draft, entries, { kind, isCompiled, below });
  return draft.finish(compiler);
}

function addAll(
  draft: Draft,
  entries: readonly Entry[],
  file: {
    kind: "requirement" | "constraint";
    isCompiled: boolean;
    below: (target: string) => ReadonlySet<string> | undefined;
  },
): void {
  const keys: Links = new Map();
  for (const { name, version } of entries) {
    const plain = normaliseName("PyPI", name);
    const key = version === undefined ? plain : `${plain}@${version}`;
    link(keys, plain, [key]);
  }
  const isDirect = (name: string, via: readonly string[]) =>
    via.some((asker) => {
      const included = /^-r\s+(.+)$/.exec(asker)?.[1];
      if (included !== undefined) return !file.below(included)?.has(normaliseName("PyPI", name));
      // Who asks and is not in the file is the project: `shop (pyproject.toml)`, or `shop` in an export of uv.
      return !asker.startsWith("-") && !keys.has(normaliseName("PyPI", asker));
    });
  for (const { via, ...entry } of entries) {
    const parents = via
      .filter((asker) => !asker.startsWith("-"))
      .flatMap((asker) => [...(keys.get(normaliseName("PyPI", asker)) ?? [])]);
    const compiled = via.length > 0 ? isDirect(entry.name, via) : undefined;
    const direct = file.isCompiled ? compiled : true;
    draft.add({ ...entry, direct: file.kind === "requirement" ? direct : undefined, parents });
  }
}

/**
 * What is not direct in a compiled file that a further one was compiled from: `via -r base.txt` says no more than that it stands
 * there. Compilers write the path from where they were started, as a rule the root.
 */
function layersBelow(
  file: File,
  layer: number,
): (target: string) => ReadonlySet<string> | undefined {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  return (target) => {
    if (known.has(target) || known.size >= MAX_FILES_BELOW) return known.get(target);
    known.set(target, undefined);
    for (const path of [insideOf("", target), insideOf(file.path, target)]) {
      const text = path === undefined || path === file.path ? undefined : file.context.read(path);
      if (path === undefined || text === undefined || compilerOf(text).tool === undefined) continue;
      const { packages } = readLines(
        { text, path, context: file.context },
        "requirement",
        layer + 1,
      );
      known.set(
        target,
        new Set(packages.filter(({ direct }) => direct === false).map(({ name }) => name)),
      );
      break;
    }
    return known.get(target);
  };
}

const MAX_FILES_BELOW = 10;

/** Who is named in a `via` comment: `-r base.in, celery`, `shop (pyproject.toml)`. */
function askers(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** What the headers of compiled and exported files hold, by the program that writes it. */
const HEADERS: readonly (readonly [Tool, RegExp])[] = [
  ["uv-pip", /uv pip compile/],
  ["uv", /autogenerated by uv|uv export/],
  ["pip-compile", /pip-compile/],
  ["pipenv", /autogenerated by pipenv/],
  ["pdm", /@generated by PDM/],
  ["rye", /generated by rye/],
];
const MAX_COMMAND = 300;

/** Which program says in the header that it wrote the file, and by which command. */
function compilerOf(text: string): Pick<Manifest, "tool" | "compiledBy"> {
  const header = /^(?:(?:\s*#|-i ).*\n){0,30}/.exec(text)?.[0] ?? "";
  const tool = HEADERS.find(([, mark]) => mark.test(header))?.[0];
  if (tool === undefined) return {};
  const command = /^#\s+((?:uv pip compile|pip-compile)(?: [\w@./+=:,-]+)*)\s*$/m.exec(header)?.[1];
  const isShort = command !== undefined && command.length <= MAX_COMMAND;
  return { tool, ...(isShort && { compiledBy: command }) };
}

const COMMENT = /(?:^|\s)#/;

function* logicalLines(text: string): Generator<LogicalLine> {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    let end = endOfLine(text, start);
    // A comment ends a joined line, and the backslash at its own end joins nothing.
    while (
      text.charCodeAt(end - 1) === 92 &&
      end < text.length &&
      !/^\s*#/.test(text.slice(text.lastIndexOf("\n", end - 1) + 1, end))
    ) {
      end = endOfLine(text, afterBreak(text, end));
    }
    const whole = text.slice(start, end);
    const mark = COMMENT.exec(whole);
    const code = mark === null ? whole : whole.slice(0, mark.index);
    const first = code.length - code.trimStart().length;
    const last = code.trimEnd().length;
    yield {
      start: start + Math.min(first, last),
      end: start + last,
      comment: mark === null ? "" : whole.slice(mark.index + mark[0].length),
    };
    start = afterBreak(text, end);
  }
}

/** The offset of the end of the line, before its line break. */
function endOfLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  const end = found < 0 ? text.length : found;
  return end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
}

function afterBreak(text: string, end: number): number {
  return end + (text.charCodeAt(end) === 13 ? 2 : 1);
}

/** Notes a line of options, or gives the package that a line asks for. */
function readEntry(
  draft: Draft,
  tokens: readonly Token[],
  kind: "requirement" | "constraint",
): DraftPackage | undefined {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const span = { start: first.start, end: last.end };
  const optionsAt = tokens.findIndex((token) => /^--?[a-z]/i.test(token.text));
  const options = optionsAt < 0 ? [] : optionsIn(tokens.slice(optionsAt));
  const common = { kind, scope: scopeOfFile(draft.path), span };
  if (optionsAt === 0) {
    let editable: DraftPackage | undefined;
    for (const option of options) {
      if (option.name === "-e" || option.name === "--editable")
        editable = { ...reference(option.value ?? "", option.valueSpan), ...common };
      else noteOption(draft, option);
    }
    return editable === undefined || editable.name === "" ? undefined : editable;
  }
  const hashes = options.flatMap(({ name, value }) =>
    name === "--hash" && value !== undefined ? [value] : [],
  );
  const end = optionsAt < 0 ? last.end : (tokens[optionsAt - 1]?.end ?? last.end);
  const written = draft.text.slice(first.start, end);
  const withHashes = { ...common, hashes };
  if (
    /^(?:[a-z][a-z\d+.-]*:\/\/|git@|\.{0,2}\/|\.$|~|[a-z]:\\)/i.test(written) ||
    isFile(written) ||
    isFolder(written)
  ) {
    const entry = reference(written, { start: first.start, end });
    return entry.name === "" ? undefined : { ...entry, ...withHashes };
  }
  const found = parseRequirement(draft.text, first.start, end);
  if (found !== undefined) return { ...fieldsOf(found), ...withHashes };
  // A template's placeholder may hold a password as well as a version: it is not repeated.
  draft.problem(
    /\$\{|\{\{|\{%/.test(written)
      ? "the entry depends on a variable"
      : "not a requirement that pip would read",
    span,
  );
  return undefined;
}

function isFile(written: string): boolean {
  const [path = ""] = written.split(/[#;\s]/, 1);
  return /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)$/i.test(path) && !written.includes("@ ");
}

/** pip takes what holds a slash for a path; a name with an address has an `@`. */
function isFolder(written: string): boolean {
  return /^[^\s@;#]+\/[^\s@;#]*$/.test(written);
}

/** An entry that is an address or a path. Its name is that of its fragment, else that of the file or repository. */
function reference(
  written: string,
  span: Span | undefined,
): Pick<DraftPackage, "name" | "nameSpan" | "source" | "version" | "marker" | "extras"> {
  const named = /^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*@\s*(\S+)/.exec(written);
  const [address = "", marker] = written.split(/\s+;\s*/, 2);
  const target = named?.[3] ?? unquote(address);
  const source = sourceOf(target);
  const egg = /[#&]egg=([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?/.exec(target);
  const extras = (named?.[2] ?? egg?.[2] ?? "").split(",").filter((one) => one !== "");
  const [path = ""] = target.split(/[#?]/, 1);
  const wheel = /([^/\\]+?)-(\d[^-/\\]*)(?:-[^/\\]*)?\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)$/i.exec(
    path,
  );
  const isPath = source.kind === "path";
  const base =
    isPath || source.kind === "url" ? "" : repositoryName(source.kind === "vcs" ? source.url : "");
  const name = named?.[1] ?? egg?.[1] ?? wheel?.[1] ?? base;
  return {
    name,
    source,
    ...(span !== undefined && { nameSpan: span }),
    ...(wheel?.[2] !== undefined && { version: wheel[2] }),
    ...(marker !== undefined && { marker }),
    ...(extras.length > 0 && { extras }),
  };
}

/** Who a file's requirements are for, by its name: `requirements-dev.txt`, `requirements/test.txt`, `docs/requirements.txt`. */
function scopeOfFile(path: string): Package["scope"] {
  const parts = path.split("/");
  const name = (parts.pop() ?? "").replace(/\.\w+$/, "");
  const folder = parts.at(-1) ?? "";
  const own = scopeOfGroup(name, "main");
  return own === "main" ? scopeOfGroup(folder, "main") : own;
}
