/**
 * What a pull request wrote is hostile: a path may hold a line break, a comment may mention a whole team, a line of code may
 * forge one of our own hidden markers. Every such text passes through here once, and the functions differ in where the result
 * may stand. Nothing is dropped: what would act is shown instead.
 *
 * GitHub looks for mentions, issue numbers and commits in the *rendered* text, where a backslash no longer helps. Only code
 * is exempt, so quoted material becomes code, and prose gets a zero-width space where such a name would begin.
 */

/** Controls, and the marks that reorder or hide text ("Trojan source"). */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const BREAK = "&#8203;";

/** One line of text on which a terminal or a reader cannot be fooled: `<U+202E>` stands for such a character. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}

/** `text`, or as much of it as fits into `length` UTF-16 units with an ellipsis. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half a surrogate pair must not stay behind.
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Folds the line breaks of running text. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, " ");
}

/** For HTML, in text and in quoted attributes; one line, in which Markdown finds nothing either. */
export function html(text: string): string {
  return references(visible(text), /[!-+;-@[-^`{-~]/g).replace(/^$/, "&nbsp;");
}

function references(text: string, characters: RegExp): string {
  return text.replace(characters, (found) => `&#${found.charCodeAt(0)};`);
}

/** Markdown code, for anywhere in a line, a table's cell included. */
export function code(text: string): string {
  const shown = visible(text);
  const isSimple = !/[|\\`]|<!--|-->/.test(shown) && shown.trim() !== "";
  if (isSimple) return shown.trim() === shown ? `\`${shown}\`` : `\` ${shown} \``;
  // Character references mean nothing to Markdown's own syntax, so no fence or table can be broken.
  const escaped = references(shown, /[!-/:-@[-`{-~]/g);
  return `<code>${escaped.replaceAll("&#64;", `&#64;${BREAK}`).replace(/^ *$/, "&nbsp;")}</code>`;
}

/** What would begin markup, and what GitHub would turn into a link, a notification or an image. */
const ACTIVE =
  /[$&\\`*_[\]<>|~]|@(?=\S)|#(?=\d)|:(?=\/\/|[\w+-]+:)|GH(?=-\d)|www(?=\.)|(?<![\da-z])[\da-f](?=[\da-f]{6,39}(?![\da-z]))/gi;

/** Markdown text without any markup of its own, for anywhere in a line, a table's cell included. */
export function plain(text: string): string {
  return (
    visible(oneLine(text))
      .replace(ACTIVE, (found) => {
        if (found === "$" || found === "&") return `&#${found.charCodeAt(0)};`;
        return /^[\w@#:]/.test(found) && found !== "_" ? found + BREAK : `\\${found}`;
      })
      // At the start of a line these would begin a heading or a list.
      .replace(/^([#+\-=])/, "\\$1")
      .replace(/^(\d+)([.)])/, "$1\\$2")
  );
}

/** Markdown text in which only `code` between single backticks keeps its meaning: our messages, with a file's words in them. */
export function prose(text: string): string {
  const parts = oneLine(text).split(/`([^`]+)`/);
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : plainPart(part))).join("");
}

/** Keeps the spaces that part the text from its neighbours. */
function plainPart(part: string): string {
  const inner = plain(part);
  if (inner === "") return part === "" ? "" : " ";
  return `${/^\s/.test(part) ? " " : ""}${inner}${/\s$/.test(part) ? " " : ""}`;
}

/** A fenced block, longer than any run of backticks inside. Markers of HTML comments are broken, so that none can be forged. */
export function fence(lines: readonly string[], language = ""): string {
  const body = lines
    .map((line) =>
      line
        .split("\t")
        .map(visible)
        .join("\t")
        .replaceAll("<!--", "<!\u200b--")
        .replaceAll("-->", "--\u200b>"),
    )
    .join("\n");
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((run) => run.length));
  const bar = "`".repeat(longest + 1);
  return `${bar}${language}\n${body}\n${bar}`;
}

/** GitHub cuts descriptions there, in mid-word. */
const MAX_SARIF_TEXT = 1_024;

/**
 * Plain text of a SARIF message: no embedded link (`[text](target)`, SARIF 3.11.6) can come from a file, a full stop ends it,
 * and it is at most 1,024 UTF-16 units long.
 */
export function sarifText(text: string): string {
  const shown = visible(oneLine(text)).replaceAll("](", "] (");
  return shorten(/[.!?…]$/.test(shown) ? shown : `${shown}.`, MAX_SARIF_TEXT);
}
