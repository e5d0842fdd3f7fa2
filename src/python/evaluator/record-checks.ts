/** The methods by which a class of records looks over what its fields get, by what decorates them. */
import { nameMatches } from "../../core/name-pattern.ts";
import { ancestry } from "./ancestry.ts";
import { annotationOf, readAnnotation } from "./annotations.ts";
import type { Field } from "./fields.ts";
import { argument, type Machine } from "./machine.ts";
import {
  asString,
  type ClassValue,
  type FunctionValue,
  type SymbolValue,
  truth,
  type Value,
} from "./values.ts";

/** When such a method runs; `around` the others where it calls what does the rest itself. */
type When = "early" | "late" | "around";

/** A method that looks over single fields. */
export interface FieldCheck {
  readonly method: FunctionValue;
  readonly when: When;
  /** True where it gets defaults, too, that others do not. */
  readonly isAlways: boolean;
  /** How it gets what the fields before hold: as a parameter of this name, or as this attribute of what follows the value. */
  readonly others: {
    readonly parameter?: string | undefined;
    readonly attribute?: string | undefined;
  };
  readonly isOf: (field: string) => boolean;
}

/** A method that looks over all fields. */
export interface WholeCheck {
  readonly method: FunctionValue;
  readonly when: When;
  /** True where it is given the fields by their names, and not the object. */
  readonly getsFields: boolean;
}

/** A method that an attribute of a field decorates: it makes the field's default, or looks over what it holds. */
interface OwnMethod {
  readonly method: FunctionValue;
  /** What the class sets the field to. */
  readonly field: Value;
  readonly gives: "default" | "nothing";
}

export interface RecordChecks {
  readonly fields: readonly FieldCheck[];
  readonly whole: readonly WholeCheck[];
  readonly own: readonly OwnMethod[];
}

/** Those of a class and its bases, those of the bases first. */
export function checksOf(machine: Machine, owner: ClassValue): RecordChecks {
  const fields: FieldCheck[] = [];
  const whole: WholeCheck[] = [];
  const own: OwnMethod[] = [];
  for (const method of methodsOf(machine, owner))
    for (const decorator of method.decorators) {
      if (decorator.kind !== "symbol") continue;
      for (const fact of machine.models["field-checks"]) {
        if (!nameMatches(fact.decorator, decorator.name)) continue;
        const names = decorator.call?.positional.map((one) => asString(one)) ?? [];
        const isOf = (field: string) => names.includes(field) || names.includes(fact.every);
        const isAlways = says(decorator, fact.always);
        fields.push({ method, when: whenOf(decorator, fact), isAlways, others: fact.others, isOf });
      }
      for (const fact of machine.models["record-checks"])
        if (nameMatches(fact.decorator, decorator.name))
          whole.push({
            method,
            when: whenOf(decorator, fact),
            getsFields: fact.gets === "fields",
          });
      for (const fact of machine.models["field-methods"])
        if (nameMatches(fact.decorator, decorator.name) && decorator.base !== undefined)
          own.push({ method, field: decorator.base, gives: fact.gives });
    }
  return { fields, whole, own };
}

/** What is called with a field's value because of what stands beside its type: `Annotated[str, AfterValidator(check)]`. */
export function checksBesideType(
  machine: Machine,
  { annotation, from }: Field,
): readonly { readonly made: FunctionValue; readonly when: When }[] {
  if (annotation === undefined || annotation.nodeType === "Constant") return [];
  const type = annotationOf(machine, { file: from.file, closure: from.scope }, annotation);
  return readAnnotation(machine, type).beside.flatMap((one) => {
    const called = one.name.replace(/\(\)$/, "");
    return machine.models.fields.flatMap((fact) => {
      const made =
        one.call && nameMatches(fact.call, called)
          ? argument(one.call, ...fact.functions)
          : undefined;
      return made?.kind === "function" ? [{ made, when: fact.when }] : [];
    });
  });
}

/** The methods that count, each under its name: one of a class takes the place of one of its bases. */
function methodsOf(machine: Machine, owner: ClassValue): readonly FunctionValue[] {
  const found = new Map<string, FunctionValue>();
  for (const one of ancestry(machine, owner).reverse()) {
    if (one.kind !== "class") continue;
    for (const [name, { content }] of one.scope.names)
      if (content?.value.kind === "function") found.set(name, content.value);
      else found.delete(name);
  }
  return [...found.values()];
}

type Keywords = Readonly<Record<string, string | boolean>>;

function whenOf(
  decorator: SymbolValue,
  { early, around }: { readonly early: Keywords; readonly around: Keywords },
): When {
  if (says(decorator, around)) return "around";
  return says(decorator, early) ? "early" : "late";
}

/** True for a call that has one of some keywords with the value that counts. */
function says({ call }: SymbolValue, keywords: Keywords): boolean {
  return Object.entries(keywords).some(([keyword, wanted]) => {
    const said = call?.keywords.get(keyword);
    if (said === undefined) return false;
    return typeof wanted === "boolean" ? truth(said) === wanted : asString(said) === wanted;
  });
}
