import { createHash } from "node:crypto";

/**
 * A secret's text, which no sentence, report, log or error can hold by accident: as a string, in JSON and to an inspector it is
 * `[secret]`. What may be said of it are its length and a digest.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** In UTF-16 units. */
  get length(): number {
    return this.#text.length;
  }

  /** SHA-256 in hex of the text without its layout: the same where the secret moves, or its lines are broken in another way. */
  digest(): string {
    return createHash("sha256")
      .update(this.#text.replace(/\\[nr]|\s/g, ""))
      .digest("hex");
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  /** What Node shows where the object is logged. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
