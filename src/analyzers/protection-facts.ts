/** What the models know of who may use a view, ready to be asked. */
import type { AccessFacts } from "../core/access-model.ts";
import { type Matcher, tested } from "./settings-facts.ts";

export interface Access {
  readonly facts: AccessFacts;
  readonly parameters: RegExp;
  readonly decorators: RegExp;
  readonly bases: RegExp;
  readonly byDecorators: RegExp;
  readonly byBases: RegExp;
  readonly byDefaults: RegExp;
  readonly byModules: RegExp;
  readonly byMiddleware: RegExp;
  /** A decorator, a base class or what a parameter's default is made of. */
  readonly byAnything: RegExp;
  readonly refuses: RegExp;
  /** Of a check in a view's body. */
  readonly refusals: RegExp;
  readonly conditions: RegExp;
  readonly helpers: RegExp;
  readonly answers: RegExp;
  readonly users: RegExp;
  readonly lookups: RegExp;
  readonly shows: RegExp;
  readonly fielded: RegExp;
  readonly privileged: RegExp;
  readonly hooks: RegExp;
  /** Whether a path is of such a module. */
  readonly applications: Matcher;
  readonly urls: Matcher;
  readonly settings: Matcher;
  /** The entries of a default in settings. Bounded: settings may come from anybody. */
  readonly defaultClasses: RegExp;
}

export function accessOf(facts: AccessFacts): Access {
  const regex = (source: string) => new RegExp(source, "i");
  const { by, checks, fields, owners } = facts;
  return {
    facts,
    parameters: regex(facts.parameters),
    decorators: regex(facts.decorators),
    bases: regex(facts.bases),
    byDecorators: regex(by.decorators),
    byBases: regex(by.bases),
    byDefaults: regex(by.defaults),
    byModules: regex(by.modules),
    byMiddleware: regex(by.middleware),
    byAnything: regex(`${by.decorators}|${by.bases}|current_user|current_active`),
    refuses: new RegExp(facts.refuses),
    refusals: regex(checks.refusals),
    conditions: regex(checks.conditions),
    helpers: regex(checks.helpers),
    answers: regex(facts.answers),
    users: new RegExp(owners.users),
    lookups: new RegExp(owners.lookups),
    shows: new RegExp(owners.shows),
    fielded: new RegExp(fields.bases),
    privileged: new RegExp(fields.privileged),
    hooks: new RegExp(facts.hooks),
    applications: tested(new RegExp(facts.applications)),
    urls: tested(new RegExp(facts.urls)),
    settings: tested(new RegExp(facts.settings)),
    defaultClasses: new RegExp(
      `\\b${facts.defaults.name}["']?\\s{0,20}[:=]\\s{0,20}[[(]([^\\])]{0,1000})[\\])]`,
      "g",
    ),
  };
}
