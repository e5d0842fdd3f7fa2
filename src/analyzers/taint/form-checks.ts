/**
 * Whether a method that is to check a field checks what is in it. Its text is enough for that: one that only takes off spaces, or counts
 * letters, lets every text through, and whatever else it calls or compares may be a check.
 */
import type { Models } from "../../core/models.ts";

/** Errors and their texts: `ValidationError(_("…"))`. */
const ERROR = /^(?:_|u?n?p?gettext(?:_lazy|_noop)?|[A-Z]\w*(?:Error|Exception|Invalid))$/;
/** A comparison that may be with what is allowed; that with an empty text or with nothing is none. */
const COMPARES = /\b(?:not\s+)?in\b|[!=]=(?!\s*(?:""|''|None\b))/;
/** Texts and comments, in which anything may stand. */
const QUIET = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g;

/** True where one of the methods that a pattern finds may check something; not the one around a line, if that is given. */
export function checksIn(
  text: string,
  method: RegExp,
  without: number | undefined,
  models: Models,
): boolean {
  for (const { index } of text.matchAll(new RegExp(method.source, "g"))) {
    const body = bodyAt(text, index);
    const first = text.slice(0, index).split("\n").length;
    const isAround =
      without !== undefined && without >= first && without < first + body.split("\n").length;
    if (!isAround && mayCheck(body, models)) return true;
  }
  return false;
}

/** A function from its name to its last line. */
function bodyAt(text: string, start: number): string {
  const line = text.slice(text.lastIndexOf("\n", start) + 1, start);
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const end = new RegExp(`\\n[ \\t]{0,${indent}}[^\\s)#]`, "g");
  end.lastIndex = start;
  return text.slice(start, end.exec(text)?.index ?? text.length);
}

function mayCheck(
  body: string,
  { "no-checks": noChecks, "tell-presence": present }: Models,
): boolean {
  const [, ...rest] = body.replace(QUIET, (quiet) => (quiet.length > 2 ? '"-"' : '""')).split(":");
  const taken = new RegExp(
    `\\bif\\s+(?!not\\b)[^\\n:]*\\.(?:${present.join("|") || "(?!)"})\\(\\)[^\\n:]*:`,
    "g",
  );
  const code = rest.join(":").replace(taken, "if:");
  const called = [...code.matchAll(/(\w+)[ \t]*\(/g)].map(([, name = ""]) => name);
  return (
    COMPARES.test(code.replace(/\bfor\b[^\n:]*/g, "")) ||
    called.some((name) => !noChecks.includes(name) && !ERROR.test(name) && !/^clean/.test(name))
  );
}
