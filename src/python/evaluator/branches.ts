import {
  blocksOf,
  type Expression,
  isKind,
  type MatchCase,
  type MatchNode,
  type Statement,
  walk,
} from "../ast.ts";
import { assign } from "./assignment.ts";
import { type Branch, type Completion, NORMAL, type StatementMachine } from "./completion.ts";
import { membersOf, sequence, someMember } from "./containers.ts";
import { evaluate } from "./expressions.ts";
import { asLeftAlone, asTest } from "./facts.ts";
import { eachMember } from "./filled.ts";
import type { Fact, Frame, Machine } from "./machine.ts";
import { passOver } from "./passed-over.ts";
import { asPattern, bindPattern, matches } from "./patterns.ts";
import { iterated } from "./records.ts";
import { note, originalOf, refine, refineReturned } from "./refine.ts";
import { tested } from "./special-methods.ts";
import { holds } from "./stage.ts";
import { markWrites } from "./unset.ts";
import { type Check, type EnvironmentRead, type Site, truth, type Value } from "./values.ts";

/** Longer known iterables are not unrolled: the body runs for "some member". Settings modules set names from long lists. */
const MAX_UNROLLED = 64;

const MAX_UNROLLED_SETTINGS = 1000;

/** Rounds of a loop of unknown length: the second sees what the first left behind. */
const ROUNDS = 2;

/** Runs a block whose condition is not decided. */
function fork(
  machine: StatementMachine,
  body: readonly Statement[],
  frame: Frame,
  test: Site,
  fact: Fact,
): Branch {
  return machine.heap.branch(() => {
    machine.conditions.push({ site: test, holds: fact.holds });
    frame.facts.push(fact);
    refine(machine, frame, fact.test, fact.holds);
    const completion = machine.run(body, frame);
    frame.facts.pop();
    machine.conditions.pop();
    return completion;
  });
}

function leaves({ result }: Branch): boolean {
  return result.kind === "return" || result.kind === "raise";
}

/** Goes on with what the branches that reach the next statement wrote. Leaving a loop early reaches what follows the loop. */
export function merge(machine: StatementMachine, branches: readonly Branch[]): Completion {
  const live = branches.filter(
    (branch) => branch.result.kind !== "return" && branch.result.kind !== "raise",
  );
  if (live.length > 0) {
    machine.heap.join(live.map((branch) => branch.writes));
    const kinds = new Set(live.map((branch) => branch.result.kind));
    if (kinds.size > 1 || live.length < branches.length) machine.exits.undecided++;
    const [only] = live;
    return kinds.size === 1 && live.length === branches.length && only !== undefined
      ? only.result
      : NORMAL;
  }
  return (
    branches.find((branch) => branch.result.kind === "return")?.result ?? {
      kind: "raise",
      exception: undefined,
    }
  );
}

/** Runs the branch that is taken; both, joined, where the condition is not decided. */
export function executeIf(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "If" }>,
  frame: Frame,
): Completion {
  const test = evaluate(machine, node.test, frame);
  if (machine.raised !== undefined) return NORMAL;
  refineReturned(machine, frame, test);
  const site: Site = { file: frame.file, node: node.test };
  const decided = holds(machine, node.test, test, frame, site);
  if (decided !== undefined) {
    const chosen = decided ? node.body : node.orelse;
    const { environment } = test;
    if (environment === undefined) return machine.run(chosen, frame);
    const completion = runBecauseUnset(machine, chosen, frame, site, environment);
    passOver(machine, frame, decided ? node.orelse : node.body, environment);
    return completion.kind === "return" ? { environment, ...completion } : completion;
  }
  const yes = fork(machine, node.body, frame, site, { test, holds: true });
  const no = fork(machine, node.orelse, frame, site, { test, holds: false });
  for (const [out, on, isLeft] of [
    [yes, no, false],
    [no, yes, true],
  ] as const) {
    const { kind } = out.result;
    const loop = machine.loops.at(-1);
    if (loop === undefined || on.result.kind !== "normal") continue;
    if (kind !== "break" && kind !== "continue") continue;
    // The rest of the round runs only after the other branch.
    const ways = kind === "break" ? loop.broken : loop.continued;
    if (kind === "break") loop.left.push({ test, holds: !isLeft });
    ways.push(new Map([...machine.heap.since(loop.depth), ...out.writes]));
    machine.heap.apply(on.writes);
    machine.exits.undecided++;
    frame.facts.push({ test, holds: isLeft });
    return NORMAL;
  }
  const completion = merge(machine, [
    asLeftAlone(machine, frame, yes, no, { test, holds: true }),
    asLeftAlone(machine, frame, no, yes, { test, holds: false }),
  ]);
  // Where one branch leaves the function, the rest of the block runs only after the other.
  if (leaves(yes) !== leaves(no)) frame.facts.push({ test, holds: leaves(no) });
  return completion;
}

/** Runs the branch that is taken because a variable is not set. */
function runBecauseUnset(
  machine: StatementMachine,
  chosen: readonly Statement[],
  frame: Frame,
  test: Site,
  environment: EnvironmentRead,
): Completion {
  if (frame.function !== undefined) {
    // What a helper returns from here on, it returns because the variable is not set.
    frame.unset.push(environment);
    const outer = frame.because;
    frame.because = environment;
    const result = machine.run(chosen, frame);
    frame.because = outer;
    return result;
  }
  if (!isWithin(environment.site, test)) return machine.run(chosen, frame);
  const { result, writes } = machine.heap.branch(() => machine.run(chosen, frame));
  machine.heap.apply(markWrites(writes, environment));
  return result;
}

/** True where one node stands within another. */
function isWithin(inner: Site, outer: Site): boolean {
  if (inner.file !== outer.file) return false;
  const [a, b] = [inner.file.region(inner.node), outer.file.region(outer.node)];
  const starts = a.startLine - b.startLine || a.startColumn - b.startColumn;
  return starts >= 0 && (a.endLine - b.endLine || a.endColumn - b.endColumn) <= 0;
}

function longest(machine: Machine): number {
  return machine.eager ? MAX_UNROLLED_SETTINGS : MAX_UNROLLED;
}

/** True for a loop's body that may end a round, or the loop, before its last statement. */
function skipsRounds(body: readonly Statement[]): boolean {
  return body.some((statement) =>
    [...walk(statement)].some((node) => isKind(node, "Break") || isKind(node, "Continue")),
  );
}

/** True for a loop's body that may end the loop. */
function leavesLoop(body: readonly Statement[]): boolean {
  return body.some((statement) => {
    if (statement.nodeType === "Break") return true;
    const isScopeOfItsOwn = /^(?:For|AsyncFor|While|FunctionDef|AsyncFunctionDef|ClassDef)$/.test(
      statement.nodeType,
    );
    return !isScopeOfItsOwn && blocksOf(statement).some(leavesLoop);
  });
}

/** Runs what stands under `else` of a loop; where the loop may have been left before its end, that may have been passed over. */
function executeElse(
  machine: StatementMachine,
  body: readonly Statement[],
  frame: Frame,
  mayHaveLeft: boolean,
): Completion {
  joinBroken(machine);
  if (body.length === 0 || !mayHaveLeft) return machine.run(body, frame);
  const otherwise = machine.heap.branch(() => machine.run(body, frame));
  const completion = merge(machine, [otherwise, { result: NORMAL, writes: new Map() }]);
  const out = leaves(otherwise) ? wayOut(machine) : undefined;
  if (out === undefined) return completion;
  refine(machine, frame, out, true);
  frame.facts.push({ test: out, holds: true });
  return completion;
}

/** What was so where a loop was left before its end; undefined where that is not known of every way out of it. */
function wayOut({ loops }: StatementMachine): Value | undefined {
  const loop = loops.at(-1);
  if (loop === undefined || loop.left.length < loop.ways) return undefined;
  const tests = loop.left.map(asTest);
  return tests.length < 2
    ? tests[0]
    : {
        kind: "symbol",
        name: "builtins.any()",
        call: { positional: [sequence("list", tests)], keywords: new Map(), open: false },
      };
}

/** Runs a loop, and joins what was written on the ways out of it at its end. */
function inLoop(machine: StatementMachine, run: () => Completion): Completion {
  machine.loops.push({ continued: [], broken: [], left: [], ways: 0, depth: 0 });
  const completion = run();
  joinBroken(machine);
  machine.loops.pop();
  return completion;
}

function joinBroken(machine: StatementMachine): void {
  for (const writes of machine.loops.at(-1)?.broken.splice(0) ?? [])
    machine.heap.join([writes, new Map()]);
}

/** Each round for some member says the same of the ways out of the loop. */
function forgetWays({ loops }: StatementMachine): void {
  const loop = loops.at(-1);
  if (loop === undefined) return;
  loop.left.length = 0;
  loop.ways = 0;
}

/** Runs one round as a branch, with what was written on the ways to the next one joined at its end. */
function runRound(machine: StatementMachine, run: () => Branch): Branch {
  const loop = machine.loops.at(-1);
  const { depth } = machine.heap;
  if (loop !== undefined) loop.depth = depth;
  const { result, writes } = run();
  const ways = loop?.continued.splice(0) ?? [];
  if (ways.length === 0) return { result, writes };
  const joined = machine.heap.branch(() => machine.heap.join([...ways, writes]));
  return { result, writes: joined.writes };
}

/** Makes the writes of a branch real that is sure to run. */
function applied(machine: StatementMachine, { result, writes }: Branch): Completion {
  machine.heap.apply(writes);
  return result;
}

/** Runs the body for every member that is known; a few rounds for "some member" where they are not. */
export function executeFor(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "For" | "AsyncFor" }>,
  frame: Frame,
  site: Site,
): Completion {
  return inLoop(machine, () => runFor(machine, node, frame, site));
}

function runFor(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "For" | "AsyncFor" }>,
  frame: Frame,
  site: Site,
): Completion {
  const all = evaluate(machine, node.iter, frame);
  const iterable = iterated(machine, all, site);
  const members = membersOf(iterable);
  if (members !== undefined && members.length <= longest(machine)) {
    // What every round was sure of is so behind the loop, unless a round may have ended early.
    const isSure = frame.function !== undefined && !skipsRounds(node.body);
    const before = machine.exits.undecided;
    const runBody = (member: Value) => {
      assign(machine, frame, node.target, member, site);
      return machine.run(node.body, frame, isSure);
    };
    const mayEndEarly = skipsRounds(node.body);
    for (const member of members) {
      const completion = mayEndEarly
        ? applied(
            machine,
            runRound(machine, () => machine.heap.branch(() => runBody(member))),
          )
        : runBody(member);
      if (completion.kind === "break") return NORMAL;
      if (completion.kind === "return" || completion.kind === "raise") return completion;
    }
    const mayHaveLeft = machine.exits.undecided !== before && leavesLoop(node.body);
    return executeElse(machine, node.orelse, frame, mayHaveLeft);
  }
  const test: Site = { file: frame.file, node: node.iter };
  const target: Site = { file: frame.file, node: node.target };
  let passed: readonly Check[] = [];
  let member: Value | undefined;
  let facts: readonly Fact[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const found = eachMember(machine, iterable, target) ?? someMember(iterable, target);
    const one = member !== undefined && isAlike(member, found) ? member : found;
    member = one;
    const branch = runRound(machine, () =>
      machine.heap.branch(() => {
        assign(machine, frame, node.target, one, site);
        machine.conditions.push({ site: test, holds: true });
        const known = frame.facts.length;
        forgetWays(machine);
        const completion = machine.run(node.body, frame, true);
        facts = frame.facts.splice(known);
        machine.conditions.pop();
        if (completion.kind === "normal") passed = checksOf(node.target, frame);
        return completion;
      }),
    );
    machine.heap.join([branch.writes, new Map()]);
  }
  // What every member had to pass is known of all of them.
  if ((passed.length > 0 || facts.length > 0) && !skipsRounds(node.body)) {
    if (passed.length > 0) note(machine, frame, new Map([[originalOf(all), passed]]));
    for (const fact of facts.map(ofEach)) {
      refine(machine, frame, fact.test, fact.holds);
      frame.facts.push(fact);
    }
  }
  return executeElse(machine, node.orelse, frame, leavesLoop(node.body));
}

/** What was so in every round, of a member that stands for each: `all(…)` came out true, or `any(…)` false. */
function ofEach({ test, holds }: Fact): Fact {
  const call = { positional: [sequence("list", [test])], keywords: new Map(), open: false };
  const name = holds ? "builtins.all()" : "builtins.any()";
  return { test: { kind: "symbol", name, call }, holds };
}

/** True for something unknown of the same: behind the loop there is one such member, whichever round met it. */
function isAlike(a: Value, b: Value): boolean {
  if (a.kind !== "unknown" || b.kind !== "unknown" || a.from.length !== b.from.length) return false;
  return a.from.every((from, index) => from === b.from[index]);
}

/** What is known of the value of a name. */
function checksOf(target: Expression, frame: Frame): readonly Check[] {
  if (target.nodeType !== "Name") return [];
  return frame.scope.names.get(target.id)?.content?.value.checks ?? [];
}

/** Runs the body as often as the condition is sure to hold, and a few rounds more where that is not decided. */
export function executeWhile(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "While" }>,
  frame: Frame,
): Completion {
  return inLoop(machine, () => runWhile(machine, node, frame));
}

function runWhile(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "While" }>,
  frame: Frame,
): Completion {
  const test: Site = { file: frame.file, node: node.test };
  const asks = () => truth(tested(machine, evaluate(machine, node.test, frame), test));
  let holds = asks();
  // As long as the condition is decided, and the loop is not left by a way that is not, it runs as Python would run it.
  for (let round = 0; holds !== undefined && round < longest(machine); round++) {
    if (!holds) return machine.run(node.orelse, frame);
    const before = machine.exits.undecided;
    const result = applied(
      machine,
      runRound(machine, () => machine.heap.branch(() => machine.run(node.body, frame))),
    );
    if (machine.exits.undecided !== before) break;
    if (result.kind === "break") return NORMAL;
    if (result.kind === "return" || result.kind === "raise") return result;
    holds = asks();
  }
  for (let round = 0; round < ROUNDS; round++) {
    const asked = evaluate(machine, node.test, frame);
    if (truth(asked) === false) break;
    const branch = runRound(machine, () =>
      fork(machine, node.body, frame, test, { test: asked, holds: true }),
    );
    machine.heap.join([branch.writes, new Map()]);
  }
  // Where nothing else ends the loop, its condition does not hold behind it.
  if (!leavesLoop(node.body)) refine(machine, frame, evaluate(machine, node.test, frame), false);
  return executeElse(machine, node.orelse, frame, leavesLoop(node.body));
}

/** Runs the first case that is sure to fit; joined with those before it that may. */
export function executeMatch(machine: StatementMachine, node: MatchNode, frame: Frame): Completion {
  const subject = evaluate(machine, node.subject, frame);
  const asked: Site = { file: frame.file, node: node.subject };
  const { environment } = subject;
  const passed: MatchCase[] = [];
  const passOverOthers = (others: readonly MatchCase[]) => {
    if (environment !== undefined)
      for (const { body } of others) passOver(machine, frame, body, environment);
  };
  const open: Branch[] = [];
  for (const [index, branch] of node.cases.entries()) {
    const site: Site = { file: frame.file, node: branch.pattern };
    const fits = matches(machine, frame, branch.pattern, subject);
    if (fits === false) {
      passed.push(branch);
      continue;
    }
    const { result: run, writes } = machine.heap.branch(() => {
      bindPattern(machine, frame, branch.pattern, subject, site);
      const asks = branch.guard ? evaluate(machine, branch.guard, frame) : undefined;
      const guard = asks === undefined ? true : truth(tested(machine, asks, site));
      if (guard === false) return { guard, result: NORMAL };
      machine.conditions.push({ site, holds: true });
      refine(machine, frame, asPattern(machine, frame, branch.pattern, subject), true);
      if (asks !== undefined) refine(machine, frame, asks, true);
      // Where nothing but the variable decides, it is the only case that runs.
      const isDecided = fits === true && guard === true && open.length === 0;
      const result =
        isDecided && environment !== undefined
          ? runBecauseUnset(machine, branch.body, frame, asked, environment)
          : machine.run(branch.body, frame);
      machine.conditions.pop();
      return { guard, result };
    });
    if (run.guard === false) continue;
    open.push({ result: run.result, writes });
    if (fits !== true || run.guard !== true) continue;
    const completion = merge(machine, open);
    if (open.length > 1) return completion;
    passOverOthers([...passed, ...node.cases.slice(index + 1)]);
    return environment !== undefined && completion.kind === "return"
      ? { environment, ...completion }
      : completion;
  }
  if (open.length === 0) passOverOthers(passed);
  return merge(machine, [...open, { result: NORMAL, writes: new Map() }]);
}
