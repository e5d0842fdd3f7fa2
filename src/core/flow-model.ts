import * as z from "zod";
import { confidences } from "./finding.ts";
import { input, name } from "./model-terms.ts";

/** Kinds of harm (a rule's `harm`: `sql`, `html`, …) that something keeps from happening. */
const stops = z.union([z.literal("all"), z.array(z.string().min(1)).min(1)]).default("all");
/** A qualified name, or `*.` and the end of one. */
const pattern = name;
const plainWords = z.array(z.string().regex(/^[a-z]+$/)).default([]);
/**
 * `quoted`: between two of what the data lacks. `below`: behind the beginning of a path that leads to a file. `beside-host`: anywhere
 * in an address but where it is the whole name of the host. `behind-slash`: behind the one slash that a text begins with.
 */
const where = z.enum(["quoted", "below", "beside-host", "behind-slash"]);

const ParameterShape = z.strictObject({
  /** What the parameter is: the name of a value, `django.http.HttpRequest()`. */
  is: name,
  name: z.string().min(1).optional(),
  /** It has one of these names. */
  named: z.array(z.string().min(1)).default([]),
  /** The file imports this package. */
  importing: z.string().min(1).optional(),
  /** The function has one of these decorators, or a call that routes is given it; a call of one ends in `()`. */
  decorated: z.array(pattern).default([]),
  /** Of such a decorator the first argument is one of these, or a list that holds one. */
  "decorator-given": z.array(z.union([pattern, z.number().int()])).default([]),
  /** Unless the routes above the function do not name it: then another decorator hands it over. */
  "in-path": z.literal(true).optional(),
  /** How a route names it, `{}` in the place of the name, where it holds no `/`: `<{}>`. */
  segments: z.array(z.string().includes("{}")).default([]),
  /** The function is a method of a class that extends one of these. */
  "method-of": z.array(pattern).default([]),
  /** The function has one of these names, or one that begins so: `validate_*`. */
  "in-function": z.array(z.string().min(1)).default([]),
  /** A parameter before it is this. */
  after: name.optional(),
  /** The function has another parameter of this name. */
  beside: z.string().min(1).optional(),
  /** The function has no parameter of one of these names. */
  without: z.array(z.string().min(1)).default([]),
  /** Its annotation, something beside that in `Annotated[…]`, or its default is one of these. */
  described: z.array(pattern).default([]),
  /** Where that gets a regex that is looked for in the value. */
  patterns: z.array(input).default([]),
  /** Its annotation, or its default, is none of these. */
  unless: z.array(pattern).default([]),
  /** It is the function's first parameter; a method's is the one behind the object. */
  first: z.literal(true).optional(),
});

const SourceGroupShape = z.strictObject({
  /** In words, for messages: "request data". */
  data: z.string().min(1).optional(),
  /** How often data of the group is an attacker's. */
  confidence: z.enum(confidences).optional(),
  values: z.array(name).default([]),
  /** Where values are errors that were caught: the classes, one of which the handler has to name. Without any, all count. */
  "caught-as": z.array(pattern).default([]),
  /** Words of which one ends what a program calls such data, be it an attribute, a key, a parameter or a variable of the environment. */
  named: z.array(z.string().regex(/^[a-z]+(?:_[a-z]+)*$/)).default([]),
  /** Words of which one begins what is called so and is no such data: `is_password` says yes or no, `masked_password` shows nothing. */
  "unless-named": z.array(z.string().regex(/^[a-z]+$/)).default([]),
  /** Other groups that belong to it. */
  includes: z.array(z.string().min(1)).default([]),
});

const SanitizerShape = z.strictObject({
  call: pattern,
  stops,
  /** Kinds of harm that it does not stop after all. */
  except: z.array(z.string().min(1)).default([]),
  /** Where the call gets its regex: it cleans only where that leaves letters, digits and the like. */
  pattern: input.optional(),
  /** Where such a call gets what it writes instead of what the regex matches: it cleans, too, where that is taken out which guards reject. */
  puts: z.number().int().min(0).optional(),
  /** Where the call gets what it makes of its result: it cleans only where that is a type of which no value does harm. */
  converter: input.optional(),
  /** The texts that it takes out: it cleans only where its first argument is one of them, and none is in its second. */
  removes: z.array(z.string().min(1)).default([]),
  /** Where the call gets what it writes for each character: it cleans only where that is known, and leaves none of a text that `removes` has. */
  table: input.optional(),
  /** The texts that it writes twice: it cleans only where its first argument is one of them, and its second is that two times. */
  doubles: z.array(z.string().min(1)).default([]),
  /** What it takes off the start of a text: it cleans only where its first argument is made of that and more. */
  trims: z.string().min(1).optional(),
  /** Where what it gives has to stand for that to be enough. */
  where: where.optional(),
  /** It cleans only where it is given these texts by these keywords; `true` stands for whatever is constant. */
  given: z.record(z.string().min(1), z.union([z.string(), z.literal(true)])).default({}),
  /** It cleans only where it is given constants by these keywords in which none of these characters is. */
  lacking: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** It takes a text apart, at this one if it is told where: not the whole of what it gives is clean, but these members of it are. */
  splits: z
    .strictObject({
      at: z.string().min(1).optional(),
      members: z.enum(["each", "first", "others"]),
    })
    .optional(),
  /** It cleans only where all that it is given is constant. */
  constant: z.literal(true).optional(),
});

const InverseShape = z.strictObject({ call: pattern, undoes: z.array(pattern).min(1) });

const PassShape = z.strictObject({
  call: pattern,
  /** What the result is made of; empty where it is made of nothing that was given. Other calls pass on all they get. */
  from: z.array(input),
});

const GuardShape = z.strictObject({
  /** A call that tests data; without it, a comparison of data with something that is no data. */
  call: pattern.optional(),
  subject: input.default(0),
  /** What was made of the data before it was tested: one of these. Without it, the data itself is tested. */
  through: z.array(pattern).default([]),
  /** What was done to it before or after that: one of these, too. */
  and: z.array(pattern).default([]),
  /**
   * Only where the call's first argument, or what data is compared with, is this text; of an attribute that is tested alone it is `True`
   * where that holds, and empty where not.
   */
  given: z.string().optional(),
  /** Only where the call's first argument, as far as that is known, begins so: of several, each. */
  beginning: z.string().min(1).optional(),
  /** Only where that argument is known and begins otherwise: of several, each. */
  "beginning-unlike": z.string().min(1).optional(),
  /** Where the call gets its regex: it guards only where that allows letters, digits and the like. */
  pattern: input.optional(),
  /** The regex is of hosts: instead, it has to end in a domain. */
  host: z.literal(true).optional(),
  /** Which part of the text the regex must match: all of it, its beginning, or any part; or that it must match none. */
  matches: z.enum(["whole", "start", "any", "none"]).default("whole"),
  /** Texts of which data that holds one does not get through: `".." in data`. */
  rejects: z.array(z.string().min(1)).default([]),
  /** Where data has to stand for that to be enough. */
  where: where.optional(),
  /** Texts that are compared with data, which does not get through where it is one of them: `data == "nan"`. */
  excludes: z.array(z.string().min(1)).default([]),
  /** The answer that lets data through; `returns` where the call raises an error for all other data. */
  when: z.union([z.boolean(), z.literal("returns")]).default(true),
  stops,
  /** Kinds of harm that it does not keep from happening. */
  except: z.array(z.string().min(1)).default([]),
});

const CallerShape = z.strictObject({
  /** A call that calls what it is given, be it later … */
  call: pattern,
  /**
   * … and where that is; of a method, the `receiver`: a function of the tree that is called so, `task.delay(argument)`; `wrapped`: what
   * the call was given that made what is called, `sync_to_async(function)(argument)`.
   */
  callee: z.union([input, z.array(input).min(1)]),
  /** The first of the arguments that are handed on, with all that follow it and those that have names … */
  from: z.number().int().min(0).optional(),
  /** … or where a tuple of them is given … */
  arguments: z.union([input, z.array(input).min(1)]).optional(),
  /** … and a dict of those that have names. */
  keywords: z.union([input, z.array(input).min(1)]).optional(),
  /** The keyword by which a decorator of the function says that it gets an object of its own first. */
  bound: z.string().min(1).optional(),
});

const ProgramShape = z.strictObject({
  /** Names of programs, in small letters and without a folder or `.exe`; or of a value that is one, `sys.executable`. */
  program: z.array(z.string().min(1)).min(1),
  /**
   * What becomes of their arguments. `text`: the word behind an option is a command. `remote`: all that follows the first word which is
   * no option is a command. `program`: a later word may name another program, with arguments of its own. `nothing`: none is a command.
   */
  runs: z.enum(["text", "remote", "program", "nothing"]),
  /** A regex of small letters: the option of `text`; the options of `remote` that have a value. */
  behind: z.string().min(1).default("$^"),
  /** Of `text`: not only one word is the command, but all that follow. */
  rest: z.literal(true).optional(),
  /** Of `text`: without the option the first word names a file of commands. */
  file: z.literal(true).optional(),
  /** A regex: options of which the next word is the value, and so no option, whatever it begins with. */
  valued: z.string().min(1).optional(),
});

const PlaceholdersShape = z
  .strictObject({
    /** A driver that files import, or that a cursor is known to come from … */
    package: z.string().min(1).optional(),
    /** … or a single call. */
    call: pattern.optional(),
    /**
     * `?`, `%s`, `:1`; `$1`, whose values are arguments of their own; `:name`, whose values a method gets, or a dict that
     * is named; or `{}` of a function that escapes. `none` where it is not that simple.
     */
    style: z.enum(["qmark", "format", "numeric", "dollar", "named", "braces", "none"]),
    /**
     * Where a text may be bound that is to be a number: `anywhere`, after `LIMIT` too; only where it is `compared` with a
     * column or goes into one; `never`.
     */
    "text-for-number": z.enum(["anywhere", "compared", "never"]).default("compared"),
    /** The keyword that names the text, or a list of conditions; without it the first argument is the text. */
    text: z.string().min(1).optional(),
    /** The keyword that names the values; without it they follow the text. */
    values: z.string().min(1).optional(),
    /** Where the call gets the connection, whose driver says how parameters are written. */
    connection: z.array(input).optional(),
    /** What is to be called instead. */
    instead: name.optional(),
    /** The method of what the call gives that puts the values in, by their names where they have some. */
    method: z.string().min(1).optional(),
    /** The function beside the one that is called that makes SQL of a value, where that is what is put in. */
    literal: z.string().min(1).optional(),
    /** True where the text is a part of a statement that always has parameters. */
    part: z.literal(true).optional(),
  })
  .refine((one) => (one.package === undefined) !== (one.call === undefined), {
    message: "needs one of `package` and `call`",
  });

const MemberShape = z.strictObject({
  /** What objects hold under a key, be it as `holder["key"]` or `holder.get("key")` … */
  key: z.string().min(1),
  /** … that have one of these names; a parameter of which nothing else is known has its own, as in `*.context`. */
  of: z.array(pattern).min(1),
  is: name,
});

const CarrierShape = z.strictObject({
  /**
   * Objects that live as long as a request, or as a thread that answers one: what some part of the program puts on one, another
   * finds there by the same attribute. What one of them is called elsewhere is the same object.
   */
  of: z.array(pattern).min(1),
  /** Methods that put in and take out all that it holds, which then has no name of its own. */
  methods: z.strictObject({ put: z.string().min(1), take: z.string().min(1) }).optional(),
});

const FieldShape = z.strictObject({
  /** A call that says what the values of a class's attribute may be, as its type, beside that or as its default … */
  call: pattern,
  /** … and where that gets a regex that is looked for in the value, … */
  patterns: z.array(input).default([]),
  /** … or a function whose result takes the value's place. */
  functions: z.array(input).default([]),
  /** Whether it gets the value as it was sent, before that is read as the type; or what does that is handed to it to call. */
  when: z.enum(["early", "late", "around"]).default("late"),
});

/** Keywords of a decorator, with the value that counts. */
const KeywordsShape = z.record(z.string().min(1), z.union([z.string(), z.boolean()])).default({});

const FieldCheckShape = z.strictObject({
  /** What makes a method of a class one whose result takes the place of the attributes that it names … */
  decorator: pattern,
  /** … or of all of them. */
  every: z.string().min(1),
  /** What says that it gets the value before that is read as the attribute's type, … */
  early: KeywordsShape,
  /** … that it runs around all that is made of it, by what it is handed to call, … */
  around: KeywordsShape,
  /** … and that it gets a default, too, where others do not. */
  always: KeywordsShape,
  /** How it gets the attributes before: as a parameter, or as an attribute of what it gets behind the value. */
  others: z
    .strictObject({
      parameter: z.string().min(1).optional(),
      attribute: z.string().min(1).optional(),
    })
    .default({}),
});

const RecordCheckShape = z.strictObject({
  /** What makes a method of a class one that looks over all its attributes at once … */
  decorator: pattern,
  /** … before they are there, or around what makes them so, which it is handed to call; else once they are. */
  early: KeywordsShape,
  around: KeywordsShape,
  /** What it then gets, and gives back. */
  gets: z.enum(["fields", "object"]),
});

const FieldMethodShape = z.strictObject({
  /** An attribute of what a class sets a field to that decorates a method of the class … */
  decorator: pattern,
  /** … which gives the field's default, or raises an error where it does not like what the field holds. */
  gives: z.enum(["default", "nothing"]),
});

const RecordShape = z.strictObject({
  /** Classes that extend one of these have the attributes that they are annotated with … */
  extends: z.array(name).min(1),
  /** … which these methods give as a dict … */
  dumps: z.array(z.string().min(1)).min(1),
  /** … or as another such object, with what a dict under the keyword says in place of what it has … */
  copies: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** Options, of the class or of one attribute, by which checks get defaults too. */
  validates: z.array(z.string().min(1)).default([]),
  /** … and no others, unless an option of the class says something else than this. */
  only: z.strictObject({
    options: z.array(z.string().min(1)).min(1),
    key: z.string().min(1),
    values: z.array(z.string().min(1)).min(1),
  }),
});

const RouteShape = z.strictObject({
  /** A decorator that says at which path a function is called, and where it says so … */
  decorator: pattern,
  argument: z.array(input).min(1),
  /** … or, where this is set, a call that is given the function there. */
  function: z.array(input).optional(),
  /** A path with one of these marks has parameters. */
  parameters: z.array(z.string().min(1)),
  /** What a parameter is that stands in the path between two texts: `<int:id>`. Behind `<any(` its arguments, `)` and `:` follow. */
  converters: z
    .array(z.strictObject({ before: z.string(), after: z.string(), is: name }))
    .default([]),
  /** The value that is that path in the function. */
  path: name.optional(),
});

const OptionShape = z.strictObject({
  /** A decorator that says what a program is told by an option of its own, which is a parameter of the function below … */
  decorator: pattern,
  /** … and the keyword for its type, of which none of these, or of what a call of them gives, lets a harmful text in. */
  type: z.string().min(1),
  types: z.array(name).min(1),
});

const RowShape = z.strictObject({
  /** What such a value is: the class stands at its beginning, `*.objects.*.get()` … */
  value: pattern,
  /** … or is given to the call. */
  class: z.array(input).default([]),
});

const DependencyShape = z.strictObject({
  /** The default of the parameter, or what stands beside its type in `Annotated[…]` … */
  call: pattern,
  /** … and where that gets what is to be called; without it, the annotated class is. */
  argument: z.array(input).min(1),
  /** The value that parameters of what is called are, of which nothing else is known. */
  is: name,
});

const UrlconfShape = z.strictObject({
  /** The value that a view's parameter is, before anything is known of its URL. */
  value: name,
  /** Modules of URLs, or packages of such modules, by their last name; the file itself where there are none. */
  modules: z.array(z.string().min(1)),
  /** Objects that hold what the parts of an address are by their names. */
  members: z.array(pattern).default([]),
  /** Values that are the path of the request: a text of the program where all routes to a view have no parameters. */
  paths: z.array(pattern).default([]),
  /** Calls that put routes below another, whose parameters they get too, by their last name. */
  includes: z.array(z.string().min(1)).default([]),
  /** The name that other modules which hold URLs bind them to. */
  list: z.string().min(1),
  /** Calls that say at which path what is called, by their last name. */
  calls: z.array(z.string().min(1)).min(1),
  /** Where such a call gets the route, if that is not the first text that it is given. */
  at: z.array(input).default([]),
  /** Calls, by their last name, that say what is called below a path of their own, whose parameters are nearly any text. */
  routers: z.array(z.string().min(1)).default([]),
  /** Whether a route may be a tuple, too, of its text and what is called. */
  pairs: z.boolean().default(false),
  /** How many parameters, apart from the instance, come before those that the groups of a regex fill which have no names. */
  unnamed: z.number().int().min(0).optional(),
  /** Whether few projects have such routes: their modules are read only where one asks for them. */
  rare: z.boolean().default(false),
  /** True where the value is a part of an address wherever it is met: no helper is handed one that is named so. */
  sure: z.literal(true).optional(),
  /** How a route writes the parts of an address, apart from groups of a regex. */
  parts: z
    .strictObject({
      /** Between which signs … */
      within: z.enum(["<>", "{}"]).default("<>"),
      /** … and on which side of its name and a colon the kind of a part stands. */
      kind: z.enum(["before", "behind"]).default("before"),
      /** What a kind begins with that is a regex; empty where all are regexes but those that are words. */
      regex: z.string().optional(),
    })
    .prefault({}),
  /** What gives a name to a class of converters, whose attribute of that name is a regex. */
  converters: z
    .strictObject({
      register: z
        .array(
          z.strictObject({
            call: z.string().min(1),
            class: z.array(input).min(1),
            name: z.array(input).min(1),
          }),
        )
        .default([]),
      /** The attribute that holds them by their names. */
      held: z.string().min(1).optional(),
      regex: z.string().min(1).default("regex"),
    })
    .prefault({}),
  /** The attributes by which a class says what a router lets through that is told of it: the name of a part, its regex, its converter. */
  lookup: z
    .strictObject({
      names: z.array(z.string().min(1)).min(1),
      plain: z.string().min(1),
      regex: z.string().min(1),
      converter: z.string().min(1),
    })
    .optional(),
  /** Converters that let only letters, digits and the like through. */
  harmless: z.array(z.string().min(1)),
  /** Converters that let nearly any text through. */
  open: z.array(z.string().min(1)).default([]),
  /** Converters that let no `/` through. */
  segments: z.array(z.string().min(1)).default([]),
  /** Methods of classes that are called with a request, and decorators that make others such. */
  methods: z.array(z.string().min(1)),
  decorators: z.array(z.string().min(1)),
});

const LimitShape = z.strictObject({
  /** A class of fields, or something among what a field is given, by its last name, that lets only harmless values through … */
  call: z.string().min(1),
  /** … or only what a regex matches, where that is. */
  pattern: z.array(input).default([]),
  /** Which part of the text the regex must match: its beginning, or any part. */
  matches: z.enum(["start", "any"]).default("any"),
});

const ListFieldShape = z.strictObject({
  /** A class of fields, by its last name, each of whose values is one of a field … */
  call: z.string().min(1),
  /** … that is given there. */
  of: z.array(input).min(1),
});

const FormCheckShape = z.strictObject({
  /** What holds the data of a form's fields by their names. */
  of: pattern,
  /** The method of a form that checks a field; `{}` stands for the field. */
  method: z.string().includes("{}"),
  /** What that method is given: the data of its field. */
  given: name.optional(),
  /** Modules beside the file, or packages of such, in which forms stand. */
  modules: z.array(z.string().min(1)),
  /** Classes of fields of which no value does harm, by their last name. */
  fields: z.array(z.string().min(1)).default([]),
  /** What else limits a field's values. */
  limits: z.array(LimitShape).default([]),
  /** Fields that are lists of others. */
  lists: z.array(ListFieldShape).default([]),
  /** Classes of fields that let any text through, unless they or their form are given a check. */
  open: z.array(z.string().min(1)).default([]),
});

const DeclaredShape = z.strictObject({
  /** What holds data by names that the same file declares. */
  of: z.array(pattern).min(1),
  /** The method that declares one: under its `dest`, its first long option, or the text that is given first. */
  method: z.string().min(1),
  /** The keyword for what makes something of the data, and those, by their last name, that make nothing that does harm. */
  converter: z.string().min(1),
  converters: z.array(z.string().min(1)),
  /** The keyword for a list of all that the data may be. */
  choices: z.string().min(1),
});

const LimitedShape = z.strictObject({
  /** What holds the data, made by a call … */
  of: z.array(pattern).min(1),
  /** … that is given a list of what limits it. */
  given: z.array(input).min(1),
  limits: z.array(LimitShape).min(1),
  /** Or the class in which it is declared has a method that checks it: `{}` stands for its name. */
  method: z.string().includes("{}").optional(),
});

const OwnDataShape = z.strictObject({
  /** What someone enters whom the program trusts … */
  of: z.array(pattern).min(1),
  /** … where the function has one of these decorators, by its last name. */
  decorators: z.array(z.string().min(1)).min(1),
  stops,
});

const ContainerShape = z.strictObject({
  /** What holds the data: `configparser.ConfigParser()`. */
  type: pattern,
  /** Methods that put a value in, at keys; without keys, what was put in is in every part that is taken out. */
  writes: z.array(
    z.strictObject({ method: z.string().min(1), keys: z.array(input).default([]), value: input }),
  ),
  reads: z.array(z.strictObject({ method: z.string().min(1), keys: z.array(input).default([]) })),
  /** What it is made with, and holds from then on. */
  made: input.optional(),
  /** True where it holds data from the beginning: what nobody put in at a key is that. */
  filled: z.boolean().default(false),
  /** True where another part of the program may have put something in: what is read before anything was put in is named after it. */
  shared: z.boolean().default(false),
});

/** What model files say of data that an attacker chooses: where it comes from, what passes it on, and what makes it harmless. */
export const flowFacts = {
  /** Parameters that a framework fills. The first entry that fits counts; an annotation of a known type comes before all. */
  parameters: z.array(ParameterShape).default([]),
  /** Groups of values that an attacker chooses: their names, or what else is to say of the group. */
  sources: z.record(z.string().min(1), z.union([z.array(name), SourceGroupShape])).default({}),
  /** Calls whose result carries nothing of its arguments that could do harm, whatever the sink. */
  cleaners: z.array(name).default([]),
  /** Types that an annotation may name of which no value does harm, whatever the sink. */
  harmless: z.array(name).default([]),
  /** Types that say where data comes from, beside what it is: `Query[int]`. */
  wrapping: z.array(name).default([]),
  /** Modules that no server has loaded: programs that run tests. */
  "never-loaded": z.array(name).default([]),
  /** Parameters that a framework fills with what a function or class gives that it calls. */
  dependencies: z.array(DependencyShape).default([]),
  /** Calls that never return: what stands behind them does not run. */
  aborts: z.array(name).default([]),
  /** Calls whose result is harmless to some kinds of sinks. */
  sanitizers: z.array(SanitizerShape).default([]),
  /** Calls that give back what others had made harmless. */
  inverses: z.array(InverseShape).default([]),
  /** Calls whose result holds nothing but what they are given; of a method (`*.encode`) also what it is called on. */
  pure: z.array(pattern).default([]),
  /** Calls that do not pass on all they get. */
  passes: z.array(PassShape).default([]),
  /** Tests that data passes only when it is harmless. */
  guards: z.array(GuardShape).default([]),
  /** Calls that call what they are given, with arguments that they are given, and give back its result. */
  callers: z.array(CallerShape).default([]),
  /** What programs do with their arguments. */
  programs: z.array(ProgramShape).default([]),
  /** Objects that hold data by key and give it back. */
  containers: z.array(ContainerShape).default([]),
  /** Paths of requests that are known, because a function serves one path only. */
  routes: z.array(RouteShape).default([]),
  /** What is held under a key by objects of which nothing else tells what is in them. */
  members: z.array(MemberShape).default([]),
  /** What hands data from one part of a program to another without a call. */
  carriers: z.array(CarrierShape).default([]),
  /** What classes say of the data that a framework fills their attributes with. */
  fields: z.array(FieldShape).default([]),
  /** Calls that say of an attribute of a class what it holds by default. */
  "field-calls": z.array(name).default([]),
  /** Methods that check such attributes, or make something else of them. */
  "field-checks": z.array(FieldCheckShape).default([]),
  /** Methods that check all attributes of an object at once. */
  "record-checks": z.array(RecordCheckShape).default([]),
  /** Methods that belong to one attribute. */
  "field-methods": z.array(FieldMethodShape).default([]),
  /** Methods that run once an object has its attributes. */
  "made-hooks": z.array(z.string().min(1)).default([]),
  /** Calls that make of data a dict whose entries are attributes as well. */
  "attribute-dicts": z.array(name).default([]),
  /** Decorators of classes whose objects are made of such attributes. */
  "data-classes": z.array(name).default([]),
  /** Classes whose objects are records of such attributes. */
  records: z.array(RecordShape).default([]),
  /** Options of a program that are parameters of a function. */
  options: z.array(OptionShape).default([]),
  /** Values that are objects of a class of the program, found by its name. */
  rows: z.array(RowShape).default([]),
  /** Where it is written down which functions serve which paths, and what the parts of a path may be. */
  urlconfs: z.array(UrlconfShape).default([]),
  /** Methods that a framework calls on an object before those that answer: what they set is there. */
  preparers: z.array(z.string().min(1)).default([]),
  /** Attributes that objects are known by, numbers mostly: of an object that a function is handed they are no data of its caller. */
  identities: z.array(pattern).default([]),
  /** Methods that a framework calls on an object of a class that extends one of its own, wherever a program hands it over. */
  "called-back": z.array(z.string().min(1)).default([]),
  /** What an application is until somebody says otherwise, as it is written: `*.testing`, or `*.config[TESTING]` for a member. */
  switches: z.record(pattern, z.union([z.string(), z.boolean()])).default({}),
  /**
   * Words of conditions by which a program asks where it runs: on a developer's machine or in a test, or deployed; and those that turn
   * the others round. Those of the first that are `broad` may tell of something else, `local_storage`, and count where they are what a
   * name is about: at its end, but for words about where or how a program runs. Compared with one of them, `things` are of one kind
   * or another, wherever the program runs; `aspects` are words for what is asked of a thing, `storage_type`.
   */
  stages: z
    .strictObject({
      developing: plainWords,
      deployed: plainWords,
      denying: plainWords,
      broad: plainWords,
      running: plainWords,
      things: plainWords,
      aspects: plainWords,
    })
    .prefault({}),
  /** Files that say how a program is started, and the commands that run a file of it. */
  runs: z
    .strictObject({
      in: z.array(z.string().min(1)).default([]),
      by: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /**
   * How a program sets by name what it goes by: under a key, by keywords or a mapping, or by what a module, an object or a file has,
   * which may be missing where a keyword of the call is true. A later one takes the place of an earlier one.
   */
  stores: z
    .array(
      z.strictObject({
        keyed: z.array(pattern).min(1),
        mapping: z.array(pattern).default([]),
        loading: z.array(pattern).default([]),
        silent: z.string().min(1).optional(),
        /** Calls that set only what is not there yet. */
        defaulting: z.array(pattern).default([]),
      }),
    )
    .default([]),
  /** Calls by their last name that say nothing of what is in a text, or only make it another one. */
  "no-checks": z.array(z.string().min(1)).default([]),
  /** Calls by their last name that tell whether a record is there: who refuses what is there already lets all else through. */
  "tell-presence": z.array(z.string().min(1)).default([]),
  /** Fields of forms that have a check of their own. */
  forms: z.array(FormCheckShape).default([]),
  /** Data whose names and types a file declares. */
  declared: z.array(DeclaredShape).default([]),
  /** Data of fields that are objects, which know what limits them. */
  limited: z.array(LimitedShape).default([]),
  /** Data that only does harm to whoever entered it. */
  own: z.array(OwnDataShape).default([]),
  /** How data is handed over beside a text, for fixes. */
  placeholders: z.array(PlaceholdersShape).default([]),
};
