/**
 * Markup with holes, rewritten so that a function that escapes puts the data of the holes in: only where escaping makes data
 * harmless, and where nothing goes in that is markup itself.
 */

import type { Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { alternativesOf, type Value } from "../../python/index.ts";
import { type Rewritten, sourceOf } from "./bind.ts";
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
    if ("hole" in part) return page.takesText();
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

const RAW_ELEMENT = /^(?:script|style|iframe|noscript|textarea|title|xmp)$/i;
/** Attributes that hold code, or addresses that may: escaping does not disarm `javascript:`. */
const CODE_ATTRIBUTE = /^(?:on.*|style|srcdoc)$/i;
const ADDRESS_ATTRIBUTE =
  /^(?:href|src|action|formaction|data|poster|background|xlink:href|content)$/i;

const CODE_ADDRESS = /^\s*(?:javascript|vbscript|data):/i;
/** More than the name of any attribute has. */
const NAME_LENGTH = 50;

/** Where in a page the reading has come to. */
class MarkupReader {
  #state: "text" | "tag" | "attribute" | "raw" | "comment" = "text";
  /** The element of the tag, or whose raw text is read. */
  #element = "";
  #tag = "";
  #quote = "";
  #value = "";

  /** True where escaped text can stand for data and does no harm. */
  takesText(): boolean {
    if (this.#state === "text") return !this.#tag.endsWith("<");
    if (this.#state !== "attribute") return false;
    const name = /([^\s"'<>/=]+)\s*=\s*$/.exec(this.#tag.slice(-NAME_LENGTH))?.[1] ?? "";
    if (CODE_ADDRESS.test(this.#value)) return false;
    const isBegun = this.#value !== "";
    this.#value += "x";
    return name !== "" && !CODE_ATTRIBUTE.test(name) && (isBegun || !ADDRESS_ATTRIBUTE.test(name));
  }

  read(text: string): void {
    for (const char of text) this.#step(char);
  }

  #step(char: string): void {
    switch (this.#state) {
      case "text":
        this.#tag = this.#tag === "" ? (char === "<" ? "<" : "") : this.#tag + char;
        if (/^<[!/a-z]/i.test(this.#tag)) this.#state = "tag";
        else if (this.#tag !== "<") this.#tag = "";
        return;
      case "tag":
        if (char === ">") this.#endTag();
        else if ((char === '"' || char === "'") && /=\s*$/.test(this.#tag.slice(-9))) {
          this.#state = "attribute";
          this.#quote = char;
          this.#value = "";
        } else {
          this.#tag += char;
          if (this.#tag === "<!--") this.#state = "comment";
        }
        return;
      case "attribute":
        if (char === this.#quote) {
          this.#state = "tag";
          this.#tag += " ";
        } else this.#value += char;
        return;
      case "comment":
        this.#tag = (this.#tag + char).slice(-3);
        if (this.#tag === "-->") this.#leave();
        return;
      case "raw": {
        this.#tag = (this.#tag + char).slice(-this.#element.length - 2);
        if (this.#tag.toLowerCase() === `</${this.#element}`) this.#state = "tag";
      }
    }
  }

  #endTag(): void {
    const name = /^<([a-z][\w:-]*)/i.exec(this.#tag)?.[1] ?? "";
    this.#leave();
    if (!RAW_ELEMENT.test(name)) return;
    this.#state = "raw";
    this.#element = name.toLowerCase();
  }

  #leave(): void {
    this.#state = "text";
    this.#tag = "";
  }
}
