import { visible } from "./escape.ts";

/**
 * A piece of HTML that may stand in a page as it is. A type of its own, which only the template below makes: a path or a
 * line of code that is put into a page without being escaped does not compile.
 */
export class Markup {
  readonly #text: string;

  constructor(parts: TemplateStringsArray, values: readonly Part[]) {
    this.#text = parts.reduce((text, part, index) => text + render(values[index - 1]) + part);
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes: text is escaped, markup is not, and nothing is left out by `undefined` and `false`. */
export type Part = Markup | string | number | false | undefined | readonly Part[];

/** HTML with values in it, in text or in quoted attributes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(parts, values);
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.toString();
  if (typeof part === "object") return part.map(render).join("");
  return escapeText(String(part));
}

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that a reader would not see are spelt out; line breaks and tabs stay. */
function escapeText(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((piece, index) => (index % 2 === 1 ? piece : visible(piece)))
    .join("")
    .replace(/[&<>"']/g, (found) => REFERENCES[found] ?? "");
}
