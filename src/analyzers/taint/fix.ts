/**
 * Text that is built from data, rewritten so that the data is handed over beside it: a parameter of an SQL statement, an
 * argument of a function that escapes. Offered only where what stands in the code says surely what that would look like.
 */
import type { Edit, ProposedFix, Region } from "../../core/finding.ts";
import type { Models, Placeholders } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  type CallObservation,
  type Expression,
  isKind,
  type ModuleFile,
  type Placed,
  type Statement,
  walk,
} from "../../python/index.ts";
import { proposeFix as fixCall } from "../call-fix.ts";
import { argumentAt } from "../observed-call.ts";
import { bindHoles, type Rewritten } from "./bind.ts";
import { escapeHoles } from "./escape.ts";
import type { Sink } from "./match.ts";
import { readTemplate } from "./template.ts";

/** What to do instead of a call that data reaches; undefined where that is not certain. */
export function proposeFix(
  sink: Sink,
  call: CallObservation,
  name: string,
  models: Models,
): ProposedFix | undefined {
  return sink.fix === undefined ? handOver(call, name, models) : fixCall(sink.fix, call);
}

/** Hands over beside a text what was built into it. */
function handOver(call: CallObservation, name: string, models: Models): ProposedFix | undefined {
  const { file, node } = call.site;
  if (!isKind(node, "Call")) return undefined;
  const rules = placeholdersFor(call, name, models);
  const slots = rules && slotsOf(file, node, rules);
  if (rules === undefined || slots === undefined) return undefined;
  const { text } = slots;
  const source = text.nodeType === "Name" ? assignedOnce(call, text.id) : text;
  const template = source && readTemplate(file, source);
  const isMarkup = rules.style === "braces" && rules.literal === undefined;
  const rewritten =
    template &&
    (isMarkup
      ? escapeHoles(template, argumentAt(call, 0), models)
      : bindHoles(template, rules, {
          given: slots.given,
          before: rules.part === true ? "SELECT 1 WHERE " : "",
        }));
  const values = rewritten && asGiven(file, node, rewritten.values, rules);
  if (source === undefined || rewritten === undefined || values === undefined) return undefined;
  const edits = [
    edit(file, file.region(source), rewritten.text),
    handedOver(file, node, slots, { ...rewritten, values }, rules),
  ];
  if (!isMarkup) return { title: "Pass the data as a parameter of the statement", edits };
  if (rules.instead === undefined)
    return { title: `Let \`${rules.method}\` escape the data`, edits };
  const renamed = callInstead(file, node.func, rules.instead);
  const short = rules.instead.slice(rules.instead.lastIndexOf(".") + 1);
  return renamed && { title: `Let \`${short}\` escape the data`, edits: [...renamed, ...edits] };
}

/** The values as the text takes them; undefined where that would need a name that the file may not have, or where more is put in. */
function asGiven(
  file: ModuleFile,
  node: Call,
  values: readonly string[],
  { literal }: Placeholders,
): readonly string[] | undefined {
  if (literal === undefined) return values;
  const { endLine, endColumn } = file.region(node);
  const isUsed = /^\s*\./.test(file.lines[endLine - 1]?.slice(endColumn) ?? "");
  if (node.func.nodeType !== "Attribute" || isUsed) return undefined;
  const module = file.source(node.func.value);
  return values.map((value) => `${module}.${literal}(${value})`);
}

/** Where a call is given a text, and the values that its marks stand for. */
interface Slots {
  readonly text: Expression;
  /** The values as they stand in the code; undefined where the text has no parameters. */
  readonly given: readonly string[] | undefined;
  /** What holds them, where something does. */
  readonly holder: Expression | undefined;
}

/** Undefined where a call is given something else too, or values that are not written out. */
function slotsOf(file: ModuleFile, node: Call, rules: Placeholders): Slots | undefined {
  if (node.args.some((one) => one.nodeType === "Starred")) return undefined;
  if (rules.text !== undefined) return slotsByName(file, node, rules.text, rules.values);
  const [text, second] = node.args;
  if (text === undefined) return undefined;
  if (rules.values !== undefined)
    return slotsInHolder(file, node, text, keywordOf(node, rules.values), rules);
  if (node.keywords.length > 0) return undefined;
  if (rules.style === "dollar") {
    const given = node.args.slice(1).map((one) => file.source(one));
    return { text, given: given.length === 0 ? undefined : given, holder: undefined };
  }
  if (second !== undefined && (rules.method !== undefined || second.nodeType === "Dict"))
    return undefined;
  return slotsInHolder(file, node, text, second, rules);
}

/** The text is the only one of a list that is named. */
function slotsByName(
  file: ModuleFile,
  node: Call,
  name: string,
  values: string | undefined,
): Slots | undefined {
  const list = keywordOf(node, name);
  const [text, ...others] = list !== undefined && isList(list) ? list.elts : [];
  const holder = keywordOf(node, values);
  const given = holder === undefined ? [] : writtenIn(file, holder);
  return text === undefined || others.length > 0 || given === undefined
    ? undefined
    : { text, given, holder };
}

/** The values are in one list, or in one dict where they have names. */
function slotsInHolder(
  file: ModuleFile,
  { args }: Call,
  text: Expression,
  named: Expression | undefined,
  { style }: Placeholders,
): Slots | undefined {
  const holder = named ?? (style === "named" ? args[1] : undefined);
  const given = holder && writtenIn(file, holder);
  const isFitting = holder === undefined || (holder.nodeType === "Dict") === (style === "named");
  if (args.length > 2 || !isFitting || (holder !== undefined && given === undefined))
    return undefined;
  return { text, given: style === "named" ? undefined : given, holder };
}

function keywordOf({ keywords }: Call, name: string | undefined): Expression | undefined {
  return name === undefined ? undefined : keywords.find((one) => one.arg === name)?.value;
}

type Call = Extract<Expression, { nodeType: "Call" }>;

/** The values in a list, or what stands between the braces of a dict; undefined where they are not written out. */
function writtenIn(file: ModuleFile, node: Expression): readonly string[] | undefined {
  if (node.nodeType === "Dict") {
    const entries = node.keys.flatMap((key, index) => {
      const value = node.values[index];
      return key && value ? [`${file.source(key)}: ${file.source(value)}`] : [];
    });
    return entries.length === node.values.length ? entries : undefined;
  }
  if (!isList(node) || node.elts.some((one) => one.nodeType === "Starred")) return undefined;
  return node.elts.map((one) => file.source(one));
}

function isList(node: Expression): node is Extract<Expression, { nodeType: "List" | "Tuple" }> {
  return node.nodeType === "List" || node.nodeType === "Tuple";
}

/** The values where the call takes them: a method puts them in, each is an argument, or one thing holds them. */
function handedOver(
  file: ModuleFile,
  node: Call,
  { holder }: Slots,
  { values, names }: Rewritten,
  rules: Placeholders,
): Edit {
  const isNamed = rules.style === "named";
  if (rules.method !== undefined) {
    const given = isNamed ? values.map((value, index) => `${names[index]}=${value}`) : values;
    return behind(file, node, `.${rules.method}(${given.join(", ")})`);
  }
  const last = [...node.args, ...node.keywords].at(-1) ?? node;
  if (rules.style === "braces" || rules.style === "dollar") {
    const added = values.slice(node.args.length - 1);
    return behind(file, last, `, ${added.join(", ")}`);
  }
  const entries = isNamed ? values.map((value, index) => `"${names[index]}": ${value}`) : values;
  const known = isNamed && holder !== undefined ? (writtenIn(file, holder) ?? []) : [];
  const held = [...known, ...entries].join(", ");
  const isTuple = holder?.nodeType === "Tuple" && values.length > 1;
  const list = isNamed ? `{${held}}` : isTuple ? `(${held})` : `[${held}]`;
  if (holder !== undefined) return edit(file, file.region(holder), list);
  return behind(file, last, rules.values === undefined ? `, ${list}` : `, ${rules.values}=${list}`);
}

/** An insertion behind something. */
function behind(file: ModuleFile, node: Placed, text: string): Edit {
  const { endLine, endColumn } = file.region(node);
  const region = { startLine: endLine, startColumn: endColumn + 1, endLine, endColumn };
  return edit(file, region, text);
}

function edit(file: ModuleFile, region: Region, text: string): Edit {
  return { path: file.path, region, text };
}

/** How parameters are written for a call: by what it is called on or given, or by the one package that the file imports. */
function placeholdersFor(
  call: CallObservation,
  name: string,
  models: Models,
): Placeholders | undefined {
  const { file } = call.site;
  const known = models.placeholders.find(
    (one) => one.call !== undefined && nameMatches(one.call, name),
  );
  const packages = models.placeholders.filter((one) => one.package !== undefined);
  if (known?.connection !== undefined) {
    const connection = argumentAt(call, known.connection);
    const driver = connection?.kind === "symbol" ? connection.name : "";
    const own = packages.find((one) => driver.startsWith(`${one.package}.`));
    return own && own.style !== "none" ? { ...own, values: known.values } : undefined;
  }
  if (known !== undefined) return known.style === "none" ? undefined : known;
  const own = packages.find((one) => name.startsWith(`${one.package}.`));
  if (own !== undefined) return own.style === "none" ? undefined : own;
  const imported = new Set(importedPackages(file.body));
  const styles = packages.filter((one) => imported.has(one.package ?? ""));
  const [first] = styles;
  return first?.style !== "none" && new Set(styles.map((one) => one.style)).size === 1
    ? first
    : undefined;
}

function importedPackages(body: readonly Statement[]): string[] {
  return body.flatMap((node) => {
    if (node.nodeType === "ImportFrom") return [node.module?.split(".")[0] ?? ""];
    return node.nodeType === "Import"
      ? node.names.map((alias) => alias.name.split(".")[0] ?? "")
      : [];
  });
}

/**
 * What a local name is bound to, where that is done once, and what was bound is used nowhere else; undefined where what it is made of
 * may be something else by the time of the call.
 */
function assignedOnce(call: CallObservation, name: string): Expression | undefined {
  const around = call.within?.node;
  if (around === undefined) return undefined;
  let found: Expression | undefined;
  let uses = 0;
  for (const node of walk(around)) {
    if (isName(node, name)) uses++;
    if (
      isKind(node, "Assign") &&
      node.targets.length === 1 &&
      node.targets[0] &&
      isName(node.targets[0], name)
    )
      found = node.value;
  }
  // Once where it is bound, once where it is given to the call.
  return uses === 2 && found && staysSame(found, call.site.node, around) ? found : undefined;
}

/** True where nothing that a value is made of is bound again before a call behind it, and nothing that it calls is used before. */
function staysSame(value: Expression, call: Placed, around: Placed): boolean {
  const [names, called] = [new Set<string>(), new Set<string>()];
  for (const node of walk(value)) {
    if (isKind(node, "Name")) names.add(node.id);
    if (isKind(node, "Call"))
      for (const inner of walk(node)) if (isKind(inner, "Name")) called.add(inner.id);
  }
  const [start, at] = [value.end_lineno ?? value.lineno, call.lineno ?? 0];
  let end = at;
  // What a loop binds below the call is there when it comes round.
  for (const node of walk(around))
    if (isKind(node, "For") || isKind(node, "AsyncFor") || isKind(node, "While"))
      if (node.lineno > start && node.lineno <= at) end = Math.max(end, node.end_lineno ?? at);
  for (const node of walk(around)) {
    if (isKind(node, "Attribute") || isKind(node, "Subscript")) {
      const isSet = node.ctx.nodeType !== "Load" && node.lineno > start && node.lineno <= end;
      for (const inner of isSet ? walk(node) : [])
        if (isKind(inner, "Name") && names.has(inner.id)) return false;
    }
    if (!isKind(node, "Name") || node.lineno <= start || node.lineno > end) continue;
    if (node.ctx.nodeType !== "Load" && names.has(node.id)) return false;
    if (node.lineno < at && called.has(node.id)) return false;
  }
  return true;
}

function isName(node: Placed, id: string): boolean {
  return isKind(node, "Name") && node.id === id;
}

/** Calls another function, and imports it beside the one that was called. */
function callInstead(file: ModuleFile, callee: Expression, instead: string): Edit[] | undefined {
  if (callee.nodeType !== "Name") return undefined;
  const at = instead.lastIndexOf(".");
  const [module, name] = [instead.slice(0, at), instead.slice(at + 1)];
  const imports = file.body.filter((node) => node.nodeType === "ImportFrom");
  const isThere = imports.some(
    (node) =>
      node.module === module && node.names.some((alias) => alias.name === name && !alias.asname),
  );
  const beside = imports.find((node) =>
    node.names.some((alias) => (alias.asname ?? alias.name) === callee.id),
  );
  if (beside === undefined) return undefined;
  const region = file.region(beside);
  const before = {
    startLine: region.startLine,
    startColumn: region.startColumn,
    endLine: region.startLine,
    endColumn: region.startColumn - 1,
  };
  return [
    ...(isThere ? [] : [edit(file, before, `from ${module} import ${name}\n`)]),
    edit(file, file.region(callee), name),
  ];
}
