/** Under which conditions a place in the code counts: the tests of the statements around it, as far as they are decided. */
import {
  type EnvironmentRead,
  type Expression,
  type FunctionNode,
  type Interpreter,
  isKind,
  type MatchCase,
  type MatchNode,
  type Placed,
  type Scope,
  type Site,
  truth,
  type Value,
  wayTo,
} from "../python/index.ts";
import type { SettingsModule } from "./settings-modules.ts";
import { asksForDevelopment } from "./stages.ts";

/** A condition that lets a place count. */
export interface PlaceCondition {
  /** As it is written, between backquotes: `if not USE_TLS`. */
  readonly text: string;
  /** True where it holds whatever the environment says. */
  readonly isSure: boolean;
  /** The variable because of which it holds, or does not. */
  readonly environment?: EnvironmentRead;
  readonly unmet?: EnvironmentRead;
  /** True where nobody in the tree decides it, and it asks by its words for a developer's machine or a test. */
  readonly isForDevelopment?: true;
}

/** What runs the code of a file, and the names that the code sees within some functions, the outermost first. */
export interface Ground {
  readonly interpreter: Interpreter;
  readonly scope: Scope | undefined;
}
type GroundOf = (path: string, functions: readonly FunctionNode[]) => Ground | undefined;

/** The conditions around a place, the innermost first. What is asked within a function depends on its callers. */
export function conditionsAt(site: Site, module: SettingsModule): PlaceCondition[] {
  return conditionsAround(site, (path) => groundOf(path, module));
}

/** The same for a place of any module, as what runs it answers what is asked there. */
export function conditionsAround({ file, node }: Site, groundAt: GroundOf): PlaceCondition[] {
  const way = wayTo(node, file.body);
  const isFunction = (one: Placed) => isKind(one, "FunctionDef") || isKind(one, "AsyncFunctionDef");
  const within = way.findLastIndex(isFunction);
  const functions = way.filter(isFunction);
  return way
    .flatMap((outer, depth) => {
      const inner = way[depth + 1];
      const asked = inner === undefined ? undefined : askedBy(outer, inner);
      if (asked === undefined) return [];
      const ground = depth > within ? groundAt(file.path, functions) : undefined;
      const answer = ground && asked.answer?.(file.path, ground);
      const isAsNoted = answer?.holds === asked.holds;
      const header = oneLine(file.slice(file.region(asked.shown)));
      const text = `\`${asked.word} ${header}\``;
      const isForDevelopment =
        ground !== undefined && answer === undefined && asksForStage(asked, file.path, ground);
      return [
        {
          text: asked.holds ? text : `the \`else\` of ${text}`,
          isSure: isAsNoted && answer?.environment === undefined,
          ...(answer?.environment && {
            [isAsNoted ? "environment" : "unmet"]: answer.environment,
          }),
          ...(isForDevelopment && { isForDevelopment }),
        },
      ];
    })
    .reverse();
}

interface Asked {
  readonly word: string;
  /** What says most of the condition, to be shown. */
  readonly shown: Placed;
  readonly test?: Expression;
  /** Absent where it is nothing that can be asked again. */
  readonly answer?: (path: string, ground: Ground) => Answer | undefined;
  readonly holds: boolean;
}

interface Answer {
  readonly holds: boolean;
  readonly environment?: EnvironmentRead;
}

/** What a statement or an expression asks before one of its parts counts. */
function askedBy(outer: Placed, inner: Placed): Asked | undefined {
  if ((isKind(outer, "If") || isKind(outer, "IfExp")) && inner !== outer.test) {
    // `if True` asks nothing.
    if (isKind(outer.test, "Constant")) return undefined;
    const { test, body } = outer;
    const holds = Array.isArray(body) ? body.some((one) => one === inner) : body === inner;
    return { word: "if", shown: test, test, answer: (...at) => answerTo(test, ...at), holds };
  }
  if (isKind(outer, "ExceptHandler") && outer.type && inner !== outer.type)
    return { word: "except", shown: outer.type, holds: true };
  if (!isKind(outer, "Match") || !isKind(inner, "MatchCase")) return undefined;
  const answer: Asked["answer"] = (...at) => isMet(inner, outer, ...at);
  return { word: "case", shown: inner.pattern, answer, holds: true };
}

function asksForStage({ test, holds }: Asked, path: string, ground: Ground): boolean {
  const outcome = (one: Expression) => answerTo(one, path, ground)?.holds;
  return (
    test !== undefined && asksForDevelopment(test, holds, outcome, ground.interpreter.models.stages)
  );
}

function answerTo(test: Expression, path: string, ground: Ground): Answer | undefined {
  const result = evaluatedOn(ground, test, path);
  const holds = result && truth(result);
  if (holds === undefined) return undefined;
  return { holds, ...(result?.environment && { environment: result.environment }) };
}

/** Whether a case is the one that counts; undefined where that is not known, or a further test of a case has to tell. */
function isMet(
  wanted: MatchCase,
  { subject, cases }: MatchNode,
  path: string,
  ground: Ground,
): Answer | undefined {
  const value = evaluatedOn(ground, subject, path);
  const { interpreter, scope } = ground;
  if (value === undefined || scope === undefined) return undefined;
  const { result: fits } = interpreter.heap.branch(() =>
    cases.map(({ pattern }) => interpreter.fits(path, pattern, value, scope)),
  );
  const first = fits.findIndex((one) => one !== false);
  if (cases[first]?.guard || (first >= 0 && fits[first] !== true)) return undefined;
  const environment = value.environment && { environment: value.environment };
  return { holds: cases[first] === wanted, ...environment };
}

/** What an expression of a file is once its module, or the one that it runs in, has run. */
export function evaluated(
  node: Expression,
  path: string,
  module: SettingsModule,
): Value | undefined {
  return evaluatedOn(groundOf(path, module), node, path);
}

function evaluatedOn(
  { interpreter, scope }: Ground,
  node: Expression,
  path: string,
): Value | undefined {
  // What the expression does beside, it has done.
  return interpreter.heap.branch(() => interpreter.valueIn(path, node, scope)).result;
}

/** The names that a file has; one that another one runs has none of its own. */
function groundOf(path: string, { interpreter, scope }: SettingsModule): Ground {
  return { interpreter, scope: interpreter.moduleThatRan(path) ?? scope };
}

/** More of a condition than this is not read in the middle of a sentence. */
const MAX_SHOWN = 60;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > MAX_SHOWN || line.includes("`") ? "…" : line;
}
