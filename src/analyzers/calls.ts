import * as z from "zod";
import type { RawFinding } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import { nameMatches } from "../core/name-pattern.ts";
import type { Rule } from "../core/rule.ts";
import {
  asString,
  type CallObservation,
  isKind,
  lastName,
  type Placed,
  type Site,
  type SymbolValue,
  type Value,
  type WrittenArgument,
  walk,
} from "../python/index.ts";
import {
  analyzer,
  type FileUnit,
  isPython,
  type Prepared,
  type Project,
  type Trigger,
} from "./analyzer.ts";
import { ArgumentTest, passesArgument } from "./argument-test.ts";
import {
  isCalledByDefault,
  isForDevelopers,
  isLeftOutByDefault,
  isNamedInTree,
  isUndecided,
} from "./by-default.ts";
import { CallFix, proposeFix } from "./call-fix.ts";
import { type CallWords, saysWhatIsSet, wordsOfCall } from "./call-words.ts";
import { handedIn } from "./handed-in.ts";
import { importsPackage } from "./imports.ts";
import { writtenAt } from "./modules-passed.ts";
import { elsewhere, NameIndex, triggersOf as triggersOfName } from "./names.ts";
import {
  argumentAt,
  calleeNames,
  shownName,
  surelyPasses,
  TAKES_MAPPING,
  testedAt,
} from "./observed-call.ts";
import { isOverwritten, isSetBelow } from "./overwritten.ts";
import { isProtectedIn, leftTo } from "./protected-file.ts";
import { asRun, spreadIn } from "./run-arguments.ts";
import { normalise } from "./subject.ts";
import {
  ForeignCalls,
  isConverted,
  isSettledByCallers,
  modulesAround,
  modulesIn,
  opaqueIn,
  type Question,
  questionOf,
  type Verdict,
} from "./taint/index.ts";
import { mayPass, useOfCall, useOfStore } from "./uses.ts";

const Pattern = z
  .string()
  .min(1)
  .refine((source) => isRegex(source), "must be a regular expression");

/** Calls of these functions whose arguments pass all of the tests. */
const CallMatch = z.strictObject({
  calls: z.array(z.string().min(1)).min(1),
  where: z.array(ArgumentTest).default([]),
  /** Lists of tests of which one must pass as a whole too. */
  either: z.array(z.array(ArgumentTest).min(1)).default([]),
  /**
   * A kind of harm: arguments that are not to be constant must hold something that is not known to be harmless for it, as taint
   * rules know what makes data harmless.
   */
  harm: z.string().min(1).optional(),
  /** A regular expression for an argument as it is written: one that is called `password`, say. */
  written: Pattern.optional(),
  /** A regular expression for the name that the statement assigns to, or that the function around it has. */
  named: Pattern.optional(),
  /** Only in files in which this regular expression is found: where the call matters. */
  "where-file-says": Pattern.optional(),
  /** Unless this regular expression is found in the function that makes the call. */
  "unless-within": Pattern.optional(),
  /** With `harm`: groups of values that are as good as the program's own text: what whoever starts it hands it. */
  trusts: z.array(z.string().min(1)).default([]),
  /** Unless the same function calls one of these too. */
  without: z.array(z.string().min(1)).default([]),
  /** Unless the tree also calls something of one of these names, and not only where the environment asks for it. */
  "unless-called": z.array(z.string().min(1)).default([]),
  /** Unless a module of the tree that is no test names one of these: it decides what the call leaves out. */
  "unless-named": z.array(z.string().regex(/^\w+$/)).default([]),
  /**
   * True where a look at something is no harm before it is checked: unless the same function also makes one of the calls in a way
   * that passes, or only answers yes or no and another function of the file makes one.
   */
  "look-ahead": z.boolean().default(false),
  /** Only in what runs by default: not in a branch that is entered when a parameter is given another value than its own. */
  "by-default": z.boolean().default(false),
  /** With `by-default`: also where a file is run itself, which is how a server is started while it is developed. */
  "when-run": z.boolean().default(false),
  /**
   * Only in files that import one of these packages: for methods that are known by their name alone. With `asks-modules` also where a
   * module of the tree, which the file has the object from, made it with one of them.
   */
  importing: z.array(z.string().min(1)).default([]),
  /** Where an argument comes from another module of the tree, asks that module what it is. */
  "asks-modules": z.boolean().default(false),
  /**
   * A regular expression for what protects what is called, somewhere in the code of the file or of a module that it imports. A
   * review tells where a change took it out; what never had it is left alone.
   */
  "protected-by": Pattern.optional(),
  /** The same for the text of files of data that the file names, such as those that it takes its configuration from. */
  "protected-by-data": Pattern.optional(),
  /**
   * The same for what leaves the protection to something that is not in the tree; where its group `file` names what the tree has, it is.
   * What a change leaves to others, it does not take out.
   */
  "left-to": Pattern.optional(),
  /**
   * What a call may lose, with tests of which one passes where it has lost it. A review tells where a change took it out of a call
   * in the same function; `{what}` in the message is its name.
   */
  lost: z.record(z.string().min(1), z.array(ArgumentTest).min(1)).optional(),
  /** The rule that says the same of settings which stand in modules or classes of their own: what moves there is no other flaw. */
  "same-as": z.string().min(1).optional(),
  fix: CallFix.optional(),
});
type CallMatch = z.infer<typeof CallMatch>;

/** Calls that are dangerous by what they call and with which arguments. */
export const calls = analyzer({
  kind: "call",
  match: CallMatch,
  examplePath: "example.py",
  prepare,
});

/** A rule, and what its arguments are asked where it names a kind of harm. */
interface Entry {
  readonly rule: Rule<CallMatch>;
  readonly question: Question | undefined;
}

function prepare(rules: readonly Rule<CallMatch>[], models: Models): Prepared {
  const index = new NameIndex<Entry>();
  for (const rule of rules) {
    const { harm, trusts } = rule.match;
    const question =
      harm === undefined ? undefined : questionOf({ harm, from: ["remote"], trusts }, models);
    for (const name of rule.match.calls) index.add(name, { rule, question });
  }
  const triggersOfRules = rules.map((rule) => triggersOf(rule.match, models));
  const triggers = triggersOfRules.flat();
  return {
    triggers,
    asking: triggersOfRules.filter((_, at) => rules[at]?.match["asks-modules"]).flat(),
    guards: rules.flatMap(({ id, match: { "protected-by": pattern } }, at) =>
      pattern === undefined
        ? []
        : [{ ruleId: id, pattern: new RegExp(pattern, "u"), triggers: triggersOfRules[at] ?? [] }],
    ),
    wants: isPython,
    inspect: (unit) => inspect(unit, index),
    runsFor: () => triggers,
  };
}

function inspect(unit: FileUnit, index: NameIndex<Entry>): RawFinding[] {
  const found = new Map<string, RawFinding>();
  const python = unit.python();
  const open = new Map<
    string,
    { readonly rule: Rule<CallMatch>; readonly call: CallObservation }
  >();
  const foreign = new ForeignCalls(python?.calls ?? []);
  // Of the call that is looked at.
  let line = 0;
  const judge = (question: Question | undefined) =>
    question && {
      ...question,
      enter: (path: string) => unit.enter(path, line),
      isConverted: (value: SymbolValue) => isConverted(value, unit.project),
    };
  for (const seen of python?.calls ?? []) {
    if (seen.site.file !== python?.file) continue;
    line = seen.site.node.lineno ?? 0;
    for (const name of calleeNames(seen)) {
      for (const { rule, question: asked } of index.find(name)) {
        const question = judge(asked);
        const call = withModules(rule.match, seen, unit);
        if (!fits(rule.match, question, call)) {
          if (!rule.match["asks-modules"]) continue;
          for (const path of modulesBehind(rule.match, call, unit)) unit.enter(path, line);
          if (mayFit(rule.match, call)) open.set(keyOf(rule, call), { rule, call });
          continue;
        }
        const { without } = rule.match;
        if (without.length > 0 && isBeside(without, call, python?.calls ?? [])) continue;
        if (isCalledByDefault(rule.match["unless-called"], unit)) continue;
        if (isNamedInTree(rule.match["unless-named"], unit)) continue;
        if (rule.match["look-ahead"] && isLook(rule.match, call)) continue;
        if (isOverwritten(call, namesSet(rule.match, call), python?.calls ?? [], unit)) continue;
        const { file } = call.site;
        const node = shownAt(rule.match, name, call);
        const key = keyOf(rule, call);
        if (found.has(key)) continue;
        const isWrong: Verdict = (one, calls, enter) => {
          const more = enter === undefined ? question : question && { ...question, enter };
          const isOne = calleeNames(one).some((other) =>
            index.find(other).some((entry) => entry.rule === rule && fits(rule.match, more, one)),
          );
          if (isOne && enter !== undefined)
            for (const path of modulesAround(one, new ForeignCalls(calls))) enter(path);
          return isOne;
        };
        if (question !== undefined) {
          if (isSettledByCallers(call, isWrong, unit)) continue;
          for (const path of modulesAround(call, foreign)) unit.enter(path, line);
        }
        if (isLeftOut(rule.match, call.site, unit)) continue;
        if (rule.match.lost !== undefined) {
          for (const [what, tests] of Object.entries(rule.match.lost)) {
            const isKept = !hasLost(tests, call);
            found.set(`${key} ${what}`, {
              ruleId: rule.id,
              ...file.location(node),
              values: { call: shownName(name), what },
              subject: [call.within?.name ?? "", name, what].join("\n"),
              protection: isKept ? "kept" : "missing",
            });
          }
          continue;
        }
        const fix = rule.match.fix && proposeFix(rule.match.fix, call);
        const words = wordsFor(rule, question, call, unit);
        found.set(key, {
          ruleId: rule.id,
          ...file.location(node),
          values: { call: shownName(name), ...words.values },
          ...confidenceOf(rule, call.site, unit),
          ...(words.related.length > 0 && { related: words.related }),
          // Outside of functions only where data is what is wrong: any other call is a flaw of its own there.
          ...((question !== undefined || call.within !== undefined) && {
            within: call.within?.name ?? "",
          }),
          ...setsOf(rule, words),
          ...subjectOf(rule.match, name, call.site, unit.project),
          ...(fix !== undefined && { fix }),
        });
      }
    }
  }
  for (const [key, { rule, call }] of open) {
    const handed = found.has(key) ? undefined : foundByCaller(rule, call, unit, index);
    if (handed !== undefined) found.set(key, handed);
  }
  return [...found.values()];
}

function keyOf(rule: Rule<CallMatch>, { site: { node } }: CallObservation): string {
  return `${rule.id} ${node.lineno}:${node.col_offset}`;
}

/** Where a call is wrong: one that sets many things is so where it sets what is meant. */
function shownAt(match: CallMatch, name: string, call: CallObservation): Placed {
  const { site } = call;
  if (!TAKES_MAPPING.test(name)) return site.node;
  return (
    namesSet(match, call)
      .map((one) => writtenAt(site, one))
      .find(Boolean) ?? site.node
  );
}

/** What is found of a call of which only a module that calls the function around it tells enough. */
function foundByCaller(
  rule: Rule<CallMatch>,
  call: CallObservation,
  unit: FileUnit,
  index: NameIndex<Entry>,
): RawFinding | undefined {
  const { match } = rule;
  const { within, site } = call;
  const counts = (by: Site) =>
    !isLeftOut(match, by, unit) &&
    !(match["by-default"] && isForDevelopers(by.node, by.file, unit));
  const isMeant = (one: CallObservation, enter: (path: string) => void) => {
    const isNamed = calleeNames(one).some((name) =>
      index.find(name).some((entry) => entry.rule === rule),
    );
    if (isNamed && fits(match, undefined, one)) return true;
    if (isNamed) for (const path of modulesBehind(match, one, unit)) enter(path);
    return false;
  };
  const handed =
    within && !isLeftOut(match, site, unit) ? handedIn(call, isMeant, counts, unit) : undefined;
  if (handed === undefined) return undefined;
  const { by, calls } = handed;
  const names = namesSet(match, handed.call);
  if (isOverwritten(handed.call, names, calls, unit)) return undefined;
  if (isSetBelow(by, names, calls, unit.project)) return undefined;
  const [name = ""] = calleeNames(handed.call);
  const words = wordsFor(rule, undefined, handed.call, unit);
  return {
    ruleId: rule.id,
    ...site.file.location(shownAt(match, name, handed.call)),
    values: { call: shownName(name), ...words.values },
    within: within?.name ?? "",
    ...setsOf(rule, words),
    ...subjectOf(match, name, site, unit.project),
    trace: [
      { ...by.file.location(by.node), message: "hands over what is set" },
      { ...site.file.location(site.node), message: "sets it" },
    ],
  };
}

/** True for a call that is not made by default, where that counts. */
function isLeftOut(match: CallMatch, { node, file }: Site, unit: FileUnit): boolean {
  return match["by-default"] && isLeftOutByDefault(node, file, unit, match["when-run"]);
}

/** What is set in a branch that may be entered or not is less sure than the rule says. */
function confidenceOf(
  { confidence, match }: Rule<CallMatch>,
  site: Site,
  unit: FileUnit,
): Pick<RawFinding, "confidence"> {
  if (!match["by-default"] || confidence !== "high" || !isUndecided(site, unit)) return {};
  return { confidence: "medium" };
}

/** What the message says of what a call sets, where it says anything of that. */
function wordsFor(
  { message, match }: Rule<CallMatch>,
  question: Question | undefined,
  call: CallObservation,
  unit: FileUnit,
): CallWords {
  if (!saysWhatIsSet(message)) return { values: {}, related: [] };
  const passing = match.either.find((tests) => passesAll(tests, question, call)) ?? [];
  return wordsOfCall([...passing, ...match.where], call, unit);
}

/** The setting that is wrong, where a call sets one. */
function setsOf({ id, match }: Rule<CallMatch>, { values }: CallWords): Pick<RawFinding, "sets"> {
  const { setting } = values;
  return setting === undefined ? {} : { sets: `${match["same-as"] ?? id} ${setting}` };
}

/** True for a call of which it is not known whether it fits. */
function mayFit(match: CallMatch, call: CallObservation): boolean {
  const mayPass = (tests: readonly ArgumentTest[]) =>
    tests.every((test) => {
      const value = testedAt(call, test);
      return value === "absent" || passesArgument(test, value) !== false;
    });
  const { where, either } = match;
  return mayPass(where) && (either.length === 0 || either.some(mayPass));
}

/** True for a call that surely passes one of the tests. */
function hasLost(tests: readonly ArgumentTest[], call: CallObservation): boolean {
  return tests.some((test) => surelyPasses(call, test));
}

/** What a call sets because of which it passes: under the key that is its first argument, or by keyword. */
function namesSet({ either, where }: CallMatch, call: CallObservation): readonly string[] {
  const [first] = call.arguments.positional;
  const key = first && asString(first);
  if (key !== undefined) return [key];
  const passing = either.filter((some) => some.every((test) => surelyPasses(call, test)));
  return [where, ...passing]
    .flat()
    .flatMap((test) => [test.argument].flat())
    .filter((place) => typeof place === "string")
    .filter((place) => argumentAt(call, place) !== undefined);
}

/** A protection is one of what is called, whatever it is called with; any other flaw is in the call as it is written. */
function subjectOf(
  match: CallMatch,
  name: string,
  { file, node }: CallObservation["site"],
  project: Project,
): Pick<RawFinding, "subject" | "protection"> {
  const guard = match["protected-by"];
  if (guard === undefined) return { subject: normalise(file.source(node)) };
  const inData = match["protected-by-data"];
  const isKept = isProtectedIn(
    file,
    new RegExp(guard, "gu"),
    project,
    inData === undefined ? undefined : new RegExp(inData, "u"),
  );
  const left = match["left-to"];
  const others = left === undefined ? [] : leftTo(file, new RegExp(left, "gu"), project);
  return { subject: [name, ...others].join("\n"), protection: isKept ? "kept" : "missing" };
}

function isRegex(source: string): boolean {
  try {
    return new RegExp(source, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** The words of each name, and of one of the packages that the file has to import where the rule says so. */
function triggersOf(
  { calls: names, where, either, importing, written: named, "asks-modules": asks }: CallMatch,
  models: Models,
): Trigger[] {
  const given = (written: readonly WrittenArgument[]) => {
    const pass = (tests: readonly ArgumentTest[]) => tests.every((test) => mayPass(test, written));
    if (!pass(where) || (either.length > 0 && !either.some(pass))) return false;
    return (
      named === undefined ||
      written.some((one) => new RegExp(named, "u").test(one.text.slice(0, MAX_WRITTEN)))
    );
  };
  return names.flatMap((name) => {
    const use = name.endsWith("=")
      ? useOfStore(name.slice(0, -1), { data: false })
      : useOfCall(name, models, given);
    return triggersOfName(name, models, use).flatMap((words) =>
      importing.length === 0 || asks
        ? [words]
        : importing.map((text) => [...words, elsewhere(text)]),
    );
  });
}

function fits(match: CallMatch, question: Question | undefined, call: CallObservation): boolean {
  const pass = (tests: readonly ArgumentTest[]) => passesAll(tests, question, call);
  return (
    isWritten(match.written, call.site) &&
    isNamed(match.named, call) &&
    saysSo(match["where-file-says"], call.site) &&
    !isWithin(match["unless-within"], call) &&
    pass(match.where) &&
    (match.either.length === 0 || match.either.some(pass)) &&
    (match.importing.length === 0 || match.importing.some((name) => isOf(name, call)))
  );
}

/** True for a call in a file that imports a package, or on what is known to be made with it. */
function isOf(name: string, call: CallObservation): boolean {
  return (
    importsPackage(call.site.file, name) ||
    calleeNames(call).some((callee) => callee.startsWith(`${name}.`))
  );
}

/** True where a call surely passes all of some tests, or does for callers that leave its parameters alone. */
function passesAll(
  tests: readonly ArgumentTest[],
  question: Question | undefined,
  call: CallObservation,
): boolean {
  return tests.every((test) => {
    const value = testedAt(call, test);
    if (value === "absent") return test.unseen === true;
    if (test.is === "not-constant" && question !== undefined)
      if (value === undefined || opaqueIn(value, question) === undefined) return false;
    const fallback = defaultOf(value);
    return (
      passesArgument(test, value) === true ||
      (fallback !== undefined && passesArgument(test, fallback) === true)
    );
  });
}

/** A call as a rule sees it that asks what stands in other files of the tree. */
function withModules(match: CallMatch, call: CallObservation, unit: FileUnit): CallObservation {
  if (!match["asks-modules"]) return call;
  const wanted = [match.where, ...match.either].flat().flatMap((test) => test.argument);
  return asRun(call, new Set(wanted), unit) ?? call;
}

/** Modules, not entered yet, that say what the arguments are because of which it cannot be told whether a call fits. */
function modulesBehind(match: CallMatch, call: CallObservation, unit: FileUnit): readonly string[] {
  const { where, either, importing } = match;
  const behind = (tests: readonly ArgumentTest[]): readonly string[] | undefined => {
    const open: Value[] = [];
    for (const test of tests) {
      const value = testedAt(call, test);
      if (value === "absent") {
        // Another module may say how the object was made that the method is called on.
        open.push(call.callee);
        continue;
      }
      const answer = passesArgument(test, value);
      if (answer === false) return undefined;
      if (answer === undefined && value !== undefined) open.push(value);
    }
    return open.flatMap((value) => modulesIn(value));
  };
  const always = behind(where);
  if (always === undefined) return [];
  const isForeign = importing.length > 0 && !importing.some((name) => isOf(name, call));
  const made = isForeign ? modulesIn(call.callee) : [];
  const spread = spreadIn(call, unit).flatMap(({ value }) => modulesIn(value));
  return [...made, ...spread, ...always, ...either.flatMap((one) => behind(one) ?? [])];
}

/** True where the source of an argument is found by a regular expression. */
function isWritten(source: string | undefined, { file, node }: CallObservation["site"]): boolean {
  if (source === undefined) return true;
  if (!isKind(node, "Call")) return false;
  const given = [...node.args, ...node.keywords.map((one) => one.value)];
  const pattern = new RegExp(source, "u");
  return given.some((one) => pattern.test(file.source(one).slice(0, MAX_WRITTEN)));
}

/** True where the statement that a call begins in assigns to a name of that form, or the function around it has one and gives it back. */
function isNamed(named: string | undefined, { site, within }: CallObservation): boolean {
  if (named === undefined) return true;
  const line = site.file.lines[(site.node.lineno ?? 1) - 1]?.slice(0, site.node.col_offset) ?? "";
  const target = ASSIGNED.exec(line)?.[1];
  const pattern = new RegExp(named, "u");
  if (target !== undefined && pattern.test(target)) return true;
  if (within === undefined || !pattern.test(within.name)) return false;
  return target === undefined || givesBack(within.node, target);
}

/** True for a function of which some `return` names a variable. */
function givesBack(node: Placed, name: string): boolean {
  return [...walk(node)].some(
    (one) =>
      isKind(one, "Return") &&
      one.value &&
      [...walk(one.value)].some((part) => isKind(part, "Name") && part.id === name),
  );
}

/** What a line assigns to, by the last of its names. It looks only where a word begins, or a long word would take for ever. */
const ASSIGNED = /\b(\w+)(?:\s*:[^=]{1,80})?\s*\+?=(?!=)/;

function saysSo(pattern: string | undefined, { file }: CallObservation["site"]): boolean {
  return pattern === undefined || new RegExp(pattern, "u").test(file.text);
}

/** True where a regular expression is found in the function that makes a call. */
function isWithin(pattern: string | undefined, { within }: CallObservation): boolean {
  if (pattern === undefined || within === undefined) return false;
  const text = within.file.source(within.node).slice(0, MAX_FUNCTION);
  return new RegExp(pattern, "u").test(text);
}

/** A longer function does more than what a regular expression is asked about. */
const MAX_FUNCTION = 20_000;

/** Arguments that say what they are do so at their beginning. */
const MAX_WRITTEN = 500;

/** True where the function that makes a call calls one of these as well. */
function isBeside(
  names: readonly string[],
  { within }: CallObservation,
  calls: readonly CallObservation[],
): boolean {
  return calls.some(
    (other) =>
      other.within?.node === within?.node &&
      calleeNames(other).some((name) => names.some((one) => nameMatches(one, name))),
  );
}

/** True where another call checks what a call reads, or where no more of it than a yes or no is passed on. */
function isLook(match: CallMatch, { site, within }: CallObservation): boolean {
  const { file, node } = site;
  if (within === undefined || !isKind(node, "Call")) return false;
  const called = lastName(node.func);
  const asked = new Set([...match.where, ...match.either.flat()].flatMap((one) => one.argument));
  const switches = node.keywords.flatMap(({ arg, value }) =>
    arg !== undefined && asked.has(arg) ? [file.source(value)] : [],
  );
  // Bytes have a method of the same name, which takes the name of an encoding.
  const isChecked = (one: Placed) =>
    isKind(one, "Call") &&
    lastName(one.func) === called &&
    one.args.length + one.keywords.length > 1 &&
    one.args[0]?.nodeType !== "Constant" &&
    !one.keywords.some(({ value }) => switches.includes(file.source(value)));
  const { lineno: line = 0 } = node;
  const nodes = [...walk(within.node)];
  // Whoever drops what was read did not look for anything in it.
  if (nodes.some((one) => isKind(one, "Expr") && one.value === node)) return false;
  if (nodes.some((one) => isChecked(one) && (one.lineno ?? 0) >= line)) return true;
  return (
    answersYesOrNo(within.node) &&
    file.body.some((statement) => [...walk(statement)].some(isChecked))
  );
}

/** True for a function that returns True, False or None and nothing else. */
function answersYesOrNo(node: Placed): boolean {
  const returned = [...walk(node)].filter((one) => isKind(one, "Return"));
  return (
    returned.length > 0 &&
    returned.every(
      ({ value }) => !value || (value.nodeType === "Constant" && typeof value.value !== "string"),
    )
  );
}

/** What an argument is for callers that leave it to the default of a parameter. None and nothing stand for "not given". */
function defaultOf(value: Value | undefined): Value | undefined {
  const fallback = value?.kind === "unknown" ? value.parameter?.fallback : undefined;
  if (fallback?.kind !== "constant") return undefined;
  return fallback.value === null || fallback.value === "" ? undefined : fallback;
}
