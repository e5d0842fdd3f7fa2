import * as z from "zod";
import { AccessShape, SenderProof } from "./access-model.ts";
import type { Confidence } from "./finding.ts";
import { flowFacts } from "./flow-model.ts";
import { name } from "./model-terms.ts";
import { settingsFacts } from "./settings-model.ts";

/**
 * What the engine knows of the world outside a repository: which calls read the environment, what type a call returns, where
 * hostile data comes from. The facts are data in `rules/models/*.yml`; code knows no framework by name.
 */
export const ModelShape = z.strictObject({
  /** One line on what the file covers. */
  about: z.string().min(1),
  /** The name on the left is an instance of, or the same thing as, the name on the right. */
  types: z.record(name, name).default({}),
  /** Who may use a view. */
  access: z.array(AccessShape).default([]),
  /** What proves who sends a request, whatever the browser that brings it is logged in as. */
  "sender-proofs": z.array(SenderProof).default([]),
  ...settingsFacts,
  ...flowFacts,
});

export type Model = z.infer<typeof ModelShape>;
export type DataFormat = Model["data"][string];
export type EnvironmentReader = Model["environment"][number];
export type AddressForm = Model["addresses"][string];
export type ParameterFact = Model["parameters"][number];
export type Sanitizer = Model["sanitizers"][number];
export type Pass = Model["passes"][number];
export type Guard = Model["guards"][number];
export type Caller = Model["callers"][number];
export type Program = Model["programs"][number];
export type Carrier = Model["carriers"][number];
export type Container = Model["containers"][number];
export type Urlconf = Model["urlconfs"][number];
export type OwnData = Model["own"][number];
export type FormCheck = Model["forms"][number];
export type Limit = FormCheck["limits"][number];
export type ListField = FormCheck["lists"][number];
export type Declared = Model["declared"][number];
export type Limited = Model["limited"][number];
export type Placeholders = Model["placeholders"][number];

/** Values that come from one kind of place. Without `data` they are "data from outside", and surely. */
export interface SourceGroup {
  readonly data?: string | undefined;
  readonly confidence?: Confidence | undefined;
  readonly values: readonly string[];
  readonly "caught-as": readonly string[];
  readonly named: readonly string[];
  readonly "unless-named": readonly string[];
  readonly includes: readonly string[];
}

const NO_SOURCES: SourceGroup = {
  values: [],
  "caught-as": [],
  named: [],
  "unless-named": [],
  includes: [],
};

/** Facts by the name that they are of. */
type Named =
  | "types"
  | "casts"
  | "addresses"
  | "values"
  | "lengths"
  | "data"
  | "environmentPrefixes";

/** All model files as one. */
export interface Models
  extends Readonly<
      Omit<
        Model,
        | "about"
        | Named
        | "environment"
        | "environmentFiles"
        | "sources"
        | "fillers"
        | "aborts"
        | "field-calls"
        | "data-classes"
        | "attribute-dicts"
        | "never-loaded"
      >
    >,
    Readonly<{ [Key in Named]: ReadonlyMap<string, Model[Key][string]> }> {
  readonly environment: ReadonlyMap<string, EnvironmentReader>;
  readonly environmentFiles: ReadonlyMap<string, Model["environmentFiles"][number]>;
  readonly sources: ReadonlyMap<string, SourceGroup>;
  readonly fillers: ReadonlySet<string>;
  readonly aborts: ReadonlySet<string>;
  readonly "field-calls": ReadonlySet<string>;
  readonly "data-classes": ReadonlySet<string>;
  readonly "attribute-dicts": ReadonlySet<string>;
  readonly neverLoaded: ReadonlySet<string>;
}

/** Joins model files; what a later file says of a name adds to what an earlier one said. */
export function joinModels(models: readonly Model[]): Models {
  return mergeModels(models.map(read));
}

function read(model: Model): Models {
  const { about: _, "never-loaded": neverLoaded, ...facts } = model;
  return {
    ...facts,
    types: new Map(Object.entries(model.types)),
    casts: new Map(Object.entries(model.casts)),
    addresses: new Map(Object.entries(model.addresses)),
    values: new Map(Object.entries(model.values)),
    lengths: new Map(Object.entries(model.lengths)),
    data: new Map(Object.entries(model.data)),
    environmentPrefixes: new Map(Object.entries(model.environmentPrefixes)),
    environment: new Map(model.environment.map((reader) => [reader.call, reader])),
    environmentFiles: new Map(model.environmentFiles.map((one) => [one.call, one])),
    sources: new Map(
      Object.entries(model.sources).map(([name, said]) => [
        name,
        Array.isArray(said) ? { ...NO_SOURCES, values: said } : said,
      ]),
    ),
    fillers: new Set(model.fillers),
    aborts: new Set(model.aborts),
    "field-calls": new Set(model["field-calls"]),
    "data-classes": new Set(model["data-classes"]),
    "attribute-dicts": new Set(model["attribute-dicts"]),
    neverLoaded: new Set(neverLoaded),
  };
}

/** All as one: what a later one says of a name adds to what an earlier one said. */
export function mergeModels(parts: readonly Models[]): Models {
  return {
    types: new Map(parts.flatMap((part) => [...part.types])),
    casts: new Map(parts.flatMap((part) => [...part.casts])),
    addresses: new Map(parts.flatMap((part) => [...part.addresses])),
    values: new Map(parts.flatMap((part) => [...part.values])),
    lengths: new Map(parts.flatMap((part) => [...part.lengths])),
    data: new Map(parts.flatMap((part) => [...part.data])),
    environmentPrefixes: new Map(parts.flatMap((part) => [...part.environmentPrefixes])),
    environment: new Map(parts.flatMap((part) => [...part.environment])),
    environmentFiles: new Map(parts.flatMap((part) => [...part.environmentFiles])),
    sources: mergeSources(parts),
    fillers: new Set(parts.flatMap((part) => [...part.fillers])),
    aborts: new Set(parts.flatMap((part) => [...part.aborts])),
    neverLoaded: new Set(parts.flatMap((part) => [...part.neverLoaded])),
    environmentClasses: parts.flatMap((part) => part.environmentClasses),
    settingsFiles: parts.flatMap((part) => part.settingsFiles),
    settingsData: parts.flatMap((part) => part.settingsData),
    includes: parts.flatMap((part) => part.includes),
    leavesNames: parts.flatMap((part) => part.leavesNames),
    settings: parts.flatMap((part) => part.settings),
    configurations: parts.flatMap((part) => part.configurations),
    parameters: parts.flatMap((part) => part.parameters),
    cleaners: parts.flatMap((part) => part.cleaners),
    harmless: parts.flatMap((part) => part.harmless),
    wrapping: parts.flatMap((part) => part.wrapping),
    dependencies: parts.flatMap((part) => part.dependencies),
    sanitizers: parts.flatMap((part) => part.sanitizers),
    inverses: parts.flatMap((part) => part.inverses),
    pure: parts.flatMap((part) => part.pure),
    passes: parts.flatMap((part) => part.passes),
    guards: parts.flatMap((part) => part.guards),
    callers: parts.flatMap((part) => part.callers),
    programs: parts.flatMap((part) => part.programs),
    containers: parts.flatMap((part) => part.containers),
    routes: parts.flatMap((part) => part.routes),
    members: parts.flatMap((part) => part.members),
    carriers: parts.flatMap((part) => part.carriers),
    fields: parts.flatMap((part) => part.fields),
    "field-calls": new Set(parts.flatMap((part) => [...part["field-calls"]])),
    "field-checks": parts.flatMap((part) => part["field-checks"]),
    "record-checks": parts.flatMap((part) => part["record-checks"]),
    "field-methods": parts.flatMap((part) => part["field-methods"]),
    "made-hooks": parts.flatMap((part) => part["made-hooks"]),
    "data-classes": new Set(parts.flatMap((part) => [...part["data-classes"]])),
    "attribute-dicts": new Set(parts.flatMap((part) => [...part["attribute-dicts"]])),
    records: parts.flatMap((part) => part.records),
    options: parts.flatMap((part) => part.options),
    rows: parts.flatMap((part) => part.rows),
    urlconfs: parts.flatMap((part) => part.urlconfs),
    preparers: parts.flatMap((part) => part.preparers),
    identities: parts.flatMap((part) => part.identities),
    "called-back": parts.flatMap((part) => part["called-back"]),
    switches: Object.fromEntries(parts.flatMap((part) => Object.entries(part.switches))),
    stages: {
      developing: parts.flatMap((part) => part.stages.developing),
      deployed: parts.flatMap((part) => part.stages.deployed),
      denying: parts.flatMap((part) => part.stages.denying),
      broad: parts.flatMap((part) => part.stages.broad),
      running: parts.flatMap((part) => part.stages.running),
      things: parts.flatMap((part) => part.stages.things),
      aspects: parts.flatMap((part) => part.stages.aspects),
    },
    runs: {
      in: parts.flatMap((part) => part.runs.in),
      by: parts.flatMap((part) => part.runs.by),
    },
    stores: parts.flatMap((part) => part.stores),
    "no-checks": parts.flatMap((part) => part["no-checks"]),
    "tell-presence": parts.flatMap((part) => part["tell-presence"]),
    forms: parts.flatMap((part) => part.forms),
    declared: parts.flatMap((part) => part.declared),
    limited: parts.flatMap((part) => part.limited),
    own: parts.flatMap((part) => part.own),
    placeholders: parts.flatMap((part) => part.placeholders),
    access: parts.flatMap((part) => part.access),
    "sender-proofs": parts.flatMap((part) => part["sender-proofs"]),
  };
}

function mergeSources(parts: readonly Models[]): ReadonlyMap<string, SourceGroup> {
  const sources = new Map<string, SourceGroup>();
  for (const { sources: more } of parts)
    for (const [name, group] of more) {
      const known = sources.get(name);
      sources.set(name, {
        data: group.data ?? known?.data,
        confidence: group.confidence ?? known?.confidence,
        values: [...(known?.values ?? []), ...group.values],
        "caught-as": [...(known?.["caught-as"] ?? []), ...group["caught-as"]],
        named: [...(known?.named ?? []), ...group.named],
        "unless-named": [...(known?.["unless-named"] ?? []), ...group["unless-named"]],
        includes: [...(known?.includes ?? []), ...group.includes],
      });
    }
  return sources;
}
