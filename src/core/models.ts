import * as z from "zod";

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
        default: z.array(parameter).default([]),
        /** True where the constructor of what is called may hold pairs of cast and default by the variable's name. */
        scheme: z.boolean().default(false),
        /** What the call gives where there is no variable and no default: an error, or None. */
        otherwise: z.enum(["error", "none"]).default("error"),
        cast: z.enum(["text", "bool", "int", "float", "list", "by-argument"]).default("text"),
        castArgument: z.array(parameter).default([]),
      }),
    )
    .default([]),
  /** Calls that run other files in the module that calls them, and calls that mark a file as one that may be missing. */
  includes: z.array(z.strictObject({ call: name, optional: name })).default([]),
  /** Parameters that a framework fills, known by their name in a file that imports the framework. */
  parameters: z
    .array(z.strictObject({ name: z.string().min(1), is: name, importing: z.string().min(1) }))
    .default([]),
  /** Groups of values that an attacker chooses. */
  sources: z.record(z.string().min(1), z.array(name)).default({}),
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
        /** Globs of paths at which settings modules stand by habit. */
        paths: z.array(z.string().min(1)),
        /** Names of which a settings module sets at least two. */
        marks: z.array(z.string().min(1)),
        /** Words in a module's path that say that it is not what is deployed. */
        notDeployed: z.array(z.string().min(1)),
      }),
    )
    .default([]),
  /** Calls whose result carries nothing of its arguments that could do harm, whatever the sink. */
  cleaners: z.array(name).default([]),
});

export type Model = z.infer<typeof ModelShape>;
export type EnvironmentReader = Model["environment"][number];

/** All model files as one. */
export interface Models {
  readonly types: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, EnvironmentReader>;
  readonly includes: Model["includes"];
  readonly parameters: Model["parameters"];
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly settings: Model["settings"];
  readonly cleaners: readonly string[];
}

/** Joins model files; what a later file says of a name adds to what an earlier one said. */
export function joinModels(models: readonly Model[]): Models {
  const sources = new Map<string, string[]>();
  for (const model of models) {
    for (const [group, names] of Object.entries(model.sources))
      sources.set(group, [...(sources.get(group) ?? []), ...names]);
  }
  return {
    types: new Map(models.flatMap((model) => Object.entries(model.types))),
    environment: new Map(
      models.flatMap((model) => model.environment.map((reader) => [reader.call, reader])),
    ),
    includes: models.flatMap((model) => model.includes),
    parameters: models.flatMap((model) => model.parameters),
    sources,
    settings: models.flatMap((model) => model.settings),
    cleaners: models.flatMap((model) => model.cleaners),
  };
}
