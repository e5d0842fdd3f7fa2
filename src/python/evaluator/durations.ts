/** Spans of time: `timedelta(days=1).total_seconds()`. */
import { constant, type Site, type SymbolValue, type Value } from "./values.ts";

/** The parameters of `timedelta` in order, each in seconds. */
const UNITS = {
  days: 86_400,
  seconds: 1,
  microseconds: 1e-6,
  milliseconds: 1e-3,
  minutes: 60,
  hours: 3600,
  weeks: 604_800,
} as const;
const NAMES = Object.entries(UNITS);

/** The length of a span in seconds; undefined where a part of it is not known, and for anything else. */
export function secondsOf(value: Value): number | undefined {
  if (value.kind !== "symbol" || value.name !== "datetime.timedelta()") return undefined;
  const { call } = value;
  if (call === undefined || call.open) return undefined;
  let sum = 0;
  for (const [index, [name, seconds]] of NAMES.entries()) {
    const part = call.keywords.get(name) ?? call.positional[index];
    if (part === undefined) continue;
    if (part.kind !== "constant" || typeof part.value !== "number") return undefined;
    sum += part.value * seconds;
  }
  return sum;
}

/** `span + span`, `span * 2`, `span / span`; undefined for anything else. */
export function durationOperator(
  op: string,
  left: Value,
  right: Value,
  site: Site,
): Value | undefined {
  const [a, b] = [secondsOf(left), secondsOf(right)];
  if (a === undefined && b === undefined) return undefined;
  const [x, y] = [a ?? numberOf(left), b ?? numberOf(right)];
  if (x === undefined || y === undefined) return undefined;
  const areBoth = a !== undefined && b !== undefined;
  if (areBoth && op === "Add") return span(x + y, site);
  if (areBoth && op === "Sub") return span(x - y, site);
  if (!areBoth && op === "Mult") return span(x * y, site);
  if (a === undefined || y === 0 || (op !== "Div" && op !== "FloorDiv")) return undefined;
  const quotient = op === "Div" ? x / y : Math.floor(x / y);
  return areBoth ? constant(quotient, site) : span(quotient, site);
}

function numberOf(value: Value): number | undefined {
  return value.kind === "constant" && typeof value.value === "number" ? value.value : undefined;
}

function span(seconds: number, site: Site): SymbolValue {
  const keywords = new Map([["seconds", constant(seconds, site)]]);
  const call = { positional: [], keywords, open: false };
  return { kind: "symbol", name: "datetime.timedelta()", call, site };
}

/** `span.days`, `span.seconds`; undefined for anything else. */
export function durationAttribute(owner: SymbolValue, name: string, site: Site): Value | undefined {
  if (name !== "days" && name !== "seconds") return undefined;
  const whole = secondsOf(owner);
  if (whole === undefined) return undefined;
  const days = Math.floor(whole / UNITS.days);
  return constant(name === "days" ? days : Math.floor(whole - days * UNITS.days), site);
}
