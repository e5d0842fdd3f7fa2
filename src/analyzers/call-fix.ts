import * as z from "zod";
import type { Edit, ProposedFix } from "../core/finding.ts";
import { type CallObservation, isKind, type ModuleFile, type Placed } from "../python/index.ts";

/** A change of the call itself that is right wherever the rule reports. */
export const CallFix = z.strictObject({
  title: z.string().min(1),
  /** Another attribute in place of the one that is called; where the function was imported by itself, no fix is offered. */
  rename: z.string().min(1).optional(),
  /** Keyword arguments and the source of the values they get, added where they are missing. */
  set: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** Arguments that go, by position or keyword. */
  drop: z.array(z.union([z.number().int().min(0), z.string().min(1)])).default([]),
});
export type CallFix = z.infer<typeof CallFix>;

/** The edits that a rule's fix means for one call; undefined where the call has a form that the fix does not fit. */
export function proposeFix(fix: CallFix, call: CallObservation): ProposedFix | undefined {
  const { file, node } = call.site;
  if (!isKind(node, "Call")) return undefined;
  const edits: Edit[] = [];
  if (fix.rename !== undefined) {
    if (node.func.nodeType !== "Attribute") return undefined;
    const attribute = file.region(node.func);
    edits.push({
      path: file.path,
      region: {
        ...attribute,
        startLine: attribute.endLine,
        startColumn: attribute.endColumn - node.func.attr.length + 1,
      },
      text: fix.rename,
    });
  }
  const list = [...node.args, ...node.keywords];
  // What `*` and `**` stand for cannot be counted or dropped.
  if (node.args.some((one) => one.nodeType === "Starred")) return undefined;
  const dropped = new Set<Placed>();
  for (const place of fix.drop) {
    const one =
      typeof place === "number"
        ? node.args[place]
        : node.keywords.find((keyword) => keyword.arg === place);
    if (one !== undefined) dropped.add(one);
  }
  for (const one of dropped) edits.push(removal(file, list, one));
  const added: string[] = [];
  for (const [name, source] of Object.entries(fix.set)) {
    const keyword = node.keywords.find((one) => one.arg === name);
    if (keyword === undefined) added.push(`${name}=${source}`);
    else edits.push({ path: file.path, region: file.region(keyword.value), text: source });
  }
  if (added.length > 0) {
    const last = list.at(-1);
    // A generator as the only argument needs parentheses of its own once there is another.
    if (last?.nodeType === "GeneratorExp") return undefined;
    const end = file.region(last ?? node);
    edits.push({
      path: file.path,
      region:
        last === undefined
          ? {
              ...end,
              startLine: end.endLine,
              startColumn: end.endColumn,
              endColumn: end.endColumn - 1,
            }
          : { ...end, startLine: end.endLine, startColumn: end.endColumn + 1 },
      text: `${last === undefined ? "" : ", "}${added.join(", ")}`,
    });
  }
  return edits.length === 0 ? undefined : { title: fix.title, edits };
}

/** Takes one argument out, together with the comma and the space before it or, of the first, after it. */
function removal(file: ModuleFile, list: readonly Placed[], one: Placed): Edit {
  const at = list.indexOf(one);
  const region = file.region(one);
  const before = list[at - 1];
  const after = list[at + 1];
  const previous = before === undefined ? undefined : file.region(before);
  const next = after === undefined ? undefined : file.region(after);
  const [startLine, startColumn] =
    previous === undefined
      ? [region.startLine, region.startColumn]
      : [previous.endLine, previous.endColumn + 1];
  const [endLine, endColumn] =
    previous !== undefined || next === undefined
      ? [region.endLine, region.endColumn]
      : [next.startLine, next.startColumn - 1];
  return { path: file.path, region: { startLine, startColumn, endLine, endColumn }, text: "" };
}
