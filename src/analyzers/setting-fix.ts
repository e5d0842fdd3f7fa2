/**
 * Edits that put a setting right where the place is certain: a literal is replaced, a member is added to a literal list or
 * dict. Whether the edit really makes the flaw go away is proven elsewhere, by scanning again.
 */
import * as z from "zod";
import type { Edit, ProposedFix, Region } from "../core/finding.ts";
import {
  type FunctionNode,
  isKind,
  type ModuleFile,
  type Placed,
  type Site,
  wayTo,
} from "../python/index.ts";
import { conditionsAt } from "./setting-conditions.ts";
import { type Place, siteOf } from "./setting-test.ts";
import type { SettingsModule } from "./settings-modules.ts";

/** Members of a list, as the texts that they are. */
const Names = z.array(z.string()).default([]);

export const SettingFix = z.union([
  /** The value as Python writes it. */
  z.strictObject({ set: z.string().min(1) }),
  /** A new member as Python writes it: after the last of some others, before the first of some, or at the end. */
  z.strictObject({ add: z.string().min(1), after: Names, before: Names }),
  /** A member, by its text, that goes behind the last of some others, or to the front where none of them is there. */
  z.strictObject({ move: z.string().min(1), after: Names }),
]);
export type SettingFix = z.infer<typeof SettingFix>;

/** Files whose values are not written as Python writes them, and of which only the line of one is known. */
const DATA = /\.(?:json|toml|ya?ml|ini|env)$/i;

/** The edit that a rule proposes for a flaw at a place; undefined where the code there is no plain literal of this setting alone. */
export function fixAt(
  fix: SettingFix,
  place: Place,
  name: string,
  module: SettingsModule,
): ProposedFix | undefined {
  const site = siteOf(place);
  if (site === undefined || !isOwn(site, place, module)) return undefined;
  if (DATA.test(site.file.path)) return undefined;
  if ("move" in fix) {
    const edits = moving(fix, site);
    return edits && { title: `Move \`${fix.move}\` to its place in \`${name}\``, edits };
  }
  const edit = "set" in fix ? replacing(fix.set, place) : adding(fix, site);
  if (edit === undefined) return undefined;
  const title =
    "set" in fix ? `Set \`${name}\` to \`${fix.set}\`` : `Add \`${fix.add}\` to \`${name}\``;
  return { title, edits: [edit] };
}

function replacing(text: string, { value, around, missing }: Place): Edit | undefined {
  if (value !== undefined) {
    const { site } = value;
    return site?.node.nodeType === "Constant"
      ? { ...site.file.location(site.node), text }
      : undefined;
  }
  const site = around?.site;
  if (site?.node.nodeType !== "Dict" || missing.length === 0) return undefined;
  const entry = missing.reduceRight((inner, key, index) => {
    const written = `"${key}": ${inner}`;
    return index === 0 ? written : `{${written}}`;
  }, text);
  return insertion(site, fieldsOf(site, "values"), Number.POSITIVE_INFINITY, entry);
}

/**
 * Whether a literal is this setting's alone, and counts whatever the environment says. What a function answers whoever asks it,
 * the default of a parameter, a row of a table that a key is looked up in, the element of a comprehension, and a name that others read too serve more than one;
 * an entry under the name of the setting, or of the variable that it is read from, is its own.
 */
function isOwn(site: Site, { setting, keys, value }: Place, module: SettingsModule): boolean {
  if (!conditionsAt(site, module).every((one) => one.isSure)) return false;
  const { file, node } = site;
  const chain = wayTo(node, file.body);
  const answered = chain.findLastIndex((one) => one.nodeType === "Return");
  const answering = chain.slice(0, answered + 1).findLast(isFunction);
  if (answering !== undefined && answering.name !== setting) return false;
  const variable = value?.environment?.name;
  const isNamed = (name: unknown) => name === setting || name === variable;
  let isNamedEntry = false;
  for (const [index, outer] of chain.entries()) {
    if (/^(?:Arguments|Lambda|For|AsyncFor|While)$/.test(outer.nodeType)) return false;
    // The element of a comprehension is every member that comes of it.
    const inner: unknown = chain[index + 1];
    if (isComprehension(outer) && !outer.generators.some((one) => one === inner)) return false;
    if (isKind(outer, "Keyword")) isNamedEntry ||= isNamed(outer.arg);
    if (!isKind(outer, "Dict") || keys.length > 0) continue;
    const key = outer.keys[outer.values.findIndex((one) => one === chain[index + 1])];
    if (key == null || !isKind(key, "Constant") || !isNamed(key.value)) return false;
    isNamedEntry = true;
  }
  if (isNamedEntry) return true;
  const statement = chain.findLast((one) => isKind(one, "Assign") || isKind(one, "AnnAssign"));
  if (statement === undefined) return true;
  const targets = isKind(statement, "Assign") ? statement.targets : [statement.target];
  const [target] = targets;
  if (target === undefined || targets.length > 1) return false;
  if (!isKind(target, "Name") || isNamed(target.id)) return true;
  // The field of a class that is filled from a variable is that variable's.
  if (variable !== undefined && chain.some((one) => isKind(one, "ClassDef"))) return true;
  return file.path === module.path && isReadOnce(target.id, file);
}

function isComprehension(node: Placed) {
  return (
    isKind(node, "ListComp") ||
    isKind(node, "SetComp") ||
    isKind(node, "DictComp") ||
    isKind(node, "GeneratorExp")
  );
}

/** True for a name that occurs in a file where it is set, and once more. */
function isReadOnce(name: string, { text }: ModuleFile): boolean {
  return [...text.matchAll(/\b[A-Za-z_]\w*/g)].filter(([word]) => word === name).length <= 2;
}

function isFunction(node: Placed): node is FunctionNode {
  return isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef");
}

function adding(fix: Extract<SettingFix, { add: string }>, site: Site): Edit | undefined {
  if (!isList(site)) return undefined;
  const members = fieldsOf(site, "elts");
  const texts = textsOf(site, members);
  const after = Math.max(...fix.after.map((one) => texts.lastIndexOf(one)), -1);
  const before = fix.before.map((one) => texts.indexOf(one)).filter((at) => at >= 0);
  const index = after >= 0 ? after + 1 : before.length > 0 ? Math.min(...before) : members.length;
  return insertion(site, members, index, fix.add);
}

/** Takes a member out of a literal, and puts it in again where it belongs; not where something is said beside it. */
function moving(
  { move, after }: Extract<SettingFix, { move: string }>,
  site: Site,
): readonly Edit[] | undefined {
  if (!isList(site)) return undefined;
  const { file } = site;
  const members = fieldsOf(site, "elts");
  const texts = textsOf(site, members);
  const from = texts.indexOf(move);
  const to = Math.max(...after.map((one) => texts.lastIndexOf(one)), -1) + 1;
  const [member, previous, next] = [members[from], members[from - 1], members[from + 1]];
  if (member === undefined || to === from || texts.lastIndexOf(move) !== from) return undefined;
  const line = file.lines[member.endLine - 1] ?? "";
  const rest = line.slice(member.endColumn);
  const cut = (start: { line: number; column: number }, end: { line: number; column: number }) => ({
    path: file.path,
    region: {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
    },
    text: "",
  });
  const put = insertion(site, members, to, file.slice(member));
  if (put === undefined) return undefined;
  if (indentBefore(file, member) !== undefined) {
    const above = member.startLine - 1;
    if (!/^\s*,?\s*$/.test(rest)) return undefined;
    return [
      put,
      cut(
        { line: above, column: (file.lines[above - 1] ?? "").length + 1 },
        { line: member.endLine, column: line.length },
      ),
    ];
  }
  if (previous?.endLine === member.startLine)
    return [
      put,
      cut(
        { line: previous.endLine, column: previous.endColumn + 1 },
        { line: member.endLine, column: member.endColumn },
      ),
    ];
  if (next?.startLine !== member.endLine) return undefined;
  return [
    put,
    cut(
      { line: member.startLine, column: member.startColumn },
      { line: next.startLine, column: next.startColumn - 1 },
    ),
  ];
}

function isList({ node }: Site): boolean {
  return /^(?:List|Tuple)$/.test(node.nodeType);
}

/** The members of a literal as texts, without their quotes. */
function textsOf({ file }: Site, members: readonly Region[]): readonly string[] {
  return members.map((member) => file.slice(member).replace(/^["']|["']$/g, ""));
}

/** The regions of a literal's members. */
function fieldsOf({ file, node }: Site, field: "elts" | "values"): Region[] {
  const members: unknown = Reflect.get(node, field);
  if (!Array.isArray(members)) return [];
  return members.flatMap((member: unknown) =>
    typeof member === "object" && member !== null && "nodeType" in member && "lineno" in member
      ? [file.region(member as never)]
      : [],
  );
}

/** Puts a member before the one at an index, in the layout that the literal has. */
function insertion(
  { file, node }: Site,
  members: readonly Region[],
  index: number,
  member: string,
): Edit | undefined {
  const whole = file.region(node);
  const previous = members[Math.min(index, members.length) - 1];
  const next = members[index];
  const at = (line: number, column: number, text: string): Edit => ({
    path: file.path,
    region: { startLine: line, startColumn: column, endLine: line, endColumn: column - 1 },
    text,
  });
  if (previous === undefined && next === undefined) {
    if (whole.startLine !== whole.endLine) return undefined;
    const isTuple = node.nodeType === "Tuple";
    return at(whole.startLine, whole.startColumn + 1, isTuple ? `${member},` : member);
  }
  const beside = previous ?? next;
  if (beside === undefined) return undefined;
  const indent = indentBefore(file, beside);
  if (indent === undefined) {
    return previous === undefined
      ? at(beside.startLine, beside.startColumn, `${member}, `)
      : at(beside.endLine, beside.endColumn + 1, `, ${member}`);
  }
  const newline = file.text.includes("\r\n") ? "\r\n" : "\n";
  if (previous === undefined) return at(beside.startLine, 1, `${indent}${member},${newline}`);
  const rest = (file.lines[previous.endLine - 1] ?? "").slice(previous.endColumn);
  return /^\s*,\s*(?:#.*)?$/.test(rest)
    ? at(previous.endLine + 1, 1, `${indent}${member},${newline}`)
    : at(previous.endLine, previous.endColumn + 1, `,${newline}${indent}${member}`);
}

/** The white space before what begins its line; undefined for what does not. */
function indentBefore(file: ModuleFile, { startLine, startColumn }: Region): string | undefined {
  const before = (file.lines[startLine - 1] ?? "").slice(0, startColumn - 1);
  return /^\s*$/.test(before) ? before : undefined;
}
