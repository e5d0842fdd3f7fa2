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
  const [text, given, more] = node.args;
  const rules = placeholdersFor(file, name, models);
  if (rules === undefined || text === undefined || more !== undefined || node.keywords.length > 0)
    return undefined;
  if (given !== undefined && !isEmptyList(given)) return undefined;
  const source = text.nodeType === "Name" ? assignedOnce(call, text.id) : text;
  const template = source && readTemplate(file, source);
  const rewritten =
    template &&
    (rules.style === "braces"
      ? escapeHoles(template, argumentAt(call, 0), models)
      : bindHoles(template, rules));
  if (source === undefined || rewritten === undefined) return undefined;
  const edits =
    rules.style === "named"
      ? [edit(file, file.region(source), rewritten.text), binding(file, node, rewritten)]
      : handedOver(file, { source, text, given }, rewritten, rules.style);
  if (rules.instead === undefined)
    return { title: "Pass the data as a parameter of the statement", edits };
  const renamed = callInstead(file, node.func, rules.instead);
  const short = rules.instead.slice(rules.instead.lastIndexOf(".") + 1);
  return renamed && { title: `Let \`${short}\` escape the data`, edits: [...renamed, ...edits] };
}

/** The values behind the text, in the same call. */
function handedOver(
  file: ModuleFile,
  nodes: { source: Expression; text: Expression; given: Expression | undefined },
  rewritten: Rewritten,
  style: Placeholders["style"],
): Edit[] {
  const { source, text, given } = nodes;
  const list = rewritten.values.join(", ");
  const values = style === "braces" || style === "dollar" ? list : `[${list}]`;
  const { endLine, endColumn } = file.region(given ?? text);
  const region = { ...file.region(text), endLine, endColumn };
  return source === text
    ? [edit(file, region, `${rewritten.text}, ${values}`)]
    : [
        edit(file, file.region(source), rewritten.text),
        edit(file, region, `${file.source(text)}, ${values}`),
      ];
}

/** `.bindparams(name=value)` behind the call that makes a statement of the text. */
function binding(file: ModuleFile, call: Placed, { values, names }: Rewritten): Edit {
  const { endLine, endColumn } = file.region(call);
  const region = { startLine: endLine, startColumn: endColumn + 1, endLine, endColumn };
  const given = values.map((value, index) => `${names[index]}=${value}`);
  return edit(file, region, `.bindparams(${given.join(", ")})`);
}

function isEmptyList(node: Expression): boolean {
  return (node.nodeType === "List" || node.nodeType === "Tuple") && node.elts.length === 0;
}

function edit(file: ModuleFile, region: Region, text: string): Edit {
  return { path: file.path, region, text };
}

/** How parameters are written for a call: by what it is called on, or by the one package that the file imports. */
function placeholdersFor(file: ModuleFile, name: string, models: Models): Placeholders | undefined {
  const known = models.placeholders.find(
    (one) => one.call !== undefined && nameMatches(one.call, name),
  );
  if (known !== undefined) return known.style === "none" ? undefined : known;
  const packages = models.placeholders.filter((one) => one.package !== undefined);
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

/** What a local name is bound to, where that is done once, and what was bound is used nowhere else. */
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
  return uses === 2 ? found : undefined;
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
