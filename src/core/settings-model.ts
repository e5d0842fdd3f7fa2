import * as z from "zod";
import { input, name } from "./model-terms.ts";

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

/**
 * What a method takes settings from: another mapping, the names in capitals of an object or of a module by its text, a program that is
 * run, a file of data whose reader is the second argument or `load`, one of JSON, a program that a variable names, or all variables
 * whose names begin with the argument and a `_`.
 */
const takings = ["mapping", "object", "program", "data", "json", "named", "variables"] as const;

/** What model files say of settings: where they stand, and how programs read the environment and files for them. */
export const settingsFacts = {
  /** Calls that read an environment variable. `default` and `cast` name their parameters by position or keyword. */
  environment: z
    .array(
      z.strictObject({
        call: name,
        /** The variable that is read where the call names none, and the parameter that names it. */
        variable: z.strictObject({ name: z.string().min(1), argument: z.array(input) }).optional(),
        default: z.array(input).default([]),
        /** True where the constructor of what is called may hold pairs of cast and default by the variable's name. */
        scheme: z.boolean().default(false),
        /** An attribute of what is called that holds what the names of all variables begin with. */
        prefix: z.string().min(1).optional(),
        /** A keyword of the call that made the reader, which says the same. */
        prefixKeyword: z.string().min(1).optional(),
        /** Files beside the calling one, or in a folder above it, that hold what the environment does not: the first there is. */
        files: z.array(z.string().min(1)).default([]),
        /** Where the call that made the reader names the folder that such files are in. */
        folder: z.array(input).default([]),
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
        castArgument: z.array(input).default([]),
        /**
         * Set where the call is an attribute of a class, and the variable is named after the attribute unless a parameter names
         * it. `name` is the variable where it is always the same one.
         */
        attribute: z
          .strictObject({
            prefix: z.string(),
            prefixArgument: z.array(input).default([]),
            nameArgument: z.array(input).default([]),
            name: z.string().optional(),
            /** Parameters of which one that is false means that no variable is read, or one that is true that there must be one. */
            readsArgument: z.array(input).default([]),
            requiredArgument: z.array(input).default([]),
          })
          .optional(),
      }),
    )
    .default([]),
  /** Contexts within which a reader puts a text before the name of every variable, the inner ones last: the argument that says it. */
  environmentPrefixes: z.record(name, z.array(input)).default({}),
  /** Calls that take variables from a file: the parameter that names it, and its name beside the calling file or above it. */
  environmentFiles: z
    .array(
      z.strictObject({
        call: name,
        file: z.array(input),
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
          of: z.array(input),
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
        /** Options, of the class or of one attribute, without which what checks the attributes gets no defaults. */
        validates: z.array(z.string().min(1)).default([]),
      }),
    )
    .default([]),
  /** Calls that read data from a text or from a file, by their format. */
  data: z.record(name, z.enum(dataFormats)).default({}),
  /**
   * Calls that take settings from files of data, and in which sections they stand: in none, or in these, the last of which counts, and
   * in one for each stage. They set names of the module that calls them or, with `object`, make an object that has them.
   */
  settingsFiles: z
    .array(
      z.strictObject({
        call: name,
        files: z.array(z.string().min(1)).default([]),
        sections: z.array(z.string().min(1)).default([]),
        object: z
          .strictObject({
            /** Keywords for the files that are read, for whether they have sections, and for the one that counts. */
            files: z.array(z.string().min(1)).min(1),
            sectioned: z.string().min(1),
            section: z.array(z.string().min(1)).min(1),
            /** The keyword for what the variables begin with that change a setting, and that where it is not given. */
            prefix: z.string().min(1),
            variables: z.string().min(1),
          })
          .optional(),
      }),
    )
    .default([]),
  /** Calls that run other files in the module that calls them, and calls that mark a file as one that may be missing. */
  includes: z.array(z.strictObject({ call: name, optional: name })).default([]),
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
        /** The option of commands that names the module in the variable's place. */
        option: z.string().min(1).optional(),
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
        /**
         * Those of them that start several programs at once, by habit for development: the word among `notDeployed` that says so, and
         * words of commands that confirm it. A name for what is deployed, or the command of a server of images, speaks against it.
         */
        composed: z
          .strictObject({
            files: z.array(z.string().min(1)).min(1),
            word: z.string().min(1),
            developing: z.array(z.string().regex(/^[\w-]+$/)).min(1),
          })
          .optional(),
        /**
         * How those of them that make no image set variables: for programs in data, with what holds a program's command, its variables
         * and the files of more of them; or on lines that begin with a word.
         */
        deployment: z
          .strictObject({
            programs: z.array(
              z.strictObject({
                in: z.array(z.string().min(1)).min(1),
                /** The keys that lead to a program, where `*` stands for each of several. */
                at: z.array(z.string().min(1)).default([]),
                /** Those of its command; without any, every program is a server. */
                command: z.array(z.string().min(1)).default([]),
                /** The key of the image that is made for it, which has a command of its own. */
                image: z.string().min(1).optional(),
                variables: z.string().min(1),
                /** The key of a variable's name, where each is an entry that holds its `value` too. */
                name: z.string().min(1).default("name"),
                files: z.string().min(1).optional(),
                /** Those of the files that tell what is deployed; the others are for a developer's machine, mostly. */
                deployed: z.array(z.string().min(1)).optional(),
              }),
            ),
            lines: z.array(
              z.strictObject({ in: z.array(z.string().min(1)).min(1), begin: z.string().min(1) }),
            ),
            /** Files that those may name, for variables that stand there. */
            listed: z.array(z.string().min(1)).default([]),
          })
          .optional(),
        /** Methods that programs call with the settings, as a text or a name, and the files in which they do. */
        loads: z
          .strictObject({
            calls: z.array(z.string().min(1)).min(1),
            in: z.array(z.string().min(1)),
            /** Calls, by their last name, that load files of data: those that a keyword names, or else the nearest of these. */
            files: z
              .array(
                z.strictObject({
                  call: z.string().regex(/^\w+$/),
                  keywords: z.array(z.string().min(1)),
                  usual: z.array(z.string().min(1)),
                }),
              )
              .default([]),
          })
          .optional(),
        /**
         * The prefix that settings of another package have among these, unless a call says which they have instead: the method,
         * its keyword for the name before the `_`, and the files in which programs call it.
         */
        prefixes: z
          .array(
            z.strictObject({
              prefix: z.string().min(1),
              call: z.string().regex(/^\w+$/),
              keyword: z.string().regex(/^\w+$/),
              in: z.array(z.string().min(1)).min(1),
            }),
          )
          .default([]),
        /** Files that name the module which tests run with. */
        namedInTests: z.array(z.string().min(1)).default([]),
        /** Files of other kinds that settings modules take values from. */
        valuesIn: z.array(z.string().min(1)).default([]),
        /** Modules that need the settings to be there, so that these take nothing from them: by their paths, and by what they import. */
        needing: z
          .strictObject({
            paths: z.array(z.string().min(1)).default([]),
            imports: z.array(z.string().regex(/^[\w.]+$/)).default([]),
          })
          .prefault({}),
        /** Globs of paths at which settings modules stand by habit. */
        paths: z.array(z.string().min(1)),
        /** Names of which a settings module sets at least two. */
        marks: z.array(z.string().min(1)),
        /** Names that belong to another framework: a module that sets one is not meant. */
        unless: z.array(z.string().min(1)).default([]),
        /** Words in a module's path that say that it is not what is deployed. */
        notDeployed: z.array(z.string().min(1)),
        /** Words that say that it is, though only what tests or developers start names it. */
        deployed: z.array(z.string().min(1)).default([]),
        /** Modules and calls outside the tree that settings may come from, by their dotted names: what is not set may be set there. */
        elsewhere: z.string().min(1).optional(),
        /** Settings that the framework has a default for. */
        defaults: z.array(z.string().min(1)).default([]),
        /** Classes whose attributes are settings: what they extend, and the environment variable that names the one that counts. */
        classes: z
          .strictObject({
            base: z.array(name).default([]),
            /** True where any class that extends nothing from outside may hold settings: it has to set two of the marks. */
            plain: z.boolean().default(false),
            /** True where attributes in lower case are settings too. */
            lowerCase: z.boolean().default(false),
            variable: z.string().min(1),
            /** Class methods that run before and after the attributes are read. */
            before: z.array(z.string()).default([]),
          })
          .optional(),
      }),
    )
    .default([]),
  /**
   * Files of data that settings may take values from: by their paths; of formats in which much else is written, by a word in their
   * names; but none of those that tools read.
   */
  settingsData: z
    .array(
      z.strictObject({
        files: z.array(z.string().min(1)),
        formats: z.array(z.string().min(1)),
        words: z.array(z.string().min(1)).min(1),
        ofTools: z.array(z.string().min(1)),
      }),
    )
    .default([]),
  /**
   * Mappings that an object from outside the tree has for its settings: the attribute that is the mapping, those that stand for a member
   * of it, and the methods by which it takes settings in. What such a method is given may be missing where the keyword is true.
   */
  configurations: z
    .array(
      z.strictObject({
        framework: z.string().min(1),
        object: name,
        /** How the names of the classes end that make such objects. */
        makers: z.array(z.string().regex(/^\w+$/)).min(1),
        mapping: z.string().regex(/^\w+$/),
        members: z.record(z.string().min(1), z.string().min(1)).default({}),
        methods: z.record(z.string().min(1), z.enum(takings)),
        silent: z.string().min(1).optional(),
        /** What the names of variables begin with where a program does not say it. */
        prefix: z.string().default(""),
        /** Beside a program, the folder of its installation in which files are. */
        folder: z.string().min(1).optional(),
      }),
    )
    .default([]),
  /** Calls that give the module in which they stand settings that are not in the tree. */
  fillers: z.array(name).default([]),
  /** Calls outside the tree that set no names of a module that is handed to them as a dict. */
  leavesNames: z.array(z.string().regex(/^[\w.*]+$/)).default([]),
};
