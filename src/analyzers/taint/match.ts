/** What a taint rule may say under `match`. docs/models.md explains it. */
import * as z from "zod";
import { confidences, severities } from "../../core/finding.ts";
import type { Rule } from "../../core/rule.ts";
import { ArgumentTest } from "../argument-test.ts";
import { CallFix } from "../call-fix.ts";

const Place = z.union([z.number().int().min(0), z.string().min(1)]);
const Places = z.union([Place, z.array(Place)]);

/** How templates of a language show what they are given without escaping it. Regexes name a variable in `name`, what is taken from it in `part`. */
const Language = z.strictObject({
  shows: z.string().min(1),
  /** What is found counts only where this is not found in it. */
  unless: z.string().min(1).optional(),
  /** Where this stands in a template, what is found by `shows-then` counts, too. */
  "escapes-nothing": z.string().min(1).optional(),
  "shows-then": z.string().min(1).optional(),
  /** Where this stands in a template, nothing counts. */
  "escapes-all": z.string().min(1).optional(),
  /** The folder of templates. */
  folder: z.string().min(1).default("templates"),
  /** What is put behind a name without an ending. */
  ending: z.string().min(1).optional(),
});
export type Language = z.infer<typeof Language>;

const Sink = z
  .strictObject({
    /** A call, by the qualified name of what is called. */
    call: z.string().min(1).optional(),
    /** An assignment to an attribute (`flask.g.user`) or to members (`flask.session[]`). */
    set: z.string().min(1).optional(),
    /** What a function returns that has this decorator, is this method of a class, or is given this by a framework. */
    return: z.string().min(1).optional(),
    /**
     * Where the data must arrive: positions and keywords of which the first that is given counts, `receiver` or `any`. Of an
     * assignment, `value` or `key`; of a call of a member, `key` too.
     */
    argument: Places.optional(),
    /** Of a dict that arrives, or of one in it, only what it holds under one of these keys. */
    entry: z.array(z.string().min(1)).min(1).optional(),
    /** What the path leads to may be a folder too: `..` is one. */
    folder: z.literal(true).optional(),
    /** The first argument is a `%` format of those behind it: what it quotes, or writes as a number, does not count. */
    fills: z.literal(true).optional(),
    /**
     * The call escapes what it is given, and puts it where braces stand in a text: in its first argument, or what the call was given that
     * made what it is called on.
     */
    "fills-braces": z.enum(["first", "receiver"]).optional(),
    /**
     * A word that stands where the object is handed to a function of another module, which calls the method on whatever it is given: it
     * is looked for by its last name there, and who calls the function tells whether it is the one.
     */
    handed: z.string().min(1).optional(),
    /** Only in files that import one of these packages, or something from one. */
    importing: z.array(z.string().min(1)).default([]),
    /** Tests of the call's other arguments; all must pass. */
    where: z.array(ArgumentTest).default([]),
    /**
     * `sql`, `ldap`, `xpath`: only where the literal parts read like that, for sinks that are known by a method's name alone. `html`: only text
     * with tags in its literal parts, be it the value itself or in a container. `code`: of markup only what stands where escaping does not
     * help, as in a script.
     */
    text: z.enum(["any", "sql", "ldap", "xpath", "html", "code"]).default("any"),
    /**
     * `start`: only data that the value begins with. `host`: only data that can choose the host of an address. `first`: of a list
     * only its first member. `body`: the same of a tuple, of which the rest is a status and headers. `option`: of a list only what may be taken for an option, which stands before any `--` and begins
     * with data. `command`: of a list of words, or of the argument and those behind it, what the program runs as a command.
     */
    at: z.enum(["any", "start", "host", "first", "body", "option", "command"]).default("any"),
    /**
     * Where the call names a template: only those entries of the argument, or for `keywords` those keyword arguments, count that
     * the template shows without escaping them.
     */
    template: Places.optional(),
    /** The same, where the call is given the text of the template. */
    "template-text": Places.optional(),
    /** The same, where what the call is made on was made by this one, which names the template at the places of `template`. */
    "template-of": z.string().min(1).optional(),
    /** The same within a method of a class of which this attribute names the template. */
    "template-attribute": z.string().min(1).optional(),
    /** The language of the template, where that is not the one of Django and Jinja2. */
    language: Language.optional(),
    /** Unless the same function sets one of these attributes to a text in which this word is not: `{ "*.mimetype": html, "*.headers[Content-Type]": html }`. */
    "unless-set": z.record(z.string().min(1), z.string().min(1)).default({}),
    /** Unless it is one of these, for sinks that are known by a method's name alone. */
    unless: z.array(z.string().min(1)).default([]),
    /** Unless what the call gives is given to one of these at once. */
    "unless-given-to": z.array(z.string().min(1)).default([]),
    /** Unless nothing is done with what the call gives: it only shows whether the call fails. */
    "unless-dropped": z.literal(true).optional(),
    /** What to do instead of the call, whatever it is given. */
    fix: CallFix.optional(),
    /** Where this sink is worse, or less bad, than the rule says. */
    severity: z.enum(severities).optional(),
  })
  .refine((sink) => [sink.call, sink.set, sink.return].filter(Boolean).length === 1, {
    message: "needs one of `call`, `set` and `return`",
  });
export type Sink = z.infer<typeof Sink>;

/** What a rule says of data that is less bad, a part of an address that holds no `/` say, and how it is told. */
const OfPart = z.strictObject({
  severity: z.enum(severities),
  confidence: z.enum(confidences).optional(),
  message: z.string().min(1),
});

export const TaintMatch = z.strictObject({
  /** The kind of harm, by which sanitizers and guards of the models say what they stop. */
  harm: z.string().min(1),
  /** Source groups of the models. */
  from: z.array(z.string().min(1)).min(1),
  to: z.array(Sink).min(1),
  /** What else makes data harmless here. */
  "cleaned-by": z.array(z.string().min(1)).default([]),
  /** `structure`: only objects and lists do harm, not what stands in a text or was made one. */
  data: z.enum(["any", "structure"]).default("any"),
  /** Keys under which a dict may hold anything: `{"$eq": data}`. */
  "harmless-under": z.array(z.string().min(1)).default([]),
  /**
   * What is told of data that begins an address in markup: code, by what stands before its colon, and harmless where what is done to it
   * keeps it from this other kind of harm.
   */
  address: OfPart.extend({ harm: z.string().min(1) }).optional(),
  /** Where the finding stands: at the sink, or where the data comes from, if that is what has to be changed. */
  report: z.enum(["sink", "source"]).default("sink"),
  /** What is told of a part of an address that holds no `/`: where a file is meant, and where that may be a folder, too. */
  segment: z.strictObject({ file: OfPart, folder: OfPart }).optional(),
  /** Report text built from a function's unknown parameters too, at a lower confidence: its callers decide. */
  parameters: z.boolean().default(false),
  /** Report text built from anything that is not known to be harmless too, at a low confidence. */
  unknown: z.boolean().default(false),
  /** Report in SQL what stands where only a name may stand too, whatever its confidence. */
  names: z.boolean().default(false),
});
export type TaintMatch = z.infer<typeof TaintMatch>;
export type TaintRule = Rule<TaintMatch>;

/** The name of a sink's method on something of which nothing is known. */
export function handedName({ call = "" }: Sink): string {
  return `?${call.slice(call.lastIndexOf("."))}`;
}

/** The name under which what a sink describes is observed. */
export function sinkName(sink: Sink): string {
  if (sink.set !== undefined) return `${sink.set}=`;
  return sink.return === undefined ? (sink.call ?? "") : `${sink.return}->`;
}
