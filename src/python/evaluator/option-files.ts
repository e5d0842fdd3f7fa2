/** Files with sections of options, as `configparser` reads them: a dict of dicts with a few methods more. */
import { dict, membersOf, sequence, writeEntries } from "./containers.ts";
import { applyCast } from "./environment.ts";
import { argument, type Machine } from "./machine.ts";
import {
  type Arguments,
  asString,
  constant,
  type DictValue,
  derived,
  type Entries,
  type Site,
  type Value,
} from "./values.ts";

const SECTION = /^\[(?<section>[^\]]{1,200})\]/;
const OPTION = /^(?<name>[^\s=:#;][^=:]{0,200}?)\s{0,20}[=:]\s{0,20}(?<value>.*)$/;
const MAX_TEXT = 200_000;
const CASTS = new Map([
  ["getboolean", "bool"],
  ["getint", "int"],
  ["getfloat", "float"],
]);

/** The section whose options every other has too. */
const SHARED = "DEFAULT";

/** A reader that has read nothing but the defaults that it is given. */
export function newOptions(given: Arguments, site: Site, isRaw: boolean): DictValue | undefined {
  const { interpolation } = Object.fromEntries(given.keywords);
  const options = isRaw ? "plain" : formOf(interpolation);
  if (options === undefined) return undefined;
  const defaults = given.keywords.get("defaults") ?? given.positional[0];
  const entries =
    defaults?.kind === "dict"
      ? new Map([
          [
            `s${SHARED}`,
            { key: constant(SHARED, site), value: { ...defaults, section: true as const } },
          ],
        ])
      : new Map();
  return { ...dict(entries, site), options };
}

/** How a reader writes that one option refers to another; undefined where it is not known. */
function formOf(interpolation: Value | undefined): DictValue["options"] {
  if (interpolation === undefined) return "expanding";
  if (interpolation.kind === "constant" && interpolation.value === null) return "plain";
  if (interpolation.kind !== "symbol") return undefined;
  if (interpolation.name === "configparser.BasicInterpolation()") return "expanding";
  return interpolation.name === "configparser.ExtendedInterpolation()" ? "extended" : undefined;
}

/** The result of a method of such a reader. What it reads from outside the tree may hold anything. */
export function optionMethod(
  machine: Machine,
  receiver: DictValue,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const { entries, open } = receiver.contents.content;
  const [first, second] = given.positional;
  if (receiver.section) return sectionMethod(machine, receiver, name, given, site);
  switch (name) {
    case "read":
    case "read_file":
    case "read_dict":
    case "read_string": {
      const sources = (first && first.kind === "sequence" ? membersOf(first) : undefined) ?? [
        first,
      ];
      let next = entries;
      let isOpen = open;
      const texts: OptionText[] = [];
      for (const source of sources) {
        if (name === "read_dict" && source?.kind === "dict") {
          next = new Map([...next, ...source.contents.content.entries]);
          continue;
        }
        const file = source && name !== "read_string" ? machine.files.textOf(source) : undefined;
        const text = name === "read_string" ? source && asString(source) : file?.text;
        // A file that is not in the tree is passed over, as an optional one would be.
        if (text !== undefined && text.length <= MAX_TEXT)
          texts.push(file === undefined ? { text } : { text, path: file.path });
        else if (name !== "read") isOpen = true;
      }
      if (texts.length > 0) next = readOptions(next, texts, site, receiver.options);
      writeEntries(machine, receiver, next, isOpen, site);
      return constant(null, site);
    }
    case "sections":
      return sequence(
        "list",
        [...entries].filter(([id]) => id !== `s${SHARED}`).map(([, entry]) => entry.key),
        site,
        open,
      );
    case "items": {
      const section = sectionOf(entries, first);
      return section?.kind === "dict" ? pairsOfSection(section, site) : undefined;
    }
    case "has_section":
    case "has_option": {
      const found =
        name === "has_section" ? sectionOf(entries, first) : optionOf(entries, first, second);
      return found === undefined && open ? derived([], site) : constant(found !== undefined, site);
    }
    case "get":
    case "getboolean":
    case "getint":
    case "getfloat": {
      const value = optionOf(entries, first, second);
      const cast = CASTS.get(name) ?? "text";
      if (value !== undefined) return keepData(value, applyCast(machine, cast, value, site));
      const fallback = argument({ ...given, open: false }, "fallback");
      if (fallback !== undefined && !open) return fallback;
      return derived([], site);
    }
    default:
      return undefined;
  }
}

/** The options of a section with their values, those that all sections share included. */
function pairsOfSection({ contents: { content } }: DictValue, site: Site): Value {
  const pairs = [...content.entries.values()].map((entry) =>
    sequence("tuple", [entry.key, entry.value], site),
  );
  return sequence("list", pairs, site, content.open);
}

/** `reader["section"].getboolean("name")`. */
function sectionMethod(
  machine: Machine,
  receiver: DictValue,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const cast = CASTS.get(name);
  const option = asString(given.positional[0])?.toLowerCase();
  if (cast === undefined || option === undefined) return undefined;
  const { entries, open } = receiver.contents.content;
  const value = entries.get(`s${option}`)?.value;
  if (value !== undefined) return keepData(value, applyCast(machine, cast, value, site));
  const fallback = argument({ ...given, open: false }, 1, "fallback");
  return open ? derived([], site) : (fallback ?? constant(null, site));
}

function sectionOf(entries: Entries["entries"], name: Value | undefined): Value | undefined {
  const text = name && asString(name);
  return text === undefined ? undefined : entries.get(`s${text}`)?.value;
}

function optionOf(
  entries: Entries["entries"],
  section: Value | undefined,
  option: Value | undefined,
): Value | undefined {
  const name = option && asString(option)?.toLowerCase();
  if (name === undefined) return undefined;
  const optionIn = (found: Value | undefined) =>
    found?.kind === "dict" ? found.contents.content.entries.get(`s${name}`)?.value : undefined;
  const own = sectionOf(entries, section);
  return own && (optionIn(own) ?? optionIn(entries.get(`s${SHARED}`)?.value));
}

interface OptionText {
  readonly text: string;
  /** The file that it is of. */
  readonly path?: string;
}

/** Options by their names, by the names of their sections. */
type Sections = Map<string, Map<string, Value>>;

/** The sections of texts added to those that are there. What options refer to is looked up when all texts are read. */
function readOptions(
  known: Entries["entries"],
  texts: readonly OptionText[],
  site: Site,
  form: DictValue["options"],
): Entries["entries"] {
  const sections: Sections = new Map();
  for (const [id, { value }] of known)
    if (value.kind === "dict")
      sections.set(
        id.slice(1),
        new Map(
          [...value.contents.content.entries].map(([key, entry]) => [key.slice(1), entry.value]),
        ),
      );
  for (const one of texts) addOptions(sections, one, site);
  const shared = sections.get(SHARED) ?? new Map<string, Value>();
  const all: Sections = new Map(
    [...sections].map(([name, own]) => [name, new Map([...shared, ...own])]),
  );
  return new Map(
    [...all].map(([name, options]) => {
      const entries = [...options].map(([key, value]) => {
        const written = expanded(value, form, options, all, site);
        return [`s${key}`, { key: constant(key, site), value: written }] as const;
      });
      return [
        `s${name}`,
        { key: constant(name, site), value: { ...dict(new Map(entries), site), section: true } },
      ];
    }),
  );
}

/** Adds what one text says, as it is written. */
function addOptions(sections: Sections, { text, path }: OptionText, site: Site): void {
  let current: Map<string, Value> | undefined;
  let last: string | undefined;
  let within = "";
  const said = (value: string): Value => {
    const one = constant(value, site);
    return path === undefined ? one : { ...one, heldIn: { path, keys: [within, last ?? ""] } };
  };
  for (const line of text.split(/\r?\n/)) {
    const section = SECTION.exec(line)?.groups?.["section"];
    if (section !== undefined) {
      current = sections.get(section) ?? new Map();
      sections.set(section, current);
      within = section;
      last = undefined;
      continue;
    }
    const { name, value } = OPTION.exec(line)?.groups ?? {};
    if (name !== undefined && value !== undefined) {
      last = name.trim().toLowerCase();
      current?.set(last, said(value.trim()));
      continue;
    }
    // A line that is indented goes on with the value before.
    const before = last === undefined ? undefined : asString(current?.get(last) ?? NONE);
    if (last !== undefined && before !== undefined && /^\s+\S/.test(line))
      current?.set(last, said(`${before}\n${line.trim()}`.slice(0, MAX_TEXT)));
  }
}

/** What is made of a value of a file is what the file says. */
function keepData({ heldIn }: Value, made: Value): Value {
  return heldIn === undefined ? made : { ...made, heldIn };
}

const NONE: Value = { kind: "constant", value: null };
/** How a form refers to an option, and what in such an option leads further. */
const REFERENCES = {
  expanding: { mark: "%", sign: /%(?:%|\((?<name>[^)]{1,200})\)s)/g, more: "%(" },
  extended: {
    mark: "$",
    sign: /\$(?:\$|\{(?:(?<section>[^}:]{1,200}):)?(?<name>[^}:]{1,200})\})/g,
    more: "${",
  },
};

/** `%(name)s` or `${section:name}` of another option, and the mark that is doubled. */
function expanded(
  value: Value,
  form: DictValue["options"],
  options: ReadonlyMap<string, Value>,
  all: Sections,
  site: Site,
): Value {
  if (form === undefined || form === "plain") return value;
  const { mark, sign, more } = REFERENCES[form];
  const written = asString(value);
  if (written === undefined || !written.includes(mark)) return value;
  let isKnown = true;
  const made = written.replace(sign, (...match) => {
    const { section, name }: Readonly<Record<string, string | undefined>> = match.at(-1);
    if (name === undefined) return mark;
    const within = section === undefined ? options : all.get(section);
    const other = asString(within?.get(name.toLowerCase()) ?? NONE);
    if (other === undefined || other.includes(more)) isKnown = false;
    return other ?? "";
  });
  return isKnown && made.length <= MAX_TEXT
    ? keepData(value, constant(made, site))
    : derived([value], site);
}
