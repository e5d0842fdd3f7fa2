import { demandOf } from "./requirement.ts";

/**
 * What a constraint in Poetry's language allows, in PEP 440's: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`, a bare `1.2` is a pin.
 * Alternatives are joined by ` || `. `pinAt` is the offset of a pin's version in the constraint, where nothing else stands in it.
 * https://python-poetry.org/docs/dependency-specification/
 */
export function readPoetryConstraint(constraint: string): {
  readonly version?: string;
  readonly range?: string;
  readonly pinAt?: number;
} {
  const alternatives = constraint.split(/\|\|?/).map(readAlternative);
  if (alternatives.length > 1) {
    const ranges = alternatives.map(({ version, range }) =>
      version === undefined ? range : `==${version}`,
    );
    // One alternative without a bound allows anything.
    if (ranges.some((range) => range === undefined)) return {};
    return { range: ranges.join(" || ") };
  }
  const [only] = alternatives;
  const pin = /^\s*(?:===?|=)?\s*([^\s,]+)\s*$/.exec(constraint);
  if (only?.version === undefined || pin?.[1] === undefined) return only ?? {};
  return { ...only, pinAt: constraint.lastIndexOf(pin[1]) };
}

const PART = /(\^|~=|~|===|==|=|!=|<=|>=|<|>)?\s*(v?[\w.*+!-]+)/g;

function readAlternative(text: string): { version?: string; range?: string } {
  const clauses: { operator: string; version: string }[] = [];
  for (const [, operator = "", written = ""] of text.matchAll(PART)) {
    const version = written.replace(/^v(?=\d)/, "");
    if (version === "*") continue;
    const wild = /^([\d.]+?)(?:\.[*x])+$/i.exec(version)?.[1];
    if (operator === "^" || operator === "~") {
      const base = wild ?? version;
      clauses.push(
        { operator: ">=", version: base },
        { operator: "<", version: above(base, operator) },
      );
    } else if (wild !== undefined && (operator === "" || operator === "=" || operator === "==")) {
      clauses.push({ operator: "==", version: `${wild}.*` });
    } else if (operator === "" || operator === "=") {
      clauses.push({ operator: "==", version });
    } else {
      clauses.push({ operator, version });
    }
  }
  const { version, range } = demandOf(clauses);
  return { ...(version !== undefined && { version }), ...(range !== undefined && { range }) };
}

/** The first version that `^base` or `~base` no longer allows. */
function above(base: string, operator: "^" | "~"): string {
  const [, epoch = "", release = "0"] = /^(\d+!)?(\d+(?:\.\d+)*)/.exec(base) ?? [];
  const numbers = release.split(".").map(Number);
  let index: number;
  if (operator === "~") index = Math.min(1, numbers.length - 1);
  else {
    index = numbers.findIndex((number) => number > 0);
    if (index < 0) index = numbers.length - 1;
  }
  const next = numbers.slice(0, index + 1);
  next[index] = (next[index] ?? 0) + 1;
  return epoch + next.join(".");
}
