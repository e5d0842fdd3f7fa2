import * as z from "zod";
import { type AccessFacts, AccessShape } from "./access-model.ts";
import { type Confidence, confidences } from "./finding.ts";

/**
 * What the engine knows of the world outside a repository: which calls read the environment, what type a call returns, where
 * hostile data comes from. The facts are data in `rules/models/*.yml`; code knows no framework by name.
 *
 * Qualified names are written as the evaluator writes them: `os.environ.get`, `sqlite3.connect()`, `flask.request.args[]`.
 */
const name = z
  .string()
  .regex(/^[\w.()[\]*|-]+$/, "must be a qualified name such as flask.request.args");
const parameter = z.union([z.number().int().min(0), z.string().min(1)]);
/** An input of a call: `receiver`, the place of an argument, or its keyword. */
const input = z.union([z.number().int().min(0), z.string().min(1)]);
/** Kinds of harm (a rule's `harm`: `sql`, `html`, …) that something keeps from happening. */
const stops = z.union([z.literal("all"), z.array(z.string().min(1)).min(1)]).default("all");
/** A qualified name, or `*.` and the end of one. */
const pattern = name;
/** `quoted`: between two of what the data lacks. `below`: behind the beginning of a path that leads to a file. */
const where = z.enum(["quoted", "below"]);

const ParameterShape = z.strictObject({
  /** What the parameter is: the name of a value, `django.http.HttpRequest()`. */
  is: name,
  name: z.string().min(1).optional(),
  /** The file imports this package. */
  importing: z.string().min(1).optional(),
  /** The function has one of these decorators; a call of one ends in `()`. */
  decorated: z.array(pattern).default([]),
  /** Unless the routes above the function do not name it: then another decorator hands it over. */
  "in-path": z.literal(true).optional(),
  /** The function is a method of a class that extends one of these. */
  "method-of": z.array(pattern).default([]),
  /** The function has one of these names. */
  "in-function": z.array(z.string().min(1)).default([]),
  /** A parameter before it is this. */
  after: name.optional(),
  /** The function has another parameter of this name. */
  beside: z.string().min(1).optional(),
  /** Its annotation, something beside that in `Annotated[…]`, or its default is one of these. */
  described: z.array(pattern).default([]),
  /** Where that gets a regex that is looked for in the value. */
  patterns: z.array(input).default([]),
  /** Its annotation, or its default, is none of these. */
  unless: z.array(pattern).default([]),
});

const SourceGroupShape = z.strictObject({
  /** In words, for messages: "request data". */
  data: z.string().min(1).optional(),
  /** How often data of the group is an attacker's. */
  confidence: z.enum(confidences).optional(),
  values: z.array(name).default([]),
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
  /** Where the call gets what it makes of its result: it cleans only where that is a type of which no value does harm. */
  converter: input.optional(),
  /** The texts that it takes out: it cleans only where its first argument is one of them, and none is in its second. */
  removes: z.array(z.string().min(1)).default([]),
  /** Where what it gives has to stand for that to be enough. */
  where: where.optional(),
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
  /** Only where the call's first argument, or what data is compared with, is this text. */
  given: z.string().min(1).optional(),
  /** Where the call gets its regex: it guards only where that allows letters, digits and the like. */
  pattern: input.optional(),
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
  /** A call that calls what it is given. */
  call: pattern,
  /** Where that is. */
  callee: input,
  /** The first of the arguments that are handed on, with all that follow it … */
  from: z.number().int().min(0).optional(),
  /** … or where a tuple of them is given. */
  arguments: input.optional(),
});

const PlaceholdersShape = z
  .strictObject({
    /** A driver that files import, or that a cursor is known to come from … */
    package: z.string().min(1).optional(),
    /** … or a single call. */
    call: pattern.optional(),
    /**
     * `?`, `%s`, `:1`; `$1`, whose values are arguments of their own; `:name`, whose values a call of the text's `bindparams` gets;
     * or `{}` of a function that escapes. `none` where it is not that simple.
     */
    style: z.enum(["qmark", "format", "numeric", "dollar", "named", "braces", "none"]),
    /**
     * Where a text may be bound that is to be a number: `anywhere`, after `LIMIT` too; only where it is `compared` with a
     * column or goes into one; `never`.
     */
    "text-for-number": z.enum(["anywhere", "compared", "never"]).default("compared"),
    /** What is to be called instead. */
    instead: name.optional(),
  })
  .refine((one) => (one.package === undefined) !== (one.call === undefined), {
    message: "needs one of `package` and `call`",
  });

const FieldShape = z.strictObject({
  /** A call that says what the values of a class's attribute may be, as its type, beside that or as its default … */
  call: pattern,
  /** … and where that gets a regex that is looked for in the value. */
  patterns: z.array(input).min(1),
});

const RouteShape = z.strictObject({
  /** A decorator that says at which path a function is called, and where it says so. */
  decorator: pattern,
  argument: z.array(input).min(1),
  /** A path with one of these marks has parameters. */
  parameters: z.array(z.string().min(1)),
  /** What a parameter is that stands in the path between two texts: `<int:id>`. Behind `<any(` its arguments, `)` and `:` follow. */
  converters: z
    .array(z.strictObject({ before: z.string(), after: z.string(), is: name }))
    .default([]),
  /** The value that is that path in the function. */
  path: name.optional(),
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
  /** The name that other modules which hold URLs bind them to. */
  list: z.string().min(1),
  /** Calls that say at which path what is called, by their last name. */
  calls: z.array(z.string().min(1)).min(1),
  /** Converters that let only letters, digits and the like through. */
  harmless: z.array(z.string().min(1)),
  /** Methods of classes that are called with a request, and decorators that make others such. */
  methods: z.array(z.string().min(1)),
  decorators: z.array(z.string().min(1)),
});

const FormCheckShape = z.strictObject({
  /** What holds the data of a form's fields by their names. */
  of: pattern,
  /** The method of a form that checks a field; `{}` stands for the field. */
  method: z.string().includes("{}"),
  /** Modules beside the file, or packages of such, in which forms stand. */
  modules: z.array(z.string().min(1)),
  /** Classes of fields of which no value does harm, by their last name. */
  fields: z.array(z.string().min(1)).default([]),
  /** Calls among what a field is given, by their last name, that let one of few values through. */
  choices: z.array(z.string().min(1)).default([]),
  /** Classes of fields that let any text through, unless they or their form are given a check. */
  open: z.array(z.string().min(1)).default([]),
});

const DeclaredShape = z.strictObject({
  /** What holds data by names that the same file declares. */
  of: z.array(pattern).min(1),
  /** The method that declares one, the name first. */
  method: z.string().min(1),
  /** The keyword for what makes something of the data, and those, by their last name, that make nothing that does harm. */
  converter: z.string().min(1),
  converters: z.array(z.string().min(1)),
  /** The keyword for a list of all that the data may be. */
  choices: z.string().min(1),
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
  type: name,
  /** Methods that put a value in, at keys; without keys, what was put in is in every part that is taken out. */
  writes: z.array(
    z.strictObject({ method: z.string().min(1), keys: z.array(input).default([]), value: input }),
  ),
  reads: z.array(z.strictObject({ method: z.string().min(1), keys: z.array(input).default([]) })),
  /** What it is made with, and holds from then on. */
  made: input.optional(),
  /** True where it holds data from the beginning: what nobody put in at a key is that. */
  filled: z.boolean().default(false),
});

/** What a reader of settings may make of a text; the last three are written as addresses. */
const casts = [
  "text",
  "bool",
  "flag",
  "int",
  "float",
  "list",
  "tuple",
  "set",
  "dict",
  "json",
  "database-url",
  "cache-url",
  "email-url",
] as const;

/** Formats of data in files and texts; `env` is one assignment a line. */
const dataFormats = ["json", "yaml", "toml", "env"] as const;
export type DataFormat = (typeof dataFormats)[number];

export const ModelShape = z.strictObject({
  /** One line on what the file covers. */
  about: z.string().min(1),
  /** The name on the left is an instance of, or the same thing as, the name on the right. */
  types: z.record(name, name).default({}),
  /** Calls that read an environment variable. `default` and `cast` name their parameters by position or keyword. */
  environment: z
    .array(
      z.strictObject({
        call: name,
        /** The variable that is read where the call names none, and the parameter that names it. */
        variable: z
          .strictObject({ name: z.string().min(1), argument: z.array(parameter) })
          .optional(),
        default: z.array(parameter).default([]),
        /** True where the constructor of what is called may hold pairs of cast and default by the variable's name. */
        scheme: z.boolean().default(false),
        /** An attribute of what is called that holds what the names of all variables begin with. */
        prefix: z.string().min(1).optional(),
        /** A keyword of the call that made the reader, which says the same. */
        prefixKeyword: z.string().min(1).optional(),
        /** Files beside the calling one, or in a folder above it, that hold what the environment does not: the first there is. */
        files: z.array(z.string().min(1)).default([]),
        /** The section of such a file that counts, where it has sections. */
        section: z.string().min(1).optional(),
        /** What the call gives where there is no variable and no default: an error, None, or an empty dict. */
        otherwise: z.enum(["error", "none", "nothing"]).default("error"),
        /** The exception of the error. */
        raises: name.default("KeyError"),
        /** What is made of the text. */
        cast: z.enum([...casts, "by-argument"]).default("text"),
        /** False where a default that is a text stays one. */
        castsDefault: z.boolean().default(true),
        /** The result stands in a dict under this key. */
        under: z.string().min(1).optional(),
        castArgument: z.array(parameter).default([]),
        /**
         * Set where the call is an attribute of a class, and the variable is named after the attribute unless a parameter names
         * it. `name` is the variable where it is always the same one.
         */
        attribute: z
          .strictObject({
            prefix: z.string(),
            prefixArgument: z.array(parameter).default([]),
            nameArgument: z.array(parameter).default([]),
            name: z.string().optional(),
            /** Parameters of which one that is false means that no variable is read, or one that is true that there must be one. */
            readsArgument: z.array(parameter).default([]),
            requiredArgument: z.array(parameter).default([]),
          })
          .optional(),
      }),
    )
    .default([]),
  /** Calls that take variables from a file: the parameter that names it, and its name beside the calling file or above it. */
  environmentFiles: z
    .array(
      z.strictObject({
        call: name,
        file: z.array(parameter),
        /** The nearest file of this name is read where none is named, or where what names it is this call. */
        beside: z.string().min(1).optional(),
        finder: name.optional(),
        /** True where `${X}` in a value stands for a variable, and what follows ` #` is a comment. */
        expands: z.boolean().default(false),
        /** Parameters of which one that is true means that what follows a `#` is a comment. */
        comments: z.array(z.string().min(1)).default([]),
      }),
    )
    .default([]),
  /** What a call, or a cast that is named as an argument, makes of a text; `flag` is 1 or 0. */
  casts: z.record(name, z.enum(casts)).default({}),
  /** Settings that may be written as an address: what each scheme stands for, and which parts go where. */
  addresses: z
    .record(
      z.string().min(1),
      z.strictObject({
        backend: z.string().min(1),
        /** The key under which what stands behind the `?` goes, where that is kept. */
        options: z.string().min(1).optional(),
        parts: z.record(
          z.string().min(1),
          z.enum(["address", "user", "password", "host", "port", "name"]),
        ),
        schemes: z.record(z.string().min(1), name),
        /** The scheme of the address that the entry holds, where it is not the one that is written. */
        renames: z.record(z.string().min(1), z.string().min(1)).default({}),
        /** Further entries, by the scheme that means them. */
        also: z.record(z.string().min(1), z.record(z.string().min(1), z.boolean())).default({}),
        /** Keywords of the call that are entries, by the key of the entry. */
        arguments: z.record(z.string().min(1), z.string().min(1)).default({}),
        /** What goes under `options` where a keyword of the call is true. */
        flags: z.record(z.string().min(1), z.record(z.string().min(1), z.string())).default({}),
      }),
    )
    .default({}),
  /** What a name outside the tree is wherever a web application is deployed: the platform, an interpreter that is not too old. */
  values: z
    .record(
      name,
      z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]),
    )
    .default({}),
  /**
   * How many characters a text has that a program makes anew each time: a number, or the argument that says how many, times as many
   * characters as each of them becomes.
   */
  lengths: z
    .record(
      name,
      z.union([
        z.number().int().positive(),
        z.strictObject({
          of: z.array(parameter),
          default: z.number().int().positive().optional(),
          times: z.number().positive().default(1),
        }),
      ]),
    )
    .default({}),
  /** Classes whose instances take each annotated attribute from the variable that is named after it. */
  environmentClasses: z
    .array(
      z.strictObject({
        base: name,
        /** Attributes that hold options, as a call or as a class. */
        options: z.array(z.string().min(1)).default([]),
        prefix: z.string().min(1),
        file: z.string().min(1),
        /** The option that says what stands between a field and a field of it in the name of a variable. */
        nested: z.string().min(1).optional(),
        /** Options of one attribute that name its variable. */
        names: z.array(z.string().min(1)).default([]),
      }),
    )
    .default([]),
  /** Calls that read data from a text or from a file, by their format. */
  data: z.record(name, z.enum(dataFormats)).default({}),
  /** Calls that take settings from files of data, and in which sections they stand: in none, or in these, the last of which counts. */
  settingsFiles: z
    .array(
      z.strictObject({
        call: name,
        files: z.array(z.string().min(1)).min(1),
        sections: z.array(z.string().min(1)).default([]),
      }),
    )
    .default([]),
  /** Calls that run other files in the module that calls them, and calls that mark a file as one that may be missing. */
  includes: z.array(z.strictObject({ call: name, optional: name })).default([]),
  /** Parameters that a framework fills. The first entry that fits counts; an annotation of a known type comes before all. */
  parameters: z.array(ParameterShape).default([]),
  /** Groups of values that an attacker chooses: their names, or what else is to say of the group. */
  sources: z.record(z.string().min(1), z.union([z.array(name), SourceGroupShape])).default({}),
  /** How to recognise the settings modules of a framework. */
  settings: z
    .array(
      z.strictObject({
        framework: z.string().min(1),
        /** The package that the framework is installed from, and its series, oldest first: `4.2`. */
        package: z.string().min(1).optional(),
        series: z.array(z.string().regex(/^\d+\.\d+$/)).default([]),
        /** The environment variable that names the module which is deployed, and the files that set it. */
        variable: z.string().min(1),
        namedIn: z.array(z.string().min(1)),
        /** The name under which a program finds the framework's version, as a tuple. */
        version: name.optional(),
        /** Those of them that a web server loads. */
        servedBy: z.array(z.string().min(1)).default([]),
        /** Those of them that make an image, and the programs that an image starts where it is one of a server. */
        images: z
          .strictObject({
            files: z.array(z.string().min(1)).min(1),
            servers: z.array(z.string().regex(/^[\w-]+$/)).min(1),
          })
          .optional(),
        /** Methods that programs call with the settings, as a text or a name, and the files in which they do. */
        loads: z
          .strictObject({
            calls: z.array(z.string().min(1)).min(1),
            in: z.array(z.string().min(1)),
          })
          .optional(),
        /** Files that name the module which tests run with. */
        namedInTests: z.array(z.string().min(1)).default([]),
        /** Files of other kinds that settings modules take values from. */
        valuesIn: z.array(z.string().min(1)).default([]),
        /** Globs of paths at which settings modules stand by habit. */
        paths: z.array(z.string().min(1)),
        /** Names of which a settings module sets at least two. */
        marks: z.array(z.string().min(1)),
        /** Names that belong to another framework: a module that sets one is not meant. */
        unless: z.array(z.string().min(1)).default([]),
        /** Words in a module's path that say that it is not what is deployed. */
        notDeployed: z.array(z.string().min(1)),
        /** Settings that the framework has a default for. */
        /** Modules and calls outside the tree that settings may come from, by their dotted names: what is not set may be set there. */
        elsewhere: z.string().min(1).optional(),
        defaults: z.array(z.string().min(1)).default([]),
        /** Classes whose attributes are settings: what they extend, and the environment variable that names the one that counts. */
        classes: z
          .strictObject({
            base: z.array(name).default([]),
            /** True where any class that extends nothing from outside may hold settings: it has to set two of the marks. */
            plain: z.boolean().default(false),
            variable: z.string().min(1),
            /** Class methods that run before and after the attributes are read. */
            before: z.array(z.string()).default([]),
          })
          .optional(),
      }),
    )
    .default([]),
  /** Calls whose result carries nothing of its arguments that could do harm, whatever the sink. */
  cleaners: z.array(name).default([]),
  /** Types that an annotation may name of which no value does harm, whatever the sink. */
  harmless: z.array(name).default([]),
  /** Modules that no server has loaded: programs that run tests. */
  "never-loaded": z.array(name).default([]),
  /** Calls that give the module in which they stand settings that are not in the tree. */
  fillers: z.array(name).default([]),
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
  /** Objects that hold data by key and give it back. */
  containers: z.array(ContainerShape).default([]),
  /** Paths of requests that are known, because a function serves one path only. */
  routes: z.array(RouteShape).default([]),
  /** What classes say of the data that a framework fills their attributes with. */
  fields: z.array(FieldShape).default([]),
  /** Where it is written down which functions serve which paths, and what the parts of a path may be. */
  urlconfs: z.array(UrlconfShape).default([]),
  /** Methods that a framework calls on an object before those that answer: what they set is there. */
  preparers: z.array(z.string().min(1)).default([]),
  /** Fields of forms that have a check of their own. */
  forms: z.array(FormCheckShape).default([]),
  /** Data whose names and types a file declares. */
  declared: z.array(DeclaredShape).default([]),
  /** Data that only does harm to whoever entered it. */
  own: z.array(OwnDataShape).default([]),
  /** Who may use a view. */
  access: z.array(AccessShape).default([]),
  /** How data is handed over beside a text, for fixes. */
  placeholders: z.array(PlaceholdersShape).default([]),
});

export type Model = z.infer<typeof ModelShape>;
export type EnvironmentReader = Model["environment"][number];
export type AddressForm = Model["addresses"][string];
export type ParameterFact = Model["parameters"][number];
export type Sanitizer = Model["sanitizers"][number];
export type Pass = Model["passes"][number];
export type Guard = Model["guards"][number];
export type Container = Model["containers"][number];
export type Urlconf = Model["urlconfs"][number];
export type OwnData = Model["own"][number];
export type FormCheck = Model["forms"][number];
export type Declared = Model["declared"][number];
export type Placeholders = Model["placeholders"][number];

/** Values that come from one kind of place. */
export interface SourceGroup {
  readonly data: string;
  readonly confidence: Confidence;
  readonly values: readonly string[];
  readonly includes: readonly string[];
}

/** All model files as one. */
export interface Models {
  readonly types: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, EnvironmentReader>;
  readonly environmentFiles: ReadonlyMap<string, Model["environmentFiles"][number]>;
  readonly casts: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<string, AddressForm>;
  readonly values: ReadonlyMap<string, Model["values"][string]>;
  readonly lengths: ReadonlyMap<string, Model["lengths"][string]>;
  readonly environmentClasses: Model["environmentClasses"];
  readonly settingsFiles: Model["settingsFiles"];
  readonly data: ReadonlyMap<string, DataFormat>;
  readonly includes: Model["includes"];
  readonly parameters: Model["parameters"];
  readonly sources: ReadonlyMap<string, SourceGroup>;
  readonly settings: Model["settings"];
  readonly cleaners: readonly string[];
  readonly harmless: readonly string[];
  readonly neverLoaded: ReadonlySet<string>;
  readonly fillers: ReadonlySet<string>;
  readonly dependencies: Model["dependencies"];
  readonly aborts: ReadonlySet<string>;
  readonly sanitizers: Model["sanitizers"];
  readonly passes: Model["passes"];
  readonly inverses: Model["inverses"];
  readonly pure: Model["pure"];
  readonly guards: Model["guards"];
  readonly callers: Model["callers"];
  readonly containers: Model["containers"];
  readonly placeholders: Model["placeholders"];
  readonly routes: Model["routes"];
  readonly fields: Model["fields"];
  readonly urlconfs: Model["urlconfs"];
  readonly forms: Model["forms"];
  readonly declared: Model["declared"];
  readonly preparers: readonly string[];
  readonly own: Model["own"];
  readonly access: readonly AccessFacts[];
}

/** Joins model files; what a later file says of a name adds to what an earlier one said. */
export function joinModels(models: readonly Model[]): Models {
  const sources = new Map<string, SourceGroup>();
  for (const model of models)
    for (const [group, said] of Object.entries(model.sources)) {
      const more = Array.isArray(said) ? { values: said } : said;
      sources.set(group, joinGroups(sources.get(group), defined(more)));
    }
  return {
    types: new Map(models.flatMap((model) => Object.entries(model.types))),
    environment: new Map(
      models.flatMap((model) => model.environment.map((reader) => [reader.call, reader])),
    ),
    environmentFiles: new Map(
      models.flatMap((model) => model.environmentFiles.map((one) => [one.call, one])),
    ),
    casts: new Map(models.flatMap((model) => Object.entries(model.casts))),
    addresses: new Map(models.flatMap((model) => Object.entries(model.addresses))),
    values: new Map(models.flatMap((model) => Object.entries(model.values))),
    lengths: new Map(models.flatMap((model) => Object.entries(model.lengths))),
    environmentClasses: models.flatMap((model) => model.environmentClasses),
    settingsFiles: models.flatMap((model) => model.settingsFiles),
    data: new Map(models.flatMap((model) => Object.entries(model.data))),
    includes: models.flatMap((model) => model.includes),
    parameters: models.flatMap((model) => model.parameters),
    sources,
    settings: models.flatMap((model) => model.settings),
    cleaners: models.flatMap((model) => model.cleaners),
    harmless: models.flatMap((model) => model.harmless),
    fillers: new Set(models.flatMap((model) => model.fillers)),
    neverLoaded: new Set(models.flatMap((model) => model["never-loaded"])),
    dependencies: models.flatMap((model) => model.dependencies),
    aborts: new Set(models.flatMap((model) => model.aborts)),
    sanitizers: models.flatMap((model) => model.sanitizers),
    passes: models.flatMap((model) => model.passes),
    inverses: models.flatMap((model) => model.inverses),
    pure: models.flatMap((model) => model.pure),
    guards: models.flatMap((model) => model.guards),
    callers: models.flatMap((model) => model.callers),
    containers: models.flatMap((model) => model.containers),
    placeholders: models.flatMap((model) => model.placeholders),
    routes: models.flatMap((model) => model.routes),
    fields: models.flatMap((model) => model.fields),
    urlconfs: models.flatMap((model) => model.urlconfs),
    forms: models.flatMap((model) => model.forms),
    declared: models.flatMap((model) => model.declared),
    preparers: models.flatMap((model) => model.preparers),
    own: models.flatMap((model) => model.own),
    access: models.flatMap((model) => model.access),
  };
}

/** Both as one: what the second says of a name adds to what the first said. */
export function mergeModels(a: Models, b: Models): Models {
  const sources = new Map(a.sources);
  for (const [group, more] of b.sources) sources.set(group, joinGroups(sources.get(group), more));
  return {
    types: new Map([...a.types, ...b.types]),
    environment: new Map([...a.environment, ...b.environment]),
    environmentFiles: new Map([...a.environmentFiles, ...b.environmentFiles]),
    casts: new Map([...a.casts, ...b.casts]),
    addresses: new Map([...a.addresses, ...b.addresses]),
    values: new Map([...a.values, ...b.values]),
    lengths: new Map([...a.lengths, ...b.lengths]),
    environmentClasses: [...a.environmentClasses, ...b.environmentClasses],
    settingsFiles: [...a.settingsFiles, ...b.settingsFiles],
    data: new Map([...a.data, ...b.data]),
    includes: [...a.includes, ...b.includes],
    parameters: [...a.parameters, ...b.parameters],
    sources,
    settings: [...a.settings, ...b.settings],
    cleaners: [...a.cleaners, ...b.cleaners],
    harmless: [...a.harmless, ...b.harmless],
    fillers: new Set([...a.fillers, ...b.fillers]),
    neverLoaded: new Set([...a.neverLoaded, ...b.neverLoaded]),
    dependencies: [...a.dependencies, ...b.dependencies],
    aborts: new Set([...a.aborts, ...b.aborts]),
    sanitizers: [...a.sanitizers, ...b.sanitizers],
    passes: [...a.passes, ...b.passes],
    inverses: [...a.inverses, ...b.inverses],
    pure: [...a.pure, ...b.pure],
    guards: [...a.guards, ...b.guards],
    callers: [...a.callers, ...b.callers],
    containers: [...a.containers, ...b.containers],
    placeholders: [...a.placeholders, ...b.placeholders],
    routes: [...a.routes, ...b.routes],
    fields: [...a.fields, ...b.fields],
    urlconfs: [...a.urlconfs, ...b.urlconfs],
    forms: [...a.forms, ...b.forms],
    declared: [...a.declared, ...b.declared],
    preparers: [...a.preparers, ...b.preparers],
    own: [...a.own, ...b.own],
    access: [...a.access, ...b.access],
  };
}

function joinGroups(known: SourceGroup | undefined, more: Partial<SourceGroup>): SourceGroup {
  return {
    data: more.data ?? known?.data ?? "data from outside",
    confidence: more.confidence ?? known?.confidence ?? "high",
    values: [...(known?.values ?? []), ...(more.values ?? [])],
    includes: [...(known?.includes ?? []), ...(more.includes ?? [])],
  };
}

/** The group without the keys that are not set. */
function defined(
  group: z.infer<typeof SourceGroupShape> | { values: string[] },
): Partial<SourceGroup> {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined));
}
