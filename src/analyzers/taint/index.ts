/**
 * Data followed from where it comes in to where it does harm. The evaluator keeps with each value what it was made of, so a
 * rule looks at the value that reaches a sink and walks back. Text that is made of literals alone is safe whatever its
 * length; what counts are the holes in it, and what fills them.
 */
import { isTestPath } from "../../core/config.ts";
import type { Origin, RawFinding } from "../../core/finding.ts";
import type { Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  alternativesOf,
  type CallObservation,
  type Placed,
  type Site,
  type SymbolValue,
} from "../../python/index.ts";
import {
  analyzer,
  type FileUnit,
  isPython,
  type Prepared,
  type Project,
  type PythonUnit,
  type Trigger,
} from "../analyzer.ts";
import { importsPackage } from "../imports.ts";
import { elsewhere, NameIndex } from "../names.ts";
import { calleeNames, surelyPasses } from "../observed-call.ts";
import { useOfSpread } from "../uses.ts";
import { arrivals, heldUnder } from "./arrivals.ts";
import { Carried } from "./carried.ts";
import { enterCheckers, ForeignCalls } from "./checkers.ts";
import { flowIntoTemplate, showsTemplate } from "./context.ts";
import { isDropped } from "./definition.ts";
import { proposeFix } from "./fix.ts";
import { type Flow, modulesOf, originOf, strongest } from "./flow.ts";
import { handoversOf } from "./handovers.ts";
import {
  type Answer,
  askCaller,
  type Caller,
  type Callers,
  Importers,
  isAffordable,
  requestGroups,
} from "./importers.ts";
import { isSettledByCallers, type Verdict } from "./known-callers.ts";
import { MadeTriggers, type MadeWords, Makers } from "./made-elsewhere.ts";
import { handedName, type Sink, sinkName, TaintMatch, type TaintRule } from "./match.ts";
import { originIn } from "./origin.ts";
import { type Question, questionOf } from "./question.ts";
import { report } from "./report.ts";
import { isSetOtherwise } from "./set-otherwise.ts";
import type { Shown } from "./shown.ts";
import { isConstructor, wordsOf } from "./sink-words.ts";
import { type SourceTest, SourceTests } from "./sources.ts";
import {
  entryOf,
  isConverted,
  isOfUnknownField,
  isSegment,
  isVouchedFor,
  vouchers,
} from "./surroundings.ts";
import { flowInto, mayHold } from "./text.ts";

export { ForeignCalls } from "./checkers.ts";
export { askCaller, definitionsIn } from "./importers.ts";
export { isSettledByCallers, modulesNaming, type Verdict } from "./known-callers.ts";
export { opaqueIn } from "./opaque.ts";
export { modulesAround, modulesIn } from "./parts.ts";
export { type Question, questionOf } from "./question.ts";
export { importsIn, modulesAt } from "./sources.ts";
export { isConverted } from "./surroundings.ts";

type SinkEntry = { readonly rule: TaintRule; readonly sink: Sink };

/** Text built from data and handed to something that takes it for code. */
export const taint = analyzer({
  kind: "taint",
  match: TaintMatch,
  examplePath: "example.py",
  prepare,
});

function prepare(rules: readonly TaintRule[], models: Models): Prepared {
  const sinks = new NameIndex<SinkEntry>();
  const handed = new NameIndex<SinkEntry>();
  const gates: Gate[] = [];
  const madeTriggers = new MadeTriggers(models);
  const makers: SinkEntry[] = [];
  const tests = new SourceTests(models);
  for (const rule of rules) {
    const maker = rule.match.to.find(isConstructor);
    if (maker !== undefined) {
      makers.push({ rule, sink: maker });
      const use = useOfSpread(tests.hostileIn(rule.match.from));
      for (const text of tests.wordsOf(rule.match.from)) {
        const words = [elsewhere(text), { text: "**", whole: false, use }];
        gates.push({ words, sink: maker, match: rule.match });
      }
    }
    for (const sink of rule.match.to) {
      sinks.add(sinkName(sink), { rule, sink });
      if (sink.handed !== undefined) handed.add(handedName(sink), { rule, sink });
      for (const words of isConstructor(sink) ? [] : wordsOf(sink, models)) {
        const made = madeTriggers.of(words, sink, rule.match.to);
        gates.push({ words, sink, match: rule.match, ...(made && { made }) });
      }
    }
  }
  const gatesOf = new Map<Trigger, Gate[]>();
  for (const gate of gates)
    for (const trigger of gate.made === undefined ? [gate.words] : [gate.words, gate.made.used])
      gatesOf.set(trigger, [...(gatesOf.get(trigger) ?? []), gate]);
  // A small change asks a few of them.
  const questions = new Map<string, Question>();
  const matches = new Map(rules.map((rule) => [rule.id, rule.match]));
  const importers = new Importers(models, tests);
  const objects = new Makers(madeTriggers.libraries);
  const requests = requestGroups(models);
  const carried = new Carried(models, importers.hostileIn);
  const questionFor: QuestionFor = (ruleId, project) => {
    const match = matches.get(ruleId);
    const question = questions.get(ruleId) ?? (match && questionOf(match, models));
    if (question === undefined) return undefined;
    questions.set(ruleId, question);
    return {
      ...question,
      carried: (value, asked) => carried.flowOf(value, asked, project),
      isLeft: (value) => carried.isTaken(value),
    };
  };
  // Objects are made of a request's text anywhere: who hands them on is asked where the sink itself is sure.
  const isOfRequest = ({ from }: TaintMatch) => from.some((group) => requests.has(group));
  const isRequested: Requested = ({ match, sink }) =>
    isOfRequest(match) || (match.data === "structure" && sink.importing.length > 0);
  let last: { readonly unit: FileUnit; readonly reach: Reach } | undefined;
  // Asked of a file as long as no other one is looked at.
  const reachOf = (unit: FileUnit): Reach => {
    if (last?.unit === unit) return last.reach;
    const texts = new Map<Sink["text"], boolean>();
    const answers = new Map<SourceTest, boolean>();
    const comes = ({ match }: Gate) => {
      const test = tests.of(match);
      const known = answers.get(test) ?? test(unit);
      answers.set(test, known);
      return known;
    };
    const possible = new Set<Gate>();
    const made = new Map<Gate, readonly string[]>();
    for (const trigger of unit.triggers.keys())
      for (const gate of gatesOf.get(trigger) ?? []) {
        if (!mayBeIn(gate.sink.text, unit, texts)) continue;
        const isMade = gate.made?.used === trigger;
        const modules = isMade ? objects.of(unit, gate.made, () => comes(gate)) : [];
        if (modules === undefined) continue;
        possible.add(gate);
        if (isMade) made.set(gate, modules);
      }
    const callersOf = possible.size === 0 ? undefined : importers.callersOf(unit);
    const asked = callersOf === undefined ? [] : [...possible].filter(isRequested);
    const isCarried =
      [...possible].some(({ match }) => isOfRequest(match)) && carried.mayReach(unit);
    const told = [...possible].filter(
      (gate) => comes(gate) || (isCarried && isOfRequest(gate.match)),
    );
    const isAsked = (text: string) => asked.some((gate) => holdsWords(gate, text));
    const isReached = told.length > 0 || hasAny(callersOf?.(isAsked) ?? []);
    const reach = {
      gates: isReached ? new Set([...told, ...asked]) : new Set<Gate>(),
      callersOf,
      made,
    };
    last = { unit, reach };
    return reach;
  };
  return {
    triggers: [...gates.map((gate) => gate.words), ...madeTriggers.all],
    wants: isPython,
    inspect: (unit) => {
      const { gates, callersOf } = reachOf(unit);
      if (gates.size === 0) return [];
      return inspect(unit, { sinks, handed, makers }, questionFor, callersOf, isRequested);
    },
    runsFor: (unit) => {
      const { gates, made } = reachOf(unit);
      return [...gates].flatMap((gate) =>
        gate.made !== undefined && made.has(gate) ? [gate.words, gate.made.used] : [gate.words],
      );
    },
    enters: (unit) => {
      const { gates, made } = reachOf(unit);
      return [...gates].flatMap((gate) => made.get(gate) ?? []);
    },
    hostileIn: (text) => importers.hostileIn(text),
    makes: (text) => objects.makes(text),
    searches: (paths, touched) =>
      [...touched].some((path) => isPython(path) && !isTestPath(path))
        ? vouchers(paths, models)
        : [],
  };
}

/** What must stand in a file before it is worth parsing for one sink. */
interface Gate {
  readonly words: Trigger;
  /** The same, where another module makes the object that it is called on. */
  readonly made?: MadeWords;
  readonly sink: Sink;
  readonly match: TaintMatch;
}

/** True where data that comes with a request may go into a sink by way of other modules. */
type Requested = (one: Pick<Gate, "match" | "sink">) => boolean;

/** What a rule asks of values in a tree. */
type QuestionFor = (ruleId: string, project: Project) => Question | undefined;

/** The sinks of a file that data may come to. */
interface Reach {
  readonly gates: ReadonlySet<Gate>;
  /** The modules of the tree that make the objects of some of them. */
  readonly made: ReadonlyMap<Gate, readonly string[]>;
  readonly callersOf: Callers | undefined;
}

/** `texts` keeps which kinds of text the file may hold. */
function mayBeIn(text: Sink["text"], unit: FileUnit, texts: Map<Sink["text"], boolean>): boolean {
  const known = texts.get(text) ?? mayHold(text, unit.text);
  texts.set(text, known);
  return known;
}

/** True for a part of a file in which a sink may stand, as far as its words tell. */
function holdsWords({ words }: Gate, text: string): boolean {
  return words.every((word) => word.elsewhere === true || text.includes(word.text));
}

/** How often modules are run for the sinks of a file, as far as those that were run before reach none of them. */
const CALLER_SHARES = 2;

/** In a file with more findings it is not told by which calls the data of further ones went. */
const MAX_TRACED = 100;

/** The sinks by what is called, and of each rule one that makes objects of a class, whatever its name. */
interface Sinks {
  readonly sinks: NameIndex<SinkEntry>;
  /** Methods by their names alone, of objects that a function of another module may be handed. */
  readonly handed: NameIndex<SinkEntry>;
  readonly makers: readonly SinkEntry[];
}

function inspect(
  unit: FileUnit,
  { sinks, handed, makers }: Sinks,
  questionFor: QuestionFor,
  callersOf: Callers | undefined,
  isRequested: Requested,
): RawFinding[] {
  const found = new Map<string, RawFinding>();
  // What a call that is a sink gives may be handed to another one: both are the end of one flow.
  const continued = new Map<string, string>();
  const python = unit.python();
  const asked = new Map<string, Question>();
  // Of the call that is looked at.
  let line = 0;
  const ask = (ruleId: string) => {
    const known = asked.get(ruleId);
    const rule = known === undefined ? questionFor(ruleId, unit.project) : undefined;
    if (rule === undefined) return known;
    const question: Question = {
      ...rule,
      // What a function of another module gives has a name of its own here.
      ...(rule.named.length === 0 && {
        enter: (path: string) => unit.enter(path, line),
        enterCalling: (method: string, paths: readonly string[]) => {
          for (const path of paths)
            if (unit.project.atHand?.(path)?.includes(`self.${method}(`) === true)
              unit.enter(path, line);
        },
      }),
      isConverted: (value) => isConverted(value, unit.project),
      isVouchedFor: (value) => isVouchedFor(value, rule.harm, unit.project),
      // The URLs are looked through for each value.
      ...(rule.segments && { isSegment: (value: SymbolValue) => isSegment(value, unit.project) }),
      entryOf: (value) => entryOf(value, unit.project),
    };
    asked.set(ruleId, question);
    return question;
  };
  const { models } = unit.project;
  const foreign = new ForeignCalls(python?.calls ?? []);
  const left = new Map<string, SinkCall>();
  for (const [index, call] of python?.calls.entries() ?? []) {
    if (call.site.file !== python?.file) continue;
    line = call.site.node.lineno ?? 0;
    enterBases(call, sinks, ask);
    enterMade(call, makers, ask);
    for (const name of calleeNames(call)) {
      for (const { rule, sink } of callersOf === undefined ? [] : handed.find(name)) {
        const question = ask(rule.id);
        if (question !== undefined && isLeftToCallers(undefined, sink, call, question))
          left.set(keyOf(rule, call.site), { rule, sink, call, name });
      }
      for (const { rule, sink } of sinks.find(name)) {
        const question = ask(rule.id);
        if (question === undefined) continue;
        if (!isSink({ rule, sink, call, name }, python?.calls ?? [], sinks, models)) continue;
        const flow = flowAt(sink, call, question, unit.project);
        const key = keyOf(rule, call.site);
        if (
          callersOf !== undefined &&
          isRequested({ match: rule.match, sink }) &&
          isLeftToCallers(flow, sink, call, question)
        )
          left.set(key, { rule, sink, call, name });
        if (flow === undefined) continue;
        enterCheckers(foreign, flow, question);
        if (found.get(key)?.confidence === "high") continue;
        const isWrong: Verdict = (one, calls, enter) => {
          const asked = enter === undefined ? question : { ...question, enter };
          return calleeNames(one).some((other) =>
            sinks.find(other).some((entry) => {
              if (entry.rule !== rule) return false;
              if (!isSink({ ...entry, call: one, name: other }, calls, sinks, models)) return false;
              const arriving = flowAt(entry.sink, one, asked, unit.project);
              if (arriving !== undefined && enter !== undefined)
                enterCheckers(new ForeignCalls(calls), arriving, asked);
              return arriving !== undefined;
            }),
          );
        };
        if (
          (flow.isWeak === true || flow.confidence === "low") &&
          isSettledByCallers(call, isWrong, unit)
        )
          continue;
        const own = sink.call === undefined ? undefined : proposeFix(sink, call, name, models);
        const fix = own ?? found.get(key)?.fix;
        const seen = python?.calls.slice(startOfRun(python, index), index + 1) ?? [];
        const handovers =
          found.size < MAX_TRACED ? handoversOf(flow, call.site, seen, question) : [];
        const finding = report(rule, sink, call, name, flow, handovers);
        found.set(key, { ...finding, ...(fix && { fix }) });
        for (const made of madeBySinks(sink, call, rule, sinks))
          continued.set(keyOf(rule, made), key);
      }
    }
  }
  tellOnce(found, continued);
  if (callersOf === undefined) return [...found.values()];
  let open: ReadonlyMap<string, SinkCall> = left;
  for (let share = 0; share < CALLER_SHARES; share++) {
    const told = foundByCallers(open, unit, sinks, questionFor, callersOf);
    for (const [key, finding] of told.found)
      if (found.get(key)?.confidence !== "high") found.set(key, finding);
    if (told.unreached.size === open.size) break;
    open = told.unreached;
  }
  return [...found.values()];
}

/** Of findings at a sink and at one that is given what it makes, leaves the one that has a fix, or the later one. */
function tellOnce(found: Map<string, RawFinding>, continued: ReadonlyMap<string, string>): void {
  for (const [key, later] of continued)
    if (key !== later && found.has(key) && found.has(later))
      found.delete(found.get(key)?.fix ? later : key);
}

/** Where in the calls of a file the run begins in which one of them was seen. */
function startOfRun({ runs }: PythonUnit, index: number): number {
  return runs.findLast(({ from }) => from <= index)?.from ?? 0;
}

/** One rule's finding at one place of a file. */
function keyOf(rule: TaintRule, site: Site): string {
  return `${rule.id} ${placeOf(site)}`;
}

function placeOf({ node }: Site): string {
  return `${node.lineno}:${node.col_offset}`;
}

/** The key of what goes on from an origin to that place; of whatever does where none is given. */
function flowKeyOf(key: string, origin: Origin | undefined): string {
  return origin === undefined ? key : [key, origin.within, origin.data].join("\n");
}

function siteKeyOf(flowKey: string): string {
  return flowKey.split("\n", 1)[0] ?? flowKey;
}

interface SinkCall extends SinkEntry {
  readonly call: CallObservation;
  /** The qualified name of what is called. */
  readonly name: string;
}

/** True for a call that the rule means. */
function isSink(
  { rule, sink, call, name }: SinkCall,
  calls: readonly CallObservation[],
  sinks: NameIndex<SinkEntry>,
  { preparers }: Models,
): boolean {
  return (
    isSinkIn(sink, call) &&
    !sink.unless.some((one) => nameMatches(one, name)) &&
    !isGivenTo(sink["unless-given-to"], call, calls) &&
    !(sink["unless-dropped"] === true && isDropped(call)) &&
    !(sink.return !== undefined && isJudged(call, rule, sinks)) &&
    !isSetOtherwise(sink["unless-set"], call, calls, preparers)
  );
}

/** The surest flow into a call where a sink wants it. */
function flowAt(
  sink: Sink,
  call: CallObservation,
  question: Question,
  project: Project,
): (Flow & { readonly shown?: Shown }) | undefined {
  if (showsTemplate(sink)) return flowIntoTemplate(sink, call, question, project);
  const receiver = call.callee.kind === "symbol" ? call.callee.base : undefined;
  const asked: Question = {
    ...question,
    ...(receiver && { receiver }),
    ...(sink.return !== undefined && { returned: true }),
  };
  return strongest(
    arrivals(sink, call, question.programs)
      .flatMap(alternativesOf)
      .flatMap((one) => (sink.entry === undefined ? [one] : heldUnder(one, sink.entry)))
      .map((one) => flowInto(one, sink, asked)),
  );
}

/**
 * True where what arrives is made of a parameter, or of what the object of a method holds: only who calls the function, or makes the
 * object, knows what that is.
 */
function isLeftToCallers(
  flow: Flow | undefined,
  sink: Sink,
  call: CallObservation,
  question: Question,
): boolean {
  if (call.within === undefined || call.within.node.nodeType === "Lambda") return false;
  // Whoever shows a page has made what is in it: what callers hand to a view is the request.
  if (showsTemplate(sink)) return false;
  if (flow !== undefined) return flow.isWeak === true;
  // What a function is given by any names it may hand on so.
  const { spread, open } = call.arguments;
  if (sink.argument === "spread" && spread === undefined && open) return true;
  const { enter: _, ...asked } = question;
  const anyParameter: Question = { ...asked, parameters: true, held: true };
  return arrivals(sink, call, question.programs).some(
    (value) => originOf(value, anyParameter) !== undefined,
  );
}

/** No more is asked for than the first. */
function hasAny(some: Iterable<unknown>): boolean {
  for (const _ of some) return true;
  return false;
}

/**
 * What modules that use the file's functions hand to the sinks in there: of each sink the surest, but where a change is looked at for
 * what it does to the file, each flow by way of what changes. Where more modules use them than may be run, also the sinks of which
 * those that were run say nothing.
 */
function foundByCallers(
  left: ReadonlyMap<string, SinkCall>,
  unit: FileUnit,
  sinks: NameIndex<SinkEntry>,
  questionFor: QuestionFor,
  callersOf: Callers,
): { readonly found: Map<string, RawFinding>; readonly unreached: ReadonlyMap<string, SinkCall> } {
  const found = new Map<string, RawFinding>();
  if (left.size === 0) return { found, unreached: left };
  const lines = [...left.values()].map(({ call }) => call.site.node.lineno ?? 0);
  const callers = callersOf((_, start, end) => lines.some((line) => line >= start && line <= end));
  const { project } = unit;
  // As the file's own run saw the call.
  const fixFor = (key: string) => {
    const one = left.get(key);
    if (one === undefined || one.sink.call === undefined) return {};
    const fix = proposeFix(one.sink, one.call, one.name, project.models);
    return fix === undefined ? {} : { fix };
  };
  const lefts = new Set([...left.values()].map(({ call }) => placeOf(call.site)));
  const settled = new Set<string>();
  const isDone = () => [...left.keys()].every((key) => settled.has(key));
  const reached = new Set<string>();
  let isCut = false;
  const run: Caller[] = [];
  for (const caller of callers) {
    const isEach = [caller.path, ...caller.through].some((path) => unit.isChanged?.(path) === true);
    if (!isEach && isDone()) continue;
    run.push(caller);
    isCut = !isAffordable(run, project);
    if (isCut) break;
    const answer: Answer<Map<string, RawFinding>> = (calls, enter) => {
      const answers = new Map<string, RawFinding>();
      const continued = new Map<string, string>();
      const foreign = new ForeignCalls(calls);
      for (const [index, call] of calls.entries()) {
        enterOwnBases(call, unit.path, enter);
        if (call.site.file.path !== unit.path) continue;
        if (lefts.has(placeOf(call.site))) {
          reached.add(placeOf(call.site));
          enterHanded(call, enter);
        }
        for (const name of calleeNames(call))
          for (const { rule, sink } of sinks.find(name)) {
            const key = keyOf(rule, call.site);
            const asked = left.has(key) ? questionFor(rule.id, project) : undefined;
            if (
              asked === undefined ||
              !isSink({ rule, sink, call, name }, calls, sinks, project.models)
            )
              continue;
            const question: Question = {
              ...asked,
              enter,
              isConverted: (value) => isConverted(value, project),
              // So far away, what a form was given may be a choice, or a script by design.
              isVouchedFor: (value) =>
                isVouchedFor(value, asked.harm, project) || isOfUnknownField(value, project),
              isSegment: (value) => isSegment(value, project),
              entryOf: (value) => entryOf(value, project),
            };
            const flow = flowAt(sink, call, question, project);
            if (flow === undefined || flow.confidence === "low" || flow.isWeak === true) continue;
            const origin = isEach ? originIn(call.site.file, flow) : undefined;
            const flowKey = flowKeyOf(key, origin);
            if (answers.get(flowKey)?.confidence === "high") continue;
            enterCheckers(foreign, flow, question);
            const handovers =
              answers.size < MAX_TRACED
                ? handoversOf(flow, call.site, calls.slice(0, index + 1), question)
                : [];
            const finding = report(rule, sink, call, name, flow, handovers);
            answers.set(flowKey, { ...finding, ...fixFor(key) });
            for (const made of madeBySinks(sink, call, rule, sinks))
              continued.set(flowKeyOf(keyOf(rule, made), origin), flowKey);
          }
      }
      tellOnce(answers, continued);
      return answers;
    };
    for (const [flowKey, finding] of askCaller(caller, unit.path, project, answer) ?? []) {
      if (settled.has(flowKey)) continue;
      found.set(flowKey, finding);
      if (finding.confidence !== "high") continue;
      const siteKey = siteKeyOf(flowKey);
      // Whichever way it was met by, it is one flow.
      settled.add(siteKey).add(flowKeyOf(siteKey, finding.origin));
    }
    if (unit.isChanged === undefined && isDone()) break;
  }
  const isUnreached = ({ call }: SinkCall) => isCut && !reached.has(placeOf(call.site));
  return { found, unreached: new Map([...left].filter(([, one]) => isUnreached(one))) };
}

/** What `self.write` is may be known to the base class alone, in another module: that is looked into. */
function enterBases(
  { callee }: CallObservation,
  sinks: NameIndex<SinkEntry>,
  ask: (ruleId: string) => Question | undefined,
): void {
  if (callee.kind !== "symbol" || callee.base?.kind !== "instance") return;
  const [entry] = sinks.methodsNamed(callee.name.slice(callee.name.lastIndexOf(".") + 1));
  if (entry === undefined) return;
  for (const path of modulesOf(callee)) ask(entry.rule.id)?.enter?.(path);
}

/** How classes are called, and what makes their objects. */
const CLASS = /(?:^|\.)[A-Z]\w*(?:\.__init__)?$/;

/**
 * What a caller hands over, `Importer(client)`, may be told by another module, though the annotation in the file says of which class
 * it is: that is looked into.
 */
function enterHanded({ callee }: CallObservation, enter: (path: string) => void): void {
  if (callee.kind === "symbol") modulesOf(callee).forEach(enter);
}

/** What an object of a class of the file is asked to do may stand with what the class extends: that is looked into. */
function enterOwnBases(
  { callee }: CallObservation,
  path: string,
  enter: (path: string) => void,
): void {
  const object = callee.kind === "symbol" ? callee.base : undefined;
  if (callee.kind === "symbol" && object?.kind === "instance" && object.class.file.path === path)
    modulesOf(callee).forEach(enter);
}

/** What a class extends that data is spread into may be known to another module alone: that is looked into. */
function enterMade(
  { callee, arguments: { spread } }: CallObservation,
  makers: readonly SinkEntry[],
  ask: (ruleId: string) => Question | undefined,
): void {
  if (spread === undefined || callee.kind !== "symbol" || !CLASS.test(callee.name)) return;
  const modules = modulesOf(callee);
  for (const { rule } of modules.length === 0 ? [] : makers) {
    const question = ask(rule.id);
    if (question?.enter === undefined) continue;
    const { enter, ...here } = question;
    if (spread.some((one) => originOf(one, here))) modules.forEach(enter);
  }
}

/** True unless one of the sink's conditions says that the call is none. */
function isSinkIn(sink: Sink, call: CallObservation): boolean {
  const { file } = call.site;
  // The object may be made in a module that imports what this file does not.
  const isFrom = (one: string) =>
    importsPackage(file, one) || calleeNames(call).some((name) => name.startsWith(`${one}.`));
  if (sink.importing.length > 0 && !sink.importing.some(isFrom)) return false;
  return sink.where.every((test) => surelyPasses(call, test));
}

/** Where what arrives was made by calls that are sinks of the same rule themselves. */
function madeBySinks(
  sink: Sink,
  call: CallObservation,
  rule: TaintRule,
  sinks: NameIndex<SinkEntry>,
): Site[] {
  if (showsTemplate(sink)) return [];
  const arrived = arrivals(sink, call, []).flatMap(alternativesOf);
  const made = arrived.flatMap((one) =>
    one.kind === "symbol" &&
    one.call !== undefined &&
    one.site?.file === call.site.file &&
    sinks.find(one.name.slice(0, -2)).some((entry) => entry.rule === rule)
      ? [one.site]
      : [],
  );
  // What else arrives is a flow of its own.
  return made.length === arrived.length ? made : [];
}

/** True where what is returned is the result of a call that is a sink of the same rule. */
function isJudged(call: CallObservation, rule: TaintRule, sinks: NameIndex<SinkEntry>): boolean {
  const [value] = call.arguments.positional;
  const values = value === undefined ? [] : alternativesOf(value);
  return values.every(
    (one) =>
      one.kind === "symbol" &&
      one.call !== undefined &&
      sinks.find(one.name.slice(0, -2)).some((entry) => entry.rule === rule),
  );
}

/** True where the result of a call is at once an argument of a call of one of these. */
function isGivenTo(
  names: readonly string[],
  { site }: CallObservation,
  calls: readonly CallObservation[],
): boolean {
  if (names.length === 0) return false;
  return calls.some(
    (other) =>
      isWithin(site.node, other.site.node) &&
      calleeNames(other).some((name) => names.some((one) => nameMatches(one, name))),
  );
}

function isWithin(inner: Placed, outer: Placed): boolean {
  if (inner === outer || inner.lineno !== outer.lineno) return false;
  return (
    (outer.col_offset ?? 0) <= (inner.col_offset ?? 0) &&
    inner.end_lineno === outer.end_lineno &&
    (inner.end_col_offset ?? 0) <= (outer.end_col_offset ?? 0)
  );
}
