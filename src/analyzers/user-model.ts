/**
 * The class behind a setting such as `AUTH_USER_MODEL = "accounts.User"`, as far as its own module tells: which field a class
 * attribute names, and whether two rows may have the same value in it.
 */
import * as z from "zod";
import { ownValue } from "../core/own-value.ts";
import {
  asString,
  bindingIn,
  type ClassValue,
  Interpreter,
  type Scope,
  truth,
  type Value,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";

const Names = z.array(z.string().min(1)).min(1);

/** A model of which a field, named by a class attribute, may hold the same value twice. */
export const SharedField = z.strictObject({
  /** The class attribute that names the field. */
  "named-by": z.string().min(1),
  /** What the qualified names of field classes begin with; of others nothing is known. */
  fields: z.string().min(1),
  /** Arguments of a field that make its values unique. */
  unless: Names,
  /** What makes a list of fields unique, in `constraints` of the class within the model that is named here. */
  constraint: z.string().min(1),
  meta: z.string().min(1),
  /** Fields that bases outside the tree have, and that are not unique there. */
  inherited: z.record(z.string(), Names).default({}),
});
type SharedField = z.infer<typeof SharedField>;

/** True when the model that a value names surely has such a field. */
export function hasSharedField(
  value: Value | undefined,
  asked: SharedField,
  project: Project,
): boolean {
  const [, label = "", name = ""] = /^(\w+)\.(\w+)$/.exec(asString(value) ?? "") ?? [];
  const model = label === "" ? undefined : modelOf(project, label, name);
  const field = model && asString(bindingIn(model.scope, asked["named-by"])?.value);
  if (model === undefined || field === undefined) return false;
  const own = bindingIn(model.scope, field)?.value;
  const isShared = own === undefined ? isSharedInBase(model, field, asked) : isSharedIn(own, asked);
  return isShared && !isConstrained(model, field, asked);
}

/** A class of the models of an app, which is known by the name of its folder. */
function modelOf(project: Project, label: string, name: string): ClassValue | undefined {
  const places = [`${label}/models.py`, `${label}/models/__init__.py`];
  const paths = [...project.paths].filter((path) =>
    places.some((place) => path === place || path.endsWith(`/${place}`)),
  );
  const [path] = paths;
  // Of two apps with one name only one can be installed; which of them is not looked at.
  if (path === undefined || paths.length > 1) return undefined;
  const scope = new Interpreter(project, { eager: false }).module(path);
  const model = scope && bindingIn(scope, name)?.value;
  return model?.kind === "class" ? model : undefined;
}

function isSharedIn(field: Value, { fields, unless }: SharedField): boolean {
  if (field.kind !== "symbol" || field.call === undefined || field.call.open) return false;
  if (!field.name.startsWith(fields)) return false;
  return unless.every((name) => {
    const given = field.call?.keywords.get(name);
    return given === undefined || truth(given) === false;
  });
}

function isSharedInBase({ bases }: ClassValue, field: string, { inherited }: SharedField): boolean {
  const names = bases.map((one) => (one.kind === "symbol" ? one.name : undefined));
  // A base of the tree may have a field of its own.
  return names.some(
    (name) => name !== undefined && ownValue(inherited, name)?.includes(field) === true,
  );
}

/** True unless nothing in the model may make the field unique. */
function isConstrained(
  { scope }: { readonly scope: Scope },
  field: string,
  { meta, constraint }: SharedField,
): boolean {
  const inner = bindingIn(scope, meta)?.value;
  const list = inner?.kind === "class" ? bindingIn(inner.scope, "constraints")?.value : undefined;
  if (list === undefined) return inner !== undefined && inner.kind !== "class";
  if (list.kind !== "sequence" || list.contents.content.open) return true;
  return list.contents.content.items.some((item) => {
    if (item.kind !== "symbol" || item.call === undefined) return true;
    if (item.name !== `${constraint}()` || item.call.keywords.has("condition")) return false;
    const fields = item.call.keywords.get("fields");
    const names = fields?.kind === "sequence" ? fields.contents.content.items : [];
    return names.length === 1 && asString(names[0]) === field;
  });
}
