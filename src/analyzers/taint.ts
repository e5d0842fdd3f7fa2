/**
 * Data followed from where it comes in to where it does harm. The evaluator keeps with each value what it was made of, so a
 * rule looks at the value that reaches a sink and walks back. Text that is made of literals alone is safe whatever its
 * length; what counts are the holes in it, and what fills them.
 */
import * as z from "zod";
import type { Confidence, RawFinding, Step } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import type { Rule } from "../core/rule.ts";
import { alternativesOf, type CallObservation, type Site, type Value } from "../python/index.ts";
import { analyzer, type FileUnit, isPython, type Prepared, type Trigger } from "./analyzer.ts";
import { argumentAt, calleeNames, shownName } from "./calls.ts";
import { NameIndex, triggerOf } from "./names.ts";
import { normalise, quotable } from "./subject.ts";

const Place = z.union([z.number().int().min(0), z.string().min(1)]);

const Sink = z.strictObject({
  call: z.string().min(1),
  argument: z.union([Place, z.array(Place)]),
  /** `sql`: only where the literal parts read like SQL, for sinks that are known by a method's name alone. */
  text: z.enum(["any", "sql"]).default("any"),
});

const TaintMatch = z.strictObject({
  /** Source groups of the models. */
  from: z.array(z.string().min(1)).min(1),
  to: z.array(Sink).min(1),
  /** What else makes data harmless for this kind of sink. */
  "cleaned-by": z.array(z.string().min(1)).default([]),
  /** Report text built from a function's unknown parameters too, at a lower confidence: its callers decide. */
  parameters: z.boolean().default(false),
});
type TaintMatch = z.infer<typeof TaintMatch>;
type SinkEntry = { readonly rule: Rule<TaintMatch>; readonly sink: z.infer<typeof Sink> };

/** Text built from data and handed to something that takes it for code. */
export const taint = analyzer({
  kind: "taint",
  match: TaintMatch,
  examplePath: "example.py",
  prepare,
});

/** How far a value is walked back. Past it we assume clean: a false alarm costs more than a missed deep flow. */
const MAX_VISITED = 400;

function prepare(rules: readonly Rule<TaintMatch>[], models: Models): Prepared {
  const sinks = new NameIndex<SinkEntry>();
  for (const rule of rules) for (const sink of rule.match.to) sinks.add(sink.call, { rule, sink });
  const gates = rules.flatMap((rule) =>
    rule.match.to.map(({ call, text }) => ({ words: triggerOf(call), text })),
  );
  const questions = new Map(rules.map((rule) => [rule.id, questionOf(rule, models)]));
  return {
    triggers: rules.flatMap((rule) => rule.match.to.map((sink) => triggerOf(sink.call))),
    wants: isPython,
    inspect: (unit) =>
      gates.some((gate) => passesGate(gate, unit)) ? inspect(unit, sinks, questions) : [],
  };
}

/** What must stand in a file before it is worth parsing for one sink. */
interface Gate {
  readonly words: Trigger;
  readonly text: "any" | "sql";
}

const SQL_ANYWHERE =
  /\bselect\s|\binsert\s+into\s|\bdelete\s+from\s|\bupdate\s+\S+\s+set\b|\bwhere\s|\b(?:create|alter|drop|truncate)\s+[a-z]+\b|\b(?:grant|revoke)\s/i;

function passesGate(gate: Gate, unit: FileUnit): boolean {
  return (
    gate.words.every((word) => unit.words.has(word.text)) &&
    (gate.text === "any" || SQL_ANYWHERE.test(unit.text))
  );
}

/** What a rule asks of a value that reaches its sink. */
interface Question {
  readonly sources: NameIndex<true>;
  readonly cleaners: NameIndex<true>;
  readonly parameters: boolean;
}

function questionOf(rule: Rule<TaintMatch>, models: Models): Question {
  const sources = new NameIndex<true>();
  for (const group of rule.match.from)
    for (const name of models.sources.get(group) ?? []) sources.add(name, true);
  const cleaners = new NameIndex<true>();
  for (const name of [...models.cleaners, ...rule.match["cleaned-by"]]) cleaners.add(name, true);
  return { sources, cleaners, parameters: rule.match.parameters };
}

function inspect(
  unit: FileUnit,
  sinks: NameIndex<SinkEntry>,
  questions: ReadonlyMap<string, Question>,
): RawFinding[] {
  const found = new Map<string, RawFinding>();
  const python = unit.python();
  for (const call of python?.calls ?? []) {
    if (call.site.file !== python?.file) continue;
    for (const name of calleeNames(call)) {
      for (const { rule, sink } of sinks.find(name)) {
        const question = questions.get(rule.id);
        const value = argumentAt(call, sink.argument);
        if (question === undefined || value === undefined) continue;
        const flow = strongest(
          alternativesOf(value).map((one) => flowInto(one, sink.text, question)),
        );
        if (flow === undefined) continue;
        const key = `${rule.id} ${call.site.node.lineno}:${call.site.node.col_offset}`;
        if (found.get(key)?.confidence === "high") continue;
        found.set(key, report(rule, call, name, flow));
      }
    }
  }
  return [...found.values()];
}

function report(
  rule: Rule<TaintMatch>,
  call: CallObservation,
  name: string,
  flow: Flow,
): RawFinding {
  const { file, node } = call.site;
  const sink: Step = { ...file.location(node), message: `reaches \`${shownName(name)}\`` };
  return {
    ruleId: rule.id,
    ...file.location(node),
    subject: normalise(file.source(node)),
    values: { sink: shownName(name), data: flow.data },
    confidence: flow.confidence,
    trace: [...flow.sites.map((site, index) => toStep(site, index === 0 ? flow.data : "")), sink],
  };
}

function toStep(site: Site, data: string): Step {
  const shown = quotable(site.file.source(site.node));
  return {
    ...site.file.location(site.node),
    message: data === "" ? `goes into \`${shown}\`` : `\`${shown}\` is ${data}`,
  };
}

/** Where harmful data comes from, and the places it went through, source first. */
interface Flow {
  readonly confidence: Confidence;
  /** In words: "request data", "the parameter `name`". */
  readonly data: string;
  readonly sites: readonly Site[];
}

function strongest(flows: readonly (Flow | undefined)[]): Flow | undefined {
  return (
    flows.find((flow) => flow?.confidence === "high") ?? flows.find((flow) => flow !== undefined)
  );
}

const SQL =
  /\b(?:select\s[\s\S]*\bfrom|insert\s+into|delete\s+from|update\s[\s\S]*\bset|create\s+(?:table|index|view|database|user|role|schema)|alter\s+\w+|drop\s+\w+|grant\s|revoke\s|truncate\s|where\s)/i;
/** The hole stands where only a name may stand: no driver can bind it, so how it is checked cannot be seen here. */
const NAME_POSITION =
  /(?:\b(?:from|join|into|table|update|index|view|schema|database|user|role|column|sequence|by|on|exists|constraint|trigger|function|set|type|extension|as)\s+|["`.[(,]\s*)["'`[]?[\w.]*$/i;

function flowInto(value: Value, kind: "any" | "sql", question: Question): Flow | undefined {
  if (value.kind === "text") {
    const literal = value.parts.map((part) => (typeof part === "string" ? part : " ")).join("");
    if (kind === "sql" && !SQL.test(literal)) return undefined;
    let before = "";
    const flows = value.parts.map((part) => {
      if (typeof part === "string") {
        before += part;
        return undefined;
      }
      const flow = originOf(part, question, new Set());
      const isName = NAME_POSITION.test(before);
      before += "x";
      return flow?.confidence === "high" || !isName ? flow : undefined;
    });
    const flow = strongest(flows);
    return flow === undefined || value.site === undefined
      ? flow
      : { ...flow, sites: [...flow.sites, value.site] };
  }
  // Not text that we see being built: only data that is surely hostile counts.
  const flow = kind === "sql" ? undefined : originOf(value, question, new Set());
  return flow?.confidence === "high" ? flow : undefined;
}

/** Walks back from a value to the worst that went into it; undefined when that is harmless or not known. */
function originOf(value: Value, question: Question, visited: Set<Value>): Flow | undefined {
  if (visited.has(value) || visited.size > MAX_VISITED) return undefined;
  visited.add(value);
  const through = (inner: readonly Value[]): Flow | undefined => {
    const flow = strongest(inner.map((one) => originOf(one, question, visited)));
    if (flow === undefined || value.site === undefined || flow.sites.at(-1) === value.site)
      return flow;
    return { ...flow, sites: [...flow.sites, value.site] };
  };
  switch (value.kind) {
    case "symbol": {
      if (question.sources.find(value.name).length > 0) {
        return {
          confidence: "high",
          data: "request data",
          sites: value.site === undefined ? [] : [value.site],
        };
      }
      const called = value.call === undefined ? undefined : value.name.slice(0, -2);
      if (called !== undefined && question.cleaners.find(called).length > 0) return undefined;
      if (value.call !== undefined) {
        const own = value.base?.kind === "symbol" ? value.base.base : undefined;
        return through([
          ...(own === undefined ? [] : [own]),
          ...value.call.positional,
          ...value.call.keywords.values(),
        ]);
      }
      return value.base === undefined ? undefined : through([value.base]);
    }
    case "text":
      return through(value.parts.filter((part) => typeof part !== "string"));
    case "sequence":
      return through(value.contents.content.items);
    case "dict":
      return through([...value.contents.content.entries.values()].map((entry) => entry.value));
    case "union":
      return through(alternativesOf(value));
    case "unknown":
      if (value.parameter !== undefined) {
        if (!question.parameters || /^(?:self|cls|mcs)$/.test(value.parameter.name))
          return undefined;
        const data = `the parameter \`${value.parameter.name}\` of \`${value.parameter.function}\``;
        return { confidence: "medium", data, sites: value.site === undefined ? [] : [value.site] };
      }
      return through(value.from);
    default:
      return undefined;
  }
}
