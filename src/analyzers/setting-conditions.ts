/** Under which conditions a place in the code counts: the tests of the statements around it, as far as they are decided. */
import {
  type EnvironmentRead,
  type Expression,
  isKind,
  type Placed,
  type Site,
  truth,
  wayTo,
} from "../python/index.ts";
import type { SettingsModule } from "./settings-modules.ts";

/** A condition that lets a place count. */
export interface PlaceCondition {
  /** As it is written, between backquotes: `if not USE_TLS`. */
  readonly text: string;
  /** True where it holds whatever the environment says. */
  readonly isSure: boolean;
  /** The variable because of which it holds. */
  readonly environment?: EnvironmentRead;
}

/** The conditions around a place, the innermost first. What is asked within a function depends on its callers. */
export function conditionsAt({ file, node }: Site, module: SettingsModule): PlaceCondition[] {
  const way = wayTo(node, file.body);
  const within = way.findLastIndex(({ nodeType }) => /^(?:Async)?FunctionDef$/.test(nodeType));
  return way
    .flatMap((outer, depth) => {
      const inner = way[depth + 1];
      const asked = inner === undefined ? undefined : askedBy(outer, inner);
      if (asked === undefined) return [];
      const test = asked.test !== undefined && depth > within ? asked.test : undefined;
      const answer = test && answerTo(test, file.path, module);
      const isAsNoted = answer !== undefined && answer.holds === asked.holds;
      const header = oneLine(file.slice(file.region(asked.shown)));
      const text = `\`${asked.word} ${header}\``;
      return [
        {
          text: asked.holds ? text : `the \`else\` of ${text}`,
          isSure: isAsNoted && answer.environment === undefined,
          ...(isAsNoted && answer.environment && { environment: answer.environment }),
        },
      ];
    })
    .reverse();
}

interface Asked {
  readonly word: string;
  /** What says most of the condition, to be shown. */
  readonly shown: Placed;
  /** Absent where it is not a plain test. */
  readonly test?: Expression;
  readonly holds: boolean;
}

/** What a statement or an expression asks before one of its parts counts. */
function askedBy(outer: Placed, inner: Placed): Asked | undefined {
  if (isKind(outer, "If") && inner !== outer.test) {
    const { test, body } = outer;
    return { word: "if", shown: test, test, holds: body.some((one) => one === inner) };
  }
  if (isKind(outer, "IfExp") && inner !== outer.test) {
    const { test, body } = outer;
    return { word: "if", shown: test, test, holds: body === inner };
  }
  if (isKind(outer, "ExceptHandler") && outer.type && inner !== outer.type)
    return { word: "except", shown: outer.type, holds: true };
  if (isKind(outer, "MatchCase") && inner !== outer.pattern)
    return { word: "case", shown: outer.pattern, holds: true };
  return undefined;
}

function answerTo(
  test: Expression,
  path: string,
  { interpreter, scope }: SettingsModule,
): { readonly holds: boolean; readonly environment?: EnvironmentRead } | undefined {
  // A file that another one runs has no names of its own.
  const names = interpreter.moduleThatRan(path) ?? scope;
  // What the test does beside answering, it has done.
  const { result } = interpreter.heap.branch(() => interpreter.valueIn(path, test, names));
  const holds = result && truth(result);
  if (holds === undefined) return undefined;
  return { holds, ...(result?.environment && { environment: result.environment }) };
}

/** More of a condition than this is not read in the middle of a sentence. */
const MAX_SHOWN = 60;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > MAX_SHOWN || line.includes("`") ? "…" : line;
}
