/** What arrives at a sink as text: which of its holes can do harm there, by what stands around them. */
import {
  alternativesOf,
  asString,
  type DictValue,
  partsOf,
  possibleItems,
  type SequenceValue,
  type TextValue,
  type Value,
} from "../../python/index.ts";
import { fixesHost, staysOnSite } from "./address.ts";
import { continued, type Flow, originOf, strongest } from "./flow.ts";
import { type CodePlace, isCodePlace, type MarkupPlace, MarkupReader } from "./markup.ts";
import type { Sink } from "./match.ts";
import { inputAt } from "./matched.ts";
import { opaqueIn } from "./opaque.ts";
import { holesIn } from "./place.ts";
import type { Question } from "./question.ts";

const SQL_ANYWHERE =
  /\bselect\s|\binsert\s+into\s|\bdelete\s+from\s|\bupdate\s+\S+\s+set\b|\bwhere\s|\b(?:create|alter|drop|truncate)\s+[a-z]+\b|\b(?:grant|revoke)\s/i;
/** Written small it is an English word. */
const COPY = /\bCOPY\s/;

/** A filter in which a value is to follow: `(uid=`. */
const LDAP = /\(\s*[a-z][\w.;-]*(?::[\w.:]*)?[~<>]?=/i;
/** A condition in which a value is to follow: `[@name='`. */
const XPATH = /\[\s*(?:@|\.|[a-z][\w:-]*\(|[a-z])[\w:./()-]*\s*=/i;

/** False for files in which no text of a kind can be. */
export function mayHold(text: Sink["text"], source: string): boolean {
  if (text === "sql") return SQL_ANYWHERE.test(source) || COPY.test(source);
  return text === "ldap" ? LDAP.test(source) : text !== "xpath" || XPATH.test(source);
}

const SQL =
  /\b(?:select\s[\s\S]*\bfrom|insert\s+into|delete\s+from|update\s[\s\S]*\bset|create\s+(?:table|index|view|database|user|role|schema)|alter\s+\w+|drop\s+\w+|grant\s|revoke\s|truncate\s|copy\s[\s\S]*\s(?:from|to)\s|where\s)/i;
/** What the literal parts of a text have to read like at sinks that are known by a name that others have too. */
const READS_LIKE: Readonly<Partial<Record<Sink["text"], RegExp>>> = {
  sql: SQL,
  ldap: LDAP,
  xpath: XPATH,
};
/** The hole stands where only a name may stand: no driver can bind it, so how it is checked cannot be seen here. */
const NAME_POSITION =
  /(?:\b(?:select|distinct|returning|from|join|into|table|update|index|view|schema|database|user|role|column|sequence|copy|by|on|exists|constraint|trigger|function|set|type|extension|as)\s+|["`.[]\s*)["'`[]?[\w.]*$/i;
const IN_LIST = /[(,]\s*["'`[]?[\w.]*$/;
/** A list of columns, or anything in parentheses that is neither a list of values nor the arguments of a function. */
const OPENS_NAMES =
  /(?:\b(?:into|table|on)\s+[\w."`[\]]+\s*|(?<!\w)(?<!\b(?:values|in|any|all|some)\s*))$/i;

function isNamePosition(before: string): boolean {
  if (NAME_POSITION.test(before)) return true;
  if (!IN_LIST.test(before)) return false;
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    if (before[at] === ")") depth++;
    else if (before[at] === "(" && depth-- === 0) return OPENS_NAMES.test(before.slice(0, at));
  }
  return true;
}

/** True for what stands for a name where it is put, be it as a part of a text that is put there, or of one of several. */
function standsAsName(part: Value, before: string): boolean {
  if (part.kind === "union")
    return alternativesOf(part).every(
      (one) => one.kind === "constant" || standsAsName(one, before),
    );
  if (part.kind !== "text") return isNamePosition(before);
  const around = { before, isPart: true, isFolder: false };
  return [...holesIn(partsOf(part), around)].every(([inner, place]) =>
    standsAsName(inner, place.before),
  );
}

/** The worst that goes into a value where it can do harm at a sink. */
export function flowInto(
  value: Value,
  sink: Pick<Sink, "text" | "at" | "call" | "folder">,
  question: Question,
  wordings = 0,
): Flow | undefined {
  const { text, at, call, folder: isFolder = false } = sink;
  if (text === "html") return intoHtml(value, question);
  if (text === "code") return intoCode(value, question);
  if (at === "option" && beginsWithText(value)) return undefined;
  // Parts of a statement, which each are one: `extra(where=["…"])`, `extra(select={"name": "…"})`.
  if (question.harm === "sql" && text === "any" && holdsParts(value))
    return strongest(
      heldIn(value)
        .flatMap(alternativesOf)
        .map((one) => (isContainer(one) ? undefined : flowInto(one, sink, question))),
    );
  if (value.kind !== "text") {
    // Not text that we see being built: only data that surely arrives counts, and at what is known by the name of a method alone
    // only what is surely hostile.
    const flow = READS_LIKE[text] === undefined ? originOf(value, question) : undefined;
    const held = at === "host" && flow !== undefined ? addressesIn(value, question) : undefined;
    if (held !== undefined)
      return continued(value, strongest(held.map((one) => flowInto(one, sink, question))));
    if (at === "host" && value.kind === "unknown" && value.site?.node.nodeType === "BinOp") {
      const [first] = value.from;
      const isKnown = first === undefined || originOf(first, question) !== undefined;
      return isKnown ? flow : behindUnknown(flow);
    }
    if (flow?.confidence === "high" || (at !== "any" && at !== "body")) return flow;
    return flow?.isWeak === true || call?.startsWith("*.") === true ? undefined : flow;
  }
  const whole = value.checks && (originOf(value, question) ?? unknownIn(value, question));
  if (value.checks !== undefined && whole === undefined) return undefined;
  const parts = partsOf(value);
  const literal = parts.map((part) => (typeof part === "string" ? part : " ")).join("");
  if (READS_LIKE[text]?.test(literal) === false) return undefined;
  const each = at === "host" && wordings < MAX_CHOICES ? spelledOut(value, parts) : [];
  if (each.length > 0)
    return strongest(each.map((one) => flowInto(one, sink, question, wordings + 1)));
  const [start] = parts;
  // A redirect to a name is relative to the page; elsewhere it may be the host itself.
  if (at === "host" && question.harm === "redirect")
    if (typeof start === "string" && staysOnSite(start)) return undefined;
  const flows: (Flow | undefined)[] = [];
  for (const [part, place] of holesIn(parts, { before: "", isPart: false, isFolder })) {
    const { before } = place;
    if ((at === "start" || at === "option") && before !== "") break;
    if (at === "host" && (fixesHost(before) || ENDS_HOST.test(before))) break;
    const placed = { ...question, place };
    const found = originOf(part, placed) ?? unknownIn(part, placed);
    const flow = at === "host" && /^x+$/.test(before) ? behindUnknown(found) : found;
    const isName = question.harm === "sql" && !question.names && standsAsName(part, before);
    const isSure = flow?.confidence === "high" || flow?.entry !== undefined;
    flows.push(isSure || !isName ? flow : undefined);
  }
  const flow = strongest(flows);
  if (flow === undefined) return undefined;
  const left = new Set(flows.flatMap((one) => (one?.isWeak ? [one.data] : [])));
  return {
    ...flow,
    ...(flow.isWeak && { parameters: left.size }),
    ...(value.site && { sites: [...flow.sites, value.site] }),
  };
}

/** The addresses that a call is given that puts them into what it makes: `Request(f"https://…/{data}")` leads where they do. */
function addressesIn(value: Value, { passes }: Question): readonly Value[] | undefined {
  if (value.kind !== "symbol" || value.call === undefined) return undefined;
  const { call } = value;
  const [pass] = passes.find(value.name.slice(0, -2));
  if (pass === undefined || pass.from.includes("receiver")) return undefined;
  return pass.from.flatMap((place) => alternativesIn(inputAt(call, undefined, place)));
}

function alternativesIn(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : alternativesOf(value);
}

/** A part may be one of so many texts … */
const MAX_WORDINGS = 4;
/** … and so many parts: each multiplies what is looked at. */
const MAX_CHOICES = 2;

/** Where a part is one of a few texts, the text with each of them: what stands at its start says where an address leads. */
function spelledOut(value: TextValue, parts: readonly (string | Value)[]): readonly TextValue[] {
  const at = parts.findIndex((part) => typeof part !== "string" && part.kind === "union");
  const choice = parts[at];
  if (choice === undefined || typeof choice === "string") return [];
  const choices = alternativesOf(choice);
  if (choices.length > MAX_WORDINGS) return [];
  const wordings = choices.map((one) => {
    const text = asString(one);
    if (text !== undefined) return [text];
    return one.kind === "text" ? partsOf(one) : [one];
  });
  return wordings.map((one) => ({
    ...value,
    parts: [...parts.slice(0, at), ...one, ...parts.slice(at + 1)],
  }));
}

function isContainer(value: Value): value is SequenceValue | DictValue {
  return value.kind === "sequence" || value.kind === "dict";
}

/** True for a list, or a dict of which no value holds further ones. */
function holdsParts(value: Value): value is SequenceValue | DictValue {
  return value.kind === "sequence" || (value.kind === "dict" && !heldIn(value).some(isContainer));
}

function heldIn(value: SequenceValue | DictValue): readonly Value[] {
  if (value.kind === "sequence") return possibleItems(value);
  return [...value.contents.content.entries.values()].map((entry) => entry.value);
}

/** True for a path that begins with a text of the program, unless what is joined to it begins a path of its own: with a slash. */
function beginsWithText(value: Value): boolean {
  if (value.kind !== "symbol" || value.name !== "os.path.join()") return false;
  return /^[^-]/.test(asString(value.call?.positional[0]) ?? "");
}

/** Makes bytes of a text: `bytes(page, "utf-8")`. */
const ENCODES = /^(?:builtins\.bytes|codecs\.encode)\(\)$/;

/** A tag, or the end of one. */
const TAG = /<\/?[a-z][^<]*/i;

/** What goes into text that is built with tags, in a value or in what it holds. */
function intoHtml(value: Value, question: Question): Flow | undefined {
  switch (value.kind) {
    case "text":
      return value.parts.some((part) => typeof part === "string" && TAG.test(part))
        ? (originOf(value, question) ?? unknownIn(value, question))
        : undefined;
    case "dict":
      return strongest(
        [...value.contents.content.entries.values()].flatMap((entry) =>
          alternativesOf(entry.value).map((one) =>
            one.kind === "text" ? intoHtml(one, question) : undefined,
          ),
        ),
      );
    // `page.encode()`
    case "unknown":
      return strongest(value.from.map((one) => intoHtml(one, question)));
    case "symbol":
      return ENCODES.test(value.name)
        ? strongest(value.call?.positional.map((one) => intoHtml(one, question)) ?? [])
        : undefined;
    default:
      return undefined;
  }
}

/** What goes into markup where escaping it does not help, in a value or in one of several texts that it is made of. */
function intoCode(value: Value, question: Question): Flow | undefined {
  switch (value.kind) {
    case "text": {
      const page = new MarkupReader();
      const flows = partsOf(value).map((part) => {
        if (typeof part !== "string") return intoPlace(part, page.hole(), question);
        page.read(part);
        return undefined;
      });
      const flow = strongest(flows);
      return flow && value.site ? { ...flow, sites: [...flow.sites, value.site] } : flow;
    }
    case "sequence":
      return strongest(possibleItems(value).map((one) => intoCode(one, question)));
    case "union":
      return strongest(alternativesOf(value).map((one) => intoCode(one, question)));
    // `page.encode()`
    case "unknown":
      return strongest(value.from.map((one) => intoCode(one, question)));
    case "symbol":
      return ENCODES.test(value.name)
        ? strongest(value.call?.positional.map((one) => intoCode(one, question)) ?? [])
        : undefined;
    default:
      return undefined;
  }
}

/** What goes into a place of markup, surely and where escaping does not help. */
export function intoPlace(
  value: Value,
  place: MarkupPlace,
  { address, ...question }: Question,
): Flow | undefined {
  if (!isCodePlace(place)) return undefined;
  if (place === "address")
    return strongest(
      alternativesOf(value).map((one) => {
        const start = beginningOf(one);
        if (start === undefined) return undefined;
        const leads = originOf(start, { ...question, ...address });
        return leads && surelyInside(originOf(start, question), place);
      }),
    );
  return surelyInside(originOf(value, question), place);
}

/** A flow into a place where escaping does not help, where it is sure enough to be told of that. */
function surelyInside(flow: Flow | undefined, inside: CodePlace): Flow | undefined {
  return flow === undefined || flow.isWeak || flow.confidence === "low"
    ? undefined
    : { ...flow, inside };
}

/** What an address begins with; undefined for a text of the program. What stands in front of its colon makes it code, and nothing else does. */
function beginningOf(value: Value): Value | undefined {
  if (value.kind !== "text") return value;
  const [start] = partsOf(value).filter((part) => typeof part !== "string" || part.trim() !== "");
  return typeof start === "string" ? undefined : start;
}

/** What is no data begins the address, and a path or a query follows: `f"{BASE}/{data}"`, `reverse(name) + "?q=" + data`. */
const ENDS_HOST = /^x+[/?#]/;

/** What stands behind a beginning that is not known is part of the host only where that has no path. */
function behindUnknown(flow: Flow | undefined): Flow | undefined {
  return flow?.confidence === "high" ? { ...flow, confidence: "medium" } : flow;
}

function unknownIn(part: Value, question: Question): Flow | undefined {
  return question.unknown ? opaqueIn(part, question) : undefined;
}
