/**
 * Where in markup data stands: that decides whether escaping it is enough. In an event handler a browser takes the escapes out before it
 * reads the code; in a script there is no need of any `<` or quote outside of the texts in it, nor is there for a further attribute
 * behind a value without quotes, or for an address that is code.
 */

/**
 * `text` and `attribute`: there escaped data does no harm. `bare`: the value of an attribute has no quotes; `handler`: it is code;
 * `script`: it is in code itself, outside of plain texts; `address`: it begins an address that a page leads to. `other`: elsewhere.
 */
export type MarkupPlace =
  | "text"
  | "attribute"
  | "bare"
  | "handler"
  | "script"
  | "address"
  | "other";

/** True for places of which it is sure that escaped data does harm there. */
export function isCodePlace(place: MarkupPlace): place is CodePlace {
  return CODE_PLACES.has(place);
}
export type CodePlace = Exclude<MarkupPlace, "text" | "attribute" | "other">;

const CODE_PLACES: ReadonlySet<MarkupPlace> = new Set(["bare", "handler", "script", "address"]);

const RAW_ELEMENT = /^(?:script|style|iframe|noscript|textarea|title|xmp)$/i;
/** Attributes that hold code, or a page of their own. */
const CODE_ATTRIBUTE = /^(?:on.*|srcdoc)$/i;
/** Attributes that hold addresses, of which only some lead somewhere; styles are another language. */
const ADDRESS_ATTRIBUTE =
  /^(?:href|src|action|formaction|data|poster|background|xlink:href|content)$/i;
const LEADS =
  /^(?:(?:a|area|base) (?:xlink:)?href|form action|(?:button|input) formaction|(?:iframe|frame|embed|script) src|object data)$/i;
const CODE_ADDRESS = /^\s*(?:javascript|vbscript|data):/i;
/** A script that no browser runs holds data, or a template. */
const CODE_TYPE = /^(?:module|(?:text|application)\/(?:x-)?(?:java|ecma)script)?$/i;

/** More than the name of any attribute has. */
const NAME_LENGTH = 50;
/** How much of a tag is looked at for where a value without quotes begins, and how much of it is kept. */
const MAX_VALUE = 200;
const MAX_TAG = 2000;

/** Reads markup piece by piece, and tells of what stands between two pieces where that is. */
export class MarkupReader {
  #state: "text" | "tag" | "attribute" | "raw" | "comment" = "text";
  /** The element of the tag, or whose raw text is read. */
  #element = "";
  #tag = "";
  #quote = "";
  #value = "";
  /** Of a script: the text or the comment that is open, by what it begins with, and what was read last. */
  #open = "";
  #last = "";
  /** False for a script that is not run. */
  #isCode = false;

  /** Where a hole is that follows what was read. */
  hole(): MarkupPlace {
    switch (this.#state) {
      case "text":
        return this.#tag.endsWith("<") ? "other" : "text";
      case "tag":
        return this.#bare();
      case "attribute":
        return this.#inValue();
      case "raw": {
        const isCode = this.#isCode && (this.#open === "" || this.#open === "`");
        this.#last = "x";
        return isCode ? "script" : "other";
      }
      case "comment":
        return "other";
      default: {
        const never: never = this.#state;
        return never;
      }
    }
  }

  read(text: string): void {
    for (const char of text) this.#step(char);
  }

  #bare(): MarkupPlace {
    const isValue =
      /^<[a-z]/i.test(this.#tag) &&
      /\s[a-z][\w:-]*=[^\s"'<>=`]*$/i.test(this.#tag.slice(-MAX_VALUE));
    this.#keep("x");
    return isValue ? "bare" : "other";
  }

  #inValue(): MarkupPlace {
    const name = /([^\s"'<>/=]+)\s*=\s*$/.exec(this.#tag.slice(-NAME_LENGTH))?.[1] ?? "";
    const isBegun = this.#value !== "";
    const isCode = CODE_ADDRESS.test(this.#value) || CODE_ATTRIBUTE.test(name);
    this.#value += "x";
    if (name === "" || /^style$/i.test(name)) return "other";
    if (isCode) return "handler";
    if (isBegun || !ADDRESS_ATTRIBUTE.test(name)) return "attribute";
    return LEADS.test(`${this.#elementOfTag()} ${name}`) ? "address" : "other";
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
          this.#keep(char);
          if (this.#tag === "<!--") this.#state = "comment";
        }
        return;
      case "attribute":
        if (char === this.#quote) {
          this.#state = "tag";
          this.#keep(`"${this.#value.slice(0, NAME_LENGTH)}" `);
        } else this.#value += char;
        return;
      case "comment":
        this.#tag = (this.#tag + char).slice(-3);
        if (this.#tag === "-->") this.#leave();
        return;
      case "raw": {
        this.#tag = (this.#tag + char).slice(-this.#element.length - 2);
        if (this.#tag.toLowerCase() === `</${this.#element}`) this.#state = "tag";
        else if (this.#isCode) this.#inScript(char);
      }
    }
  }

  /** Which text or comment of a script is open. One that ends with its line ends there, whatever a regex before it may have opened. */
  #inScript(char: string): void {
    const last = this.#last;
    this.#last = last === "\\" ? "" : char;
    if (char === "\n" && this.#open !== "`" && this.#open !== "/*") this.#open = "";
    else if (this.#open === "") {
      if (/["'`]/.test(char)) this.#open = char;
      else if (last === "/" && (char === "/" || char === "*")) this.#open = last + char;
    } else if (this.#open === "/*" ? last === "*" && char === "/" : char === this.#open)
      if (last !== "\\") this.#open = "";
  }

  #endTag(): void {
    const name = this.#elementOfTag();
    const [, type = ""] = /\stype\s*=\s*["']?([^"'\s>]*)/i.exec(this.#tag) ?? [];
    this.#leave();
    if (!RAW_ELEMENT.test(name)) return;
    this.#state = "raw";
    this.#element = name.toLowerCase();
    this.#isCode = this.#element === "script" && CODE_TYPE.test(type);
    this.#open = "";
    this.#last = "";
  }

  #elementOfTag(): string {
    return /^<([a-z][\w:-]*)/i.exec(this.#tag)?.[1] ?? "";
  }

  #keep(text: string): void {
    if (this.#tag.length < MAX_TAG) this.#tag += text;
  }

  #leave(): void {
    this.#state = "text";
    this.#tag = "";
  }
}
