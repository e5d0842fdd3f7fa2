/** What a condition says by its words: that it asks for a developer's machine or a test, which is not the state that is deployed. */
import type { Models } from "../core/models.ts";
import { type Expression, isKind, type Placed, type Stage, walk } from "../python/index.ts";
import { wordsOf } from "./name-words.ts";

type Stages = Models["stages"];

/** How a test comes out; undefined where that is not known. */
type Outcome = (test: Expression) => boolean | undefined;

/**
 * True where a test that comes out as it `holds` owes it to a part of which the outcome is not known, and which then says that the
 * program is developed or tested: `settings.dev`, `ENV == "local"`, or `PROD` where it does not hold.
 */
export function asksForDevelopment(
  test: Expression,
  holds: boolean,
  outcome: Outcome,
  stages: Stages,
): boolean {
  const ask = (one: Expression, asked: boolean) => asksForDevelopment(one, asked, outcome, stages);
  if (isKind(test, "UnaryOp") && test.op.nodeType === "Not") return ask(test.operand, !holds);
  if (isKind(test, "BoolOp")) {
    // Of what decides alone any part may do it, and so each has to say it.
    const alone = (test.op.nodeType === "Or") === holds;
    const parts = test.values.filter((one) => outcome(one) !== !holds);
    return alone
      ? parts.length > 0 && parts.every((one) => ask(one, holds))
      : test.values.some((one) => ask(one, holds));
  }
  if (outcome(test) !== undefined) return false;
  const stage = stageNamed(test, stages);
  return stage !== undefined && (stage === "developing") === (holds !== isTurned(test));
}

/** How a program is run that is deployed, by the words of its tests and names. */
export function stageDeployed(stages: Stages): Stage {
  return {
    outcome(test, decided) {
      if (asksForDevelopment(test, true, decided, stages)) return false;
      return asksForDevelopment(test, false, decided, stages) ? true : undefined;
    },
    isDeployed: (name) => stageOf([name], stages) !== "developing",
  };
}

/** The only stage that the words of an expression name. */
function stageNamed(test: Expression, stages: Stages): "developing" | "deployed" | undefined {
  const isOfThing = isKind(test, "Compare") && comparesThing(test, stages);
  return stageOf([...walk(test)].flatMap(textsOf), stages, isOfThing);
}

function stageOf(
  texts: readonly string[],
  stages: Stages,
  isOfThing = false,
): "developing" | "deployed" | undefined {
  const named = texts.map((text) => wordsOf(text));
  const holds = (words: readonly string[]) => named.flat().some((word) => words.includes(word));
  const isDeveloping = named.some((words) => tellsOfDevelopment(words, stages, isOfThing));
  // `not_dev` and `no_prod` are read by nobody alike.
  if (holds(stages.denying) || isDeveloping === holds(stages.deployed)) return undefined;
  return isDeveloping ? "developing" : "deployed";
}

/** True for the words of a name that is about development or tests: `is_local` and `LOCAL_ENV`, but not `local_storage`. */
function tellsOfDevelopment(
  words: readonly string[],
  { developing, broad, running }: Stages,
  isOfThing: boolean,
): boolean {
  if (words.some((word) => developing.includes(word) && !broad.includes(word))) return true;
  const last = words.findLast((word) => !running.includes(word));
  return !isOfThing && last !== undefined && broad.includes(last);
}

/** True for a comparison that asks of what kind something is that a program uses wherever it runs: `STORAGE_TYPE == "local"`. */
function comparesThing(
  { left, comparators }: Expression & { nodeType: "Compare" },
  { things, aspects }: Stages,
): boolean {
  return [left, ...comparators].some((side) => {
    const name = isKind(side, "Constant") ? undefined : subjectOf(side);
    const last = wordsOf(name ?? "").findLast((word) => !aspects.includes(word));
    return last !== undefined && [last, last.replace(/s$/, "")].some((one) => things.includes(one));
  });
}

/** The name of what an expression reads in the end: `ENV` of `config["ENV"]`, `os.getenv("ENV", "").lower()` and `app.ENV`. */
function subjectOf(node: Expression): string | undefined {
  if (isKind(node, "Name")) return node.id;
  if (isKind(node, "Attribute")) return node.attr;
  if (isKind(node, "Constant")) return typeof node.value === "string" ? node.value : undefined;
  if (isKind(node, "Subscript")) return subjectOf(node.slice) ?? subjectOf(node.value);
  if (!isKind(node, "Call")) return undefined;
  const { func, args } = node;
  const [first] = args;
  if (first !== undefined) return subjectOf(first);
  const isOfText = isKind(func, "Attribute") && /^(?:lower|upper|strip|casefold)$/.test(func.attr);
  return subjectOf(isOfText ? func.value : func);
}

function textsOf(node: Placed): readonly string[] {
  if (isKind(node, "Name")) return [node.id];
  if (isKind(node, "Attribute")) return [node.attr];
  return isKind(node, "Constant") && typeof node.value === "string" ? [node.value] : [];
}

/** True for a comparison that holds where what it names is not so: `ENV != "local"`, `DEBUG is False`. */
function isTurned(test: Expression): boolean {
  if (!isKind(test, "Compare")) return false;
  const isOff = test.comparators.some(
    (one) => isKind(one, "Constant") && OFF.has(String(one.value).toLowerCase()),
  );
  return test.ops.some(({ nodeType }) => /^(?:NotEq|IsNot|NotIn)$/.test(nodeType)) !== isOff;
}

/** What switches are set to that are off, as texts. */
const OFF = new Set(["", "0", "false", "no", "null", "off"]);
