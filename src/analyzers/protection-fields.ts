/** Forms and serializers that say which fields of a model others may set, and those that they may not. */
import { type Expression, isKind, lastName, type Placed, type Statement } from "../python/index.ts";
import type { Access } from "./protection-facts.ts";

type ClassNode = Extract<Statement, { nodeType: "ClassDef" }>;

/** A field that is kept from being set, or can be. */
export interface Field {
  readonly node: Placed;
  /** Undefined where all fields are meant. */
  readonly name?: string;
  readonly isClosed: boolean;
}

export function fieldsOf(node: ClassNode, { facts, fielded, privileged }: Access): Field[] {
  const { inner, open, all, closed, more, always } = facts.fields;
  if (!node.bases.some((one) => fielded.test(lastName(one) ?? ""))) return [];
  const meta = node.body.find((one) => isKind(one, "ClassDef") && one.name === inner);
  if (meta === undefined || !isKind(meta, "ClassDef")) return [];
  const given = assignedTo(open, meta.body);
  const isAll = given?.nodeType === "Constant" && given.value === all;
  const opened = given === undefined ? undefined : textsIn(given);
  const whole: Field[] = isAll || opened !== undefined ? [{ node: meta, isClosed: !isAll }] : [];
  const kept = closed.map((name) => assignedTo(name, meta.body));
  const closedTexts = kept.map((one) => (one === undefined ? [] : textsIn(one)));
  // What is not written out, or said field by field, may say anything.
  if (closedTexts.includes(undefined) || assignedTo(more, meta.body) !== undefined) return whole;
  const protectedNames = new Set(closedTexts.flatMap((one) => one ?? []));
  const names = new Set([...(opened ?? []), ...protectedNames, ...always]);
  const single = [...names].flatMap((name): Field[] => {
    if (!privileged.test(name) || assignedTo(name, node.body) !== undefined) return [];
    if (protectedNames.has(name) || opened?.includes(name) === false)
      return [{ node: meta, name, isClosed: true }];
    return opened?.includes(name) ? [{ node: meta, name, isClosed: false }] : [];
  });
  return [...whole, ...single];
}

function assignedTo(name: string, body: readonly Statement[]): Expression | undefined {
  for (const node of body)
    if (
      isKind(node, "Assign") &&
      node.targets.some((one) => one.nodeType === "Name" && one.id === name)
    )
      return node.value;
  return undefined;
}

/** The members of a list of texts that is written out. */
function textsIn(node: Expression): readonly string[] | undefined {
  if (node.nodeType !== "List" && node.nodeType !== "Tuple" && node.nodeType !== "Set")
    return undefined;
  const texts = node.elts.flatMap((one) =>
    one.nodeType === "Constant" && typeof one.value === "string" ? [one.value] : [],
  );
  return texts.length === node.elts.length ? texts : undefined;
}
