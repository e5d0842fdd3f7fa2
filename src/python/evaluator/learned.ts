/**
 * What the code of a function tested: of the values that its names have, and of data that is read anew wherever it is used
 * (`request.args["x"]`), of which only the way in which it is read tells that it is the same. Who calls the function knows that once
 * it has returned, and the functions that it calls know it from the start.
 */
import type { ModuleFile } from "../module-file.ts";
import type { Machine } from "./machine.ts";
import type { Binding, Check, Scope, Value } from "./values.ts";

/** Checks of data by a text for how it is read. */
export type Readings = ReadonlyMap<string, readonly Check[]>;

export interface Learned {
  /** By the value as it was before. */
  readonly values: ReadonlyMap<Value, readonly Check[]>;
  readonly readings: Readings;
}

/** What a call tells that tested nothing of what it was given. */
export const NOTHING: Learned = { values: new Map(), readings: new Map() };

/** What the names begin with under which a scope keeps checks of data by how that is read; no name of Python does. */
const READING = "=";

/** False for what a scope keeps for the evaluator alone. */
export function isOfProgram(name: string): boolean {
  return !name.startsWith(READING);
}

/** What is known of the values that names of a scope are bound to, and of data by how it is read. */
export function learnedIn(scope: Scope): Learned {
  const values = new Map<Value, readonly Check[]>();
  const readings = new Map<string, readonly Check[]>();
  const note = ({ checks, unchecked }: Value) => {
    if (checks !== undefined && unchecked !== undefined) values.set(unchecked, checks);
  };
  for (const [name, cell] of scope.names) {
    const value = cell.content?.value;
    if (value === undefined) continue;
    if (!isOfProgram(name)) readings.set(name, value.checks ?? []);
    note(value);
    if (value.kind === "union" && value.unchecked !== undefined)
      for (const one of value.alternatives) note(one.value);
  }
  return values.size + readings.size > 0 ? { values, readings } : NOTHING;
}

/** What was tested so far of data that is read in this way. */
export function readingOf(scope: Scope, key: string): readonly Check[] | undefined {
  return scope.names.get(`${READING}${key}`)?.content?.value.checks;
}

/** Keeps checks of data under how it is written, for code that reads it a second time. */
export function keepReading(
  machine: Machine,
  { scope, file }: { readonly scope: Scope; readonly file: ModuleFile },
  key: string,
  checks: readonly Check[],
): void {
  keep(machine, scope, file, `${READING}${key}`, checks);
}

/** Keeps what is known elsewhere of data that is read in a function, too. */
export function bringReadings(
  machine: Machine,
  { scope, file }: { readonly scope: Scope; readonly file: ModuleFile },
  readings: Readings,
): void {
  for (const [name, checks] of readings) keep(machine, scope, file, name, checks);
}

function keep(
  machine: Machine,
  scope: Scope,
  file: ModuleFile,
  name: string,
  checks: readonly Check[],
): void {
  const cell = scope.names.get(name) ?? { content: undefined, join: joinNotes };
  scope.names.set(name, cell);
  const site = checks[0]?.site ?? { file, node: { nodeType: "Module" } };
  const known = cell.content?.value.checks ?? [];
  const added = checks.filter((one) => !known.includes(one));
  if (added.length === 0) return;
  machine.heap.write(cell, {
    value: { kind: "unknown", from: [], checks: [...known, ...added] },
    site,
    when: [],
  });
}

/** Where branches meet, only what both know is known. */
function joinNotes(a: Binding | undefined, b: Binding | undefined): Binding | undefined {
  const checks = a?.value.checks?.filter((check) => b?.value.checks?.includes(check)) ?? [];
  if (a === undefined || checks.length === 0) return undefined;
  return { ...a, value: { kind: "unknown", from: [], checks } };
}
