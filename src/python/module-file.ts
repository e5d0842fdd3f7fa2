import type { Location, Region } from "../core/finding.ts";
import type { Placed, Statement } from "./ast.ts";
import { type Comment, commentsIn } from "./logical-lines.ts";
import { parseModule, type Unread } from "./parse.ts";

const COMMENT_WORDS = /nosec|noqa|portcullis:/i;

/** One parsed Python file, and the way from its nodes back to the text. */
export class ModuleFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly body: readonly Statement[];
  readonly unread: readonly Unread[];
  #comments: readonly Comment[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.lines = text.split(/\r\n|\r|\n/);
    const parsed = parseModule(text);
    this.body = parsed.body;
    this.unread = parsed.unread;
  }

  /**
   * Comments in the order of the text, only in files in which some may be a suppression. Found when they are asked for: most files
   * have nothing to silence.
   */
  get comments(): readonly Comment[] {
    this.#comments ??= COMMENT_WORDS.test(this.text) ? commentsIn(this.lines) : [];
    return this.#comments;
  }

  /** Where a node stands. */
  region(node: Placed): Region {
    const startLine = node.lineno ?? 1;
    const endLine = node.end_lineno ?? startLine;
    const startColumn = this.#column(startLine, node.col_offset ?? 0) + 1;
    const endColumn = this.#column(endLine, node.end_col_offset ?? node.col_offset ?? 0);
    return {
      startLine,
      startColumn,
      endLine,
      endColumn: endLine === startLine ? Math.max(startColumn, endColumn) : endColumn,
    };
  }

  location(node: Placed): Location {
    return { path: this.path, region: this.region(node) };
  }

  /** The text of a node as it stands in the file. */
  source(node: Placed): string {
    return this.slice(this.region(node));
  }

  slice(region: Region): string {
    if (region.startLine === region.endLine) {
      return (this.lines[region.startLine - 1] ?? "").slice(
        region.startColumn - 1,
        region.endColumn,
      );
    }
    const middle = this.lines.slice(region.startLine, region.endLine - 1);
    const first = (this.lines[region.startLine - 1] ?? "").slice(region.startColumn - 1);
    const last = (this.lines[region.endLine - 1] ?? "").slice(0, region.endColumn);
    return [first, ...middle, last].join("\n");
  }

  /** The parser counts bytes of UTF-8, people and GitHub count characters. */
  #column(line: number, bytes: number): number {
    const text = this.lines[line - 1] ?? "";
    let left = bytes;
    let at = 0;
    while (left > 0 && at < text.length) {
      const code = text.charCodeAt(at);
      if (code < 0x80) left -= 1;
      else if (code < 0x800) left -= 2;
      else if (code >= 0xd800 && code < 0xdc00) {
        left -= 4;
        at++;
      } else left -= 3;
      at++;
    }
    return at;
  }
}
