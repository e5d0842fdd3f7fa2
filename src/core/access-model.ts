import * as z from "zod";

import { input, name } from "./model-terms.ts";

const pattern = z.string().min(1);
const names = z.array(z.string().min(1)).min(1);

/**
 * How the views of web frameworks look, and what says who may use them: at the view, in its body, or elsewhere. Patterns are regular
 * expressions for last names, or for the text of code where that is said; large and small letters are the same.
 */
export const AccessShape = z.strictObject({
  /** Words of which one stands in every file that is meant. */
  words: names,
  importing: names,
  /** What is to be protected: functions with a parameter or a decorator of such a name, classes with such a base. */
  parameters: pattern,
  decorators: pattern,
  bases: pattern,
  /** Functions that bind a URL to their second argument, a view. */
  routes: names,
  /** What protects: decorators and their arguments, bases, what a parameter's default is made of, and modules that hold such. */
  by: z.strictObject({
    decorators: pattern,
    bases: pattern,
    defaults: pattern,
    modules: pattern,
    /** Of what stands before all views, in the settings. */
    middleware: pattern,
  }),
  /** Attributes of classes that protect unless they are empty or hold one of these names. */
  attributes: z.record(z.string().min(1), z.array(z.string())),
  /** Text of a function or class that lets only some users through, whatever it is called. */
  refuses: pattern,
  /** Checks in a view's body: the text that refuses, what is asked, and the names of functions that may do both. */
  checks: z.strictObject({ refusals: pattern, conditions: pattern, helpers: pattern }),
  /** Methods of classes that answer whether someone is let in. */
  answers: pattern,
  /** What finds things by who asks for them. */
  owners: z.strictObject({
    /** Text that stands for who asks. */
    users: pattern,
    /** Calls that find things. */
    lookups: pattern,
    /** Calls that only show what they are given. */
    shows: pattern,
    /** Methods of views in which things are found for all their methods, and attributes that say so where there is none. */
    methods: names,
    attributes: names,
  }),
  /** Which fields of a model forms and serializers let others set. */
  fields: z.strictObject({
    bases: pattern,
    /** The class inside that says so, and its attributes: those that may be set, or this for all; those that may not. */
    inner: z.string().min(1),
    open: z.string().min(1),
    all: z.string().min(1),
    closed: names,
    /** An attribute that may say more of single ones. */
    more: z.string().min(1),
    /** Names of fields that decide about rights, owners and money, and those that nobody hands out by the way. */
    privileged: pattern,
    always: names,
  }),
  /** Text of decorators and calls that have a function run before each request. */
  hooks: pattern,
  /** What views are put together in by decorators of its own, what puts one into another, and the keyword for what checks all. */
  groups: names,
  inclusions: names,
  keyword: z.string().min(1),
  /** Paths of modules in which an application is put together, in which URLs are written down, and of settings. */
  applications: pattern,
  urls: pattern,
  settings: pattern,
  /** Of classes that ask the settings who may use them: the package, the name there, and what lets everybody in. */
  defaults: z.strictObject({ importing: z.string().min(1), name: z.string().min(1), open: names }),
});
export type AccessFacts = z.infer<typeof AccessShape>;

/** A call that only lets through what was made with a secret: no other site can make a browser send that. */
export const SenderProof = z.strictObject({
  call: name,
  /** It raises for anything else; other calls answer, and prove nothing where nobody looks at the answer. */
  raises: z.literal(true).optional(),
  /** Parameters of which one has to be given, such as the key. */
  needs: z.array(input).default([]),
  /** Keywords, or keys of a dict that is given, which may switch the check off. */
  without: z.array(z.string().min(1)).default([]),
});
export type SenderProof = z.infer<typeof SenderProof>;
