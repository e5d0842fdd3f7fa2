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

/** A text in quotes, or the part of one that stands on a line. */
const LITERAL = /("""|'''|"|')(?:\\[\s\S]|(?!\1)[^\\])*(?:\1|$)/g;
const LONG_WORD = /[\w+/=~-]{16,}/g;
const TWO_DIGITS = /\d\D*\d/;
const PATH = /^[a-z_-]*\d{0,4}[a-z_-]*(?:\/[a-z_-]*\d{0,4}[a-z_-]*)+$/i;
const LOGIN_IN_ADDRESS = /(:\/\/)([^/\s@]{1,300})(?=@)/g;

/**
 * A line of code with what may be a secret in its texts masked by as many `*`: long words with two digits, which names do not
 * have, and logins in addresses. So nothing shows that no rule knows.
 */
export function maskKeyLike(line: string): string {
  return line.replace(LITERAL, (literal) =>
    literal
      .replace(LOGIN_IN_ADDRESS, (_, start: string, login: string) => start + stars(login))
      .replace(LONG_WORD, (word) =>
        TWO_DIGITS.test(word) && !PATH.test(word) ? stars(word) : word,
      ),
  );
}

function stars(text: string): string {
  return "*".repeat(text.length);
}
