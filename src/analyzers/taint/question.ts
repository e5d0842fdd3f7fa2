/** What a rule asks of a value that reaches its sink: the facts of the models that bear on its kind of harm. */
import type { Confidence, Step } from "../../core/finding.ts";
import type { Guard, Models, Pass, Program, Sanitizer } from "../../core/models.ts";
import type { SymbolValue, Value } from "../../python/index.ts";
import { NameIndex } from "../names.ts";
import type { Flow } from "./flow.ts";
import type { TaintMatch } from "./match.ts";
import type { NamedSource } from "./named.ts";
import type { Place } from "./place.ts";

export interface Source {
  /** In words: "request data". */
  readonly data: string;
  readonly confidence: Confidence;
  /** Of an error that was caught: the classes of which one has to be named there. */
  readonly caughtAs?: readonly string[];
}

export interface Question {
  readonly sources: NameIndex<Source>;
  /** Sources by what the program calls them. */
  readonly named: readonly NamedSource[];
  /** Calls whose result is harmless here, whatever was given. */
  readonly cleaners: NameIndex<Sanitizer | undefined>;
  readonly passes: NameIndex<Pass>;
  /** What each call gives back as it was. */
  readonly inverses: NameIndex<readonly string[]>;
  /** Calls, and methods, whose result holds nothing but what they are given. */
  readonly pure: NameIndex<"function" | "method">;
  /** What programs do with their arguments. */
  readonly programs: readonly Program[];
  readonly harm: string;
  readonly guards: readonly Guard[];
  /** What objects are known by, which is a number, mostly: of one that a function is handed, it is no data. */
  readonly identities: readonly string[];
  /** What the sink's method belongs to. */
  readonly receiver?: Value;
  /** Values that are as good as the program's own text. */
  readonly trusted: NameIndex<true>;
  readonly parameters: boolean;
  /** What an object holds counts, too, where nothing else is known of it: who makes the object decides. */
  readonly held?: true;
  /** Whatever cannot be told counts, at a low confidence. */
  readonly unknown: boolean;
  readonly names: boolean;
  /** Keys under which a dict may hold anything, as containers write them. */
  readonly harmlessKeys: ReadonlySet<string>;
  /** Text does no harm, whatever stands in it. */
  readonly structureOnly: boolean;
  /** Where only structure counts: calls that make that of a text, and what is asked of the text. */
  readonly parsed?: { readonly by: ReadonlySet<string>; readonly text: Question };
  /** Where the value begins an address in markup: what keeps it from leading elsewhere. */
  readonly address?: Pick<Question, "harm" | "guards" | "cleaners">;
  /** Where the value stands in the text that reaches the sink, if that is known. */
  readonly place?: Place;
  /** The value is what a view returns: a text, or an answer that is made of one already. */
  readonly returned?: true;
  /** True for data of which another file of the project shows that it is harmless. */
  isVouchedFor?(value: SymbolValue): boolean;
  /** The same, where it is a number or the like, and not only no data of an attacker. */
  isConverted?(value: SymbolValue): boolean;
  /** True where the rule tells a part of an address that holds no `/` from others. */
  readonly segments: boolean;
  /** True for a part of an address that holds no `/`, as a file of the project shows. */
  isSegment?(value: SymbolValue): boolean;
  /** What lets data in, where a file of the project shows that nobody checks it there. */
  entryOf?(value: SymbolValue): Step | undefined;
  /** Where what another part of the program put on an object comes from, where it is data. */
  carried?(value: SymbolValue, question: Question): Flow | undefined;
  /** True for what an object has because some part of the program put it there. */
  isLeft?(value: SymbolValue): boolean;
  /** Told of modules of the tree, by path, that make something of data. */
  enter?(path: string): void;
  /** Told of a method of a class, and of modules, by path, of what the class extends: what stands there may call it. */
  enterCalling?(method: string, paths: readonly string[]): void;
}

/** What a rule says of the data that it looks for. */
type Asked = Pick<TaintMatch, "harm" | "from"> &
  Partial<Omit<TaintMatch, "to">> & { readonly trusts?: readonly string[] };

/** Throws nothing: a group that no model knows has no values. */
export function questionOf(match: Asked, models: Models): Question {
  const { harm } = match;
  const { address, ...plain } = match;
  const concerns = (stops: "all" | readonly string[]) => stops === "all" || stops.includes(harm);
  const sources = new NameIndex<Source>();
  const named: NamedSource[] = [];
  // What a framework gives may be harmless here by itself.
  const cleaning = new Set(match["cleaned-by"]);
  const groups = new Set(match.from);
  // A set grows while it is walked, and holds each group once.
  for (const name of groups) {
    const group = models.sources.get(name);
    for (const inner of group?.includes ?? []) groups.add(inner);
    const caughtAs = group?.["caught-as"] ?? [];
    const source: Source = {
      data: group?.data ?? "data from outside",
      confidence: group?.confidence ?? "high",
      ...(caughtAs.length > 0 && { caughtAs }),
    };
    for (const value of group?.values ?? [])
      if (!cleaning.has(value.replace(/\(\)$/, ""))) sources.add(value, source);
    const unless = new Set(group?.["unless-named"]);
    for (const word of group?.named ?? []) named.push({ word, unless, ...source });
  }
  const trusted = new NameIndex<true>();
  for (const name of match.trusts ?? [])
    for (const value of models.sources.get(name)?.values ?? []) trusted.add(value, true);
  const cleaners = new NameIndex<Sanitizer | undefined>();
  for (const name of [...models.cleaners, ...(match["cleaned-by"] ?? [])])
    cleaners.add(name, undefined);
  for (const one of models.sanitizers)
    if (concerns(one.stops) && !one.except.includes(harm)) cleaners.add(one.call, one);
  const passes = new NameIndex<Pass>();
  for (const one of models.passes) passes.add(one.call, one);
  const inverses = new NameIndex<readonly string[]>();
  for (const one of models.inverses) inverses.add(one.call, one.undoes);
  const pure = new NameIndex<"function" | "method">();
  for (const one of models.pure) pure.add(one, one.startsWith("*.") ? "method" : "function");
  return {
    pure,
    inverses,
    sources,
    named,
    cleaners,
    passes,
    trusted,
    identities: models.identities,
    programs: models.programs,
    harm,
    guards: models.guards.filter((one) => concerns(one.stops) && !one.except.includes(harm)),
    parameters: match.parameters === true,
    unknown: match.unknown === true,
    names: match.names === true,
    segments: match.segment !== undefined,
    harmlessKeys: new Set(match["harmless-under"]?.map((key) => `s${key}`)),
    structureOnly: match.data === "structure",
    ...(address !== undefined && { address: judged(questionOf({ ...plain, ...address }, models)) }),
    ...(match.data === "structure" && {
      parsed: {
        by: new Set(models.data.keys()),
        text: questionOf({ ...match, from: ["remote"], data: "any" }, models),
      },
    }),
  };
}

/** What says of data that it does no harm. */
function judged({
  harm,
  guards,
  cleaners,
}: Question): Pick<Question, "harm" | "guards" | "cleaners"> {
  return { harm, guards, cleaners };
}

/** What configures the program, by the names that programs give it. */
const CONFIGURATION =
  /(?:^|[._])(?:config|configuration|conf|settings|settings_dict)(?:\(\)|\[\])*$/i;

/** True for what is taken from values that are trusted, or from the configuration: whoever runs the program chose it. */
export function isOurs(value: Value, trusted: Question["trusted"]): boolean {
  // Some member of a list of theirs.
  const [list, ...others] = value.kind === "unknown" ? value.from : [];
  const first = list !== undefined && others.length === 0 ? list : value;
  for (let at: Value | undefined = first; at?.kind === "symbol"; at = at.base)
    if (trusted.find(at.name).length > 0 || CONFIGURATION.test(at.name)) return true;
  return false;
}
