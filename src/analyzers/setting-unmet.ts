/**
 * Why a setting is not what it should be, where code of the program would have made it so and does not run, or gives something else,
 * because a variable is not set.
 */
import {
  asString,
  bindingIn,
  type EnvironmentRead,
  type Expression,
  isKind,
  type PassedOver,
  type Placed,
  passedOver,
  type Site,
  type Value,
  walk,
  wayTo,
} from "../python/index.ts";
import { conditionsAt, evaluated } from "./setting-conditions.ts";
import { absentIn, type SettingMatch } from "./setting-match.ts";
import type { Place } from "./setting-test.ts";
import type { SettingsModule } from "./settings-modules.ts";
import { passes } from "./value-test.ts";

/** What would have put a setting right, and the variable that would have to be set for it. */
export interface Unmet {
  readonly site: Site;
  readonly environment: EnvironmentRead;
}

/** What would put a setting right and does not count because a variable is not set; undefined where nothing in the code would. */
export function unmetFor(
  match: SettingMatch,
  place: Place,
  module: SettingsModule,
): Unmet | undefined {
  const { setting, value, keys } = place;
  if (value?.environment !== undefined) return undefined;
  const absent = absentIn(match);
  const wanted = [absent, keys.at(-1)].flatMap((word) => word ?? []);
  const unwanted = [match.contains ?? []].flat().map(String);
  const statement = statementsFor(setting, module).find((one) => {
    const { file, node } = one.imported ?? one.site;
    const { startLine, endLine } = file.region(node);
    const text = file.lines.slice(startLine - 1, endLine).join("\n");
    return (
      !isFlawed(one, match) &&
      (one.rebinds || wanted.length > 0) &&
      wanted.every((word) => text.includes(word)) &&
      !unwanted.some((word) => text.includes(word))
    );
  });
  if (statement !== undefined || absent === undefined) return statement;
  const set = bindingIn(module.scope, setting)?.site;
  return set && leftOut(absent, set, module);
}

/** The read with those of its variables alone that, were they set, would not leave the flaw as it is. */
export function thatMatter(
  read: EnvironmentRead,
  match: SettingMatch,
  setting: string,
  module: SettingsModule,
): EnvironmentRead {
  const { also, ...plain } = read;
  if (also === undefined) return read;
  const passed = statementsFor(setting, module);
  const isInVain = (variable: string) => {
    const own = passed.filter(({ environment }) => environment.name === variable);
    return own.length > 0 && own.every((one) => isFlawed(one, match));
  };
  const [name, ...others] = [read.name, ...also].filter((variable) => !isInVain(variable));
  if (name === undefined) return read;
  return { ...plain, name, ...(others.length > 0 && { also: others }) };
}

function statementsFor(setting: string, { interpreter, scope }: SettingsModule) {
  return passedOver(interpreter, scope, setting, bindingIn(scope, setting));
}

function isFlawed({ value }: PassedOver, match: SettingMatch): boolean {
  return value !== undefined && passes(match, value) === true;
}

/** Where a text would have come into a list, had an expression that reads a variable not come to something else. */
function leftOut(text: string, set: Site, module: SettingsModule): Unmet | undefined {
  const { file } = set;
  for (const statement of statementsBehind(set))
    for (const node of walk(statement)) {
      if (!isKind(node, "Constant") || node.value !== text) continue;
      const site = { file, node };
      const read =
        readAround(site, text, module) ??
        conditionsAt(site, module).find(({ unmet }) => unmet !== undefined)?.unmet;
      if (read !== undefined) return { site, environment: read };
    }
  return undefined;
}

/** The statement that set a name, and those of its file that set or change what it names. */
function statementsBehind({ file, node }: Site): readonly Placed[] {
  const last = wayTo(node, file.body).findLast((one) => changedBy(one) !== undefined);
  if (last === undefined) return [];
  const changing = changesIn(file);
  const behind = new Set([last]);
  for (const statement of behind)
    for (const one of walk(statement))
      if (isRead(one, statement)) for (const other of changing.get(one.id) ?? []) behind.add(other);
  return [...behind];
}

const changesOfFile = new WeakMap<Site["file"], ReadonlyMap<string, readonly Placed[]>>();

/** The statements of a file that set or change a name. Found once: each list that lacks something asks. */
function changesIn(file: Site["file"]): ReadonlyMap<string, readonly Placed[]> {
  const known = changesOfFile.get(file);
  if (known !== undefined) return known;
  const changing = new Map<string, Placed[]>();
  for (const one of file.body.flatMap((each) => [...walk(each)])) {
    const name = changedBy(one);
    if (name === undefined) continue;
    const others = changing.get(name);
    if (others === undefined) changing.set(name, [one]);
    else others.push(one);
  }
  changesOfFile.set(file, changing);
  return changing;
}

/** The name that a statement sets or changes: `NAME = …`, `NAME += …`, `NAME.append(…)`. */
export function changedBy(node: Placed): string | undefined {
  const target =
    isKind(node, "AugAssign") || isKind(node, "AnnAssign")
      ? node.target
      : isKind(node, "Assign")
        ? node.targets[0]
        : isKind(node, "Expr") && isKind(node.value, "Call") && isKind(node.value.func, "Attribute")
          ? node.value.func.value
          : undefined;
  return target !== undefined && isKind(target, "Name") ? target.id : undefined;
}

/** True for a name that a statement reads: what `+=` adds to is read, too. */
function isRead(
  node: Placed,
  statement: Placed,
): node is Extract<Expression, { nodeType: "Name" }> {
  if (!isKind(node, "Name")) return false;
  return !isKind(statement, "Assign") || !statement.targets.some((one) => one === node);
}

/** What the expressions that hold a text read, where they came to something without it. */
function readAround(
  { file, node }: Site,
  text: string,
  module: SettingsModule,
): EnvironmentRead | undefined {
  const way = wayTo(node, file.body);
  if (way.some(({ nodeType }) => /^(?:AsyncFunctionDef|FunctionDef|Lambda)$/.test(nodeType)))
    return undefined;
  const valueIn = (one: Expression) => evaluated(one, file.path, module);
  for (const [index, outer] of way.entries()) {
    const filter = isKind(outer, "Comprehension")
      ? outer.ifs.find((one) => one === way[index + 1])
      : undefined;
    const asked = filter === undefined ? [] : [...walk(filter)].filter(isAsked).map(valueIn);
    const deciding = asked.find((value) => value?.environment !== undefined);
    if (deciding !== undefined) return deciding.environment;
    if (!isChoosing(outer)) continue;
    const value = valueIn(outer);
    if (value?.environment !== undefined && !holds(value, text)) return value.environment;
  }
  return undefined;
}

function isAsked(node: Placed): node is Extract<Expression, { nodeType: "Name" | "Call" }> {
  return isKind(node, "Name") || isKind(node, "Call");
}

/** True for an expression that gives one of the parts that it holds. */
function isChoosing(
  node: Placed,
): node is Extract<Expression, { nodeType: "IfExp" | "BoolOp" | "Subscript" | "Call" }> {
  return (
    isKind(node, "IfExp") ||
    isKind(node, "BoolOp") ||
    isKind(node, "Subscript") ||
    isKind(node, "Call")
  );
}

function holds(value: Value, text: string): boolean {
  return value.kind === "sequence"
    ? value.contents.content.items.some((item) => asString(item) === text)
    : asString(value) === text;
}
