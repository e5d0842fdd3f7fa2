/**
 * What objects from outside the tree are configured with: `app.config`, a mapping that a program fills key by key, and from classes,
 * modules and files. What comes last counts, so that a machine that is asked for this keeps the mapping as the names of a scope: each
 * with the value that it has at the end, and beside it what was taken in on the way.
 */
import type { Models } from "../../core/models.ts";
import { type Expression, isKind, walk } from "../ast.ts";
import { outsideBase } from "./ancestry.ts";
import { namespace } from "./containers.ts";
import { bindIn, bindingIn, type Machine, newScope } from "./machine.ts";
import { symbol } from "./symbols.ts";
import type { Binding, ClassValue, Scope, Site, Value } from "./values.ts";

export type ConfigurationForm = Models["configurations"][number];

/** A mapping of settings, as far as the program was seen to fill it. */
export interface Configuration {
  readonly form: ConfigurationForm;
  /** What it holds. */
  readonly names: Scope;
  /** Where it was first asked for. */
  readonly site: Site;
  readonly loads: Load[];
  /** Names of which the program does not put up with the value that they have here: it ends with an error. */
  readonly refused: Set<string>;
}

/** Settings that were taken in at once. */
export interface Load {
  /** The class that has them, or the path of the file. */
  readonly from: ClassValue | string;
  readonly site: Site;
  readonly names: ReadonlyMap<string, Binding>;
}

/** The configurations of the objects of a program, by the scope of the object's own attributes. */
export class Configurations {
  readonly #byObject = new Map<Scope, Configuration>();
  readonly #byNames = new Map<Scope, Configuration>();
  readonly #objects = new Set<object>();
  /** True once a function ended with an error, so that not all of the program was seen. */
  isCut = false;

  get all(): readonly Configuration[] {
    return [...this.#byObject.values()];
  }

  /** The configuration of an object, by the scope of its attributes. `site` is where it is made. */
  of(owner: Value, object: Scope, form: ConfigurationForm, site: Site): Configuration {
    const known = this.#byObject.get(object);
    if (known !== undefined) return known;
    const made: Configuration = {
      form,
      names: newScope("module"),
      site,
      loads: [],
      refused: new Set(),
    };
    this.#byObject.set(object, made);
    this.#objects.add(identityOf(owner) ?? object);
    this.#byNames.set(made.names, made);
    return made;
  }

  /** Notes that the program ends where a test of what it is configured with holds; false where the test asks for nothing of that. */
  refuse(test: Expression): boolean {
    let isAsked = false;
    for (const { form, names, refused } of this.all)
      for (const node of walk(test)) {
        const name = isKind(node, "Attribute")
          ? form.members[node.attr]
          : isKind(node, "Constant") && typeof node.value === "string"
            ? node.value
            : undefined;
        if (name === undefined || bindingIn(names, name) === undefined) continue;
        refused.add(name);
        isAsked = true;
      }
    return isAsked;
  }

  /** True for an object that is known to be configured, and for its mapping. */
  isConfigured(value: Value): boolean {
    if (this.ofMapping(value) !== undefined) return true;
    const identity = identityOf(value);
    return identity !== undefined && this.#objects.has(identity);
  }

  ofMapping(value: Value): Configuration | undefined {
    return value.kind === "dict" && value.scope !== undefined
      ? this.#byNames.get(value.scope)
      : undefined;
  }
}

/** What stays the same of an object, whatever is known of the value that it is. */
function identityOf(value: Value): object | undefined {
  if (value.kind === "symbol") return value.call;
  return value.kind === "instance" ? (value.self ?? value).attributes : undefined;
}

/** The configuration of an object from outside the tree, where an attribute of it has to do with that and somebody asks. */
function configurationOf(
  machine: Machine,
  owner: Value,
  name: string,
  site: Site,
): Configuration | undefined {
  const { configurations, models } = machine;
  if (configurations === undefined) return undefined;
  const forms = models.configurations.filter(
    ({ mapping, members }) => name === mapping || Object.hasOwn(members, name),
  );
  const kind = forms.length === 0 ? undefined : kindOf(machine, owner);
  const form = forms.find(({ object }) => object === kind);
  if (form === undefined) return undefined;
  if (owner.kind === "instance") {
    const { attributes } = owner.self ?? owner;
    return configurations.of(owner, attributes, form, owner.site ?? site);
  }
  if (owner.kind !== "symbol" || owner.call === undefined) return undefined;
  const object = machine.objects.get(owner.call) ?? newScope("class");
  machine.objects.set(owner.call, object);
  return configurations.of(owner, object, form, owner.site ?? site);
}

/** What a class outside the tree makes that an object is of. */
function kindOf(machine: Machine, owner: Value): string | undefined {
  if (owner.kind === "symbol") return owner.name;
  const base = owner.kind === "instance" ? outsideBase(machine, owner.class) : undefined;
  return base && symbol(machine, { kind: "symbol", name: `${base}()` }).name;
}

/** An object's configuration, where an attribute is that, or a member of it that the attribute stands for. */
export function configuredAttribute(
  machine: Machine,
  owner: Value,
  name: string,
  site: Site,
): Value | undefined {
  const configuration = configurationOf(machine, owner, name, site);
  if (configuration === undefined) return undefined;
  const { form, names } = configuration;
  if (name === form.mapping) return namespace(names, site);
  return bindingIn(names, form.members[name] ?? "")?.value;
}

/** Sets the member of an object's configuration that an attribute stands for. */
export function setConfigured(
  machine: Machine,
  owner: Value,
  name: string,
  value: Value,
  site: Site,
): void {
  const configuration = configurationOf(machine, owner, name, site);
  const member = configuration?.form.members[name];
  if (configuration !== undefined && member !== undefined)
    bindIn(machine, configuration.names, member, value, site);
}
