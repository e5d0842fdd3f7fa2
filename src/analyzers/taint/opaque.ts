/** Values of which nothing is known: neither that they are data, nor that they are harmless. */
import { alternativesOf, type SymbolValue, type Value } from "../../python/index.ts";
import type { Flow } from "./flow.ts";
import type { Question } from "./question.ts";

const MAX_VISITED = 200;

/** A flow of low confidence where a value holds something that cannot be told; undefined where all of it is harmless. */
export function opaqueIn(value: Value, question: Question): Flow | undefined {
  const seen = new Set<Value>();
  const isOpaque = (one: Value): boolean => {
    if (seen.has(one) || seen.size > MAX_VISITED) return false;
    seen.add(one);
    switch (one.kind) {
      case "symbol": {
        // Names in capitals are constants by habit, wherever they come from.
        if (/(?:^|\.)[A-Z][A-Z0-9_]*(?:\[\])*$/.test(one.name)) return false;
        if (isMadeElsewhere(one, question)) return false;
        return one.call === undefined || question.cleaners.find(one.name.slice(0, -2)).length === 0;
      }
      case "text":
        return one.parts.some((part) => typeof part !== "string" && isOpaque(part));
      case "sequence":
        return one.contents.content.items.some(isOpaque);
      case "dict":
        return [...one.contents.content.entries.values()].some((entry) => isOpaque(entry.value));
      case "union":
        return alternativesOf(one).some(isOpaque);
      case "unknown":
        if (one.parameter !== undefined) return !/^(?:self|cls|mcs)$/.test(one.parameter.name);
        return one.from.length === 0 || one.from.some(isOpaque);
      default:
        return false;
    }
  };
  if (!isOpaque(value)) return undefined;
  return {
    confidence: "low",
    data: "a value of unknown origin",
    sites: value.site === undefined ? [] : [value.site],
  };
}

/** True for what a call gives of which the models say that nothing that is given to it is in there: a row of a database, say. */
function isMadeElsewhere(value: SymbolValue, question: Question): boolean {
  for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
    if (at.call !== undefined)
      return question.passes.find(at.name.slice(0, -2)).some((pass) => pass.from.length === 0);
  return false;
}
