/**
 * Markup with holes, rewritten so that a function that escapes puts the data of the holes in: only where escaping makes data
 * harmless, and where nothing goes in that is markup itself.
 */

import type { Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { alternativesOf, type Value } from "../../python/index.ts";
import { type Rewritten, sourceOf } from "./bind.ts";
import { MarkupReader } from "./markup.ts";
import type { Token } from "./template.ts";

/** The text with braces for each hole, given the value that it has; undefined where that would change what is shown. */
export function escapeHoles(
  tokens: readonly Token[],
  value: Value | undefined,
  models: Models,
): Rewritten | undefined {
  const parts = tokens.flatMap((token) => token.parts);
  const values = parts.flatMap((part) => ("hole" in part ? [part.hole] : []));
  if (values.some((one) => one.includes("\n")) || value === undefined) return undefined;
  const tags = tagsIn(parts.map((part) => ("text" in part ? part.text : "")));
  const isData = alternativesOf(value).every((one) => {
    if (one.kind !== "text") return false;
    const given = one.parts.filter((part) => typeof part !== "string");
    return (
      given.length === values.length &&
      given.every((part) => isPlainData(part, models)) &&
      // What was put together before it went in brings tags of its own.
      tagsIn(one.parts.filter((part) => typeof part === "string")) === tags
    );
  });
  const page = new MarkupReader();
  const isEscapable = parts.every((part) => {
    if ("hole" in part) return /^(?:text|attribute)$/.test(page.hole());
    page.read(part.text.replace(/\\(['"])/g, "$1"));
    return true;
  });
  if (!isData || !isEscapable) return undefined;
  const text = sourceOf(tokens, (token) =>
    token.parts
      .map((part) => ("text" in part ? part.text.replace(/[{}]/g, "$&$&") : "{}"))
      .join(""),
  );
  return { text, values, names: [] };
}

function tagsIn(texts: readonly string[]): number {
  return texts.join("").split("<").length;
}

/** True for data from outside, or what a method makes of it, and for what is known to be escaped. */
function isPlainData(value: Value, models: Models): boolean {
  return alternativesOf(value).every((one) => {
    if (one.kind !== "symbol") return false;
    const isSource = [...models.sources.values()].some((group) =>
      group.values.some((pattern) => nameMatches(pattern, one.name)),
    );
    const isKept = models.placeholders.some(
      ({ call, style, instead }) =>
        style === "braces" && (one.name === `${instead}()` || one.name === `${call}()`),
    );
    return isSource || isKept || (one.base !== undefined && isPlainData(one.base, models));
  });
}
