/** Secrets that the text around them gives away, whatever language the file is in: headers, queries, statements, commands. */
import type { FileUnit } from "../../analyzer.ts";
import type { Candidate } from "../candidates.ts";
import { type OptionPattern, optionOf } from "./formats.ts";
import { candidate, type Group, groupOf, isSecretText } from "./groups.ts";
import { isIdentifier, looksSecret } from "./values.ts";

/** Who keeps more of them in one file does not need to read of each. */
export const MAX_FOUND = 500;
const MAX_LINE = 4_000;

/** A kind of text in which a name and a value stand, or a value that needs no name. */
interface Place {
  /** Names the value, and the name if it has one: `(?<name>...)` and `(?<value>...)`. Global, with indices. */
  readonly pattern: RegExp;
  /** A text without which a file has nothing of the kind. */
  readonly needs: string;
  /** The name where the text has none. */
  readonly name?: string;
  readonly isSecret: (value: string, name: string, group: Group) => boolean;
}

const PLACES: readonly Place[] = [
  {
    // What follows the scheme in the value of a header, whatever the code calls it.
    pattern:
      /(?:\b(?<scheme>Bearer|Basic)|(?<=["'`])(?:Token|token|ApiKey|Api-Key)) (?<value>[\w.~+/-]{16,1000}={0,2})(?=\\?["'`])/dg,
    needs: " ",
    name: "Authorization",
    isSecret: (value, name, { shape }) => isSecretText(name, value, shape),
  },
  {
    // A login on its way into a header.
    pattern: /b64encode\(\s{0,80}[bf]?["'][\w.@+-]{1,80}:(?<value>[^\s"'\\{}%]{6,200})["']/dg,
    needs: "b64encode(",
    name: "PASSWORD",
    isSecret: (value, name, { shape }) => looksSecret(value, name, shape),
  },
  {
    // An object of JSON in a text of a program.
    pattern: /'\{\s?"(?<name>[A-Za-z_][\w.-]{1,60})":\s{0,2}"(?<value>[^"'\\\s{}%]{8,500})"/dg,
    needs: "'{",
    isSecret: (value, name, { shape }) => isSecretText(name, value, shape),
  },
  {
    // The same in a browser.
    pattern: /\bbtoa\(\s{0,80}["'`][\w.@+-]{1,80}:(?<value>[^\s"'`\\{}%]{6,200})["'`]/dg,
    needs: "btoa(",
    name: "PASSWORD",
    isSecret: (value, name, { shape }) => looksSecret(value, name, shape),
  },
  {
    // What is put into an address: `"postgres://%s:%s@db.shop.io/shop" % ("shop", "...")`.
    pattern:
      /:\/\/(?:%s:%s|\{\d?\}:\{\d?\})@[^\s"']{1,200}["']\s{0,80}(?:%\s{0,4}|\.format)\(\s{0,80}["'](?:[^"'\s]{1,80})["'],\s{0,80}["'](?<value>[^\s"'\\{}%]{6,200})["']/dg,
    needs: "://",
    name: "PASSWORD",
    isSecret: (value, name, { shape }) => looksSecret(value, name, shape),
  },
  {
    // Accounts that statements of SQL make.
    pattern:
      /\b(?:CREATE|ALTER|GRANT)\s[^;\n]{1,200}?\s(?:IDENTIFIED\s{1,4}BY|PASSWORD)[\s=]{0,6}'(?<value>(?!\$)[^'\\\n%{}]{4,100})'/dgi,
    needs: "'",
    name: "PASSWORD",
    isSecret: (value, name, { shape }) => looksSecret(value, name, shape),
  },
  {
    // `https://api.shop.io/orders?api_key=...`
    pattern: /[?&](?<name>[A-Za-z_][\w.-]{1,40})=(?<value>[\w.~-]{8,200})(?![\w.~%{$(-])/dg,
    needs: "=",
    isSecret: (value, name, { shape }) =>
      looksSecret(value, name, shape === "password" ? "password" : "generated"),
  },
  {
    // An option and its value in a list of arguments.
    pattern:
      /["']--?(?<name>[A-Za-z][\w-]{2,60})["'],\s{0,4}["'](?<value>[^-"'\\\s{}%$<>][^"'\\\s{}%$<>]{5,200})["']/dg,
    needs: "-",
    isSecret: (value, name, { shape }) => isSecretText(name, value, shape),
  },
  {
    // What a program reads: `echo "shop:..." | chpasswd`, `echo ... | docker login --password-stdin`.
    pattern:
      /\becho (?:-n )?["']?(?:[\w.-]{1,40}:)?(?<value>[^\s"'\\{}%$`|:]{6,200})["']? ?\| ?(?:sudo )?(?:chpasswd|(?:docker|podman|helm registry) login)/dg,
    needs: "echo ",
    name: "PASSWORD",
    isSecret: (value, name, { shape }) => looksSecret(value, name, shape),
  },
  {
    // Variables of an environment in a list of texts, or before a command: `raw_env = ["API_TOKEN=..."]`.
    pattern:
      /(?:["']|["'\s]export )(?<name>[A-Z_][A-Z\d_]{2,60})=(?<value>[^\s"'\\${}<>%;]{6,1000})(?=["';]|\s\w|\\n)/dg,
    needs: "=",
    isSecret: (value, name, { shape }) =>
      looksSecret(value, name, shape) && !(shape === "fixed" && isIdentifier(value)),
  },
];

/** What stands in a place of its own, in any file. */
export function inPlaces({ path, text }: FileUnit, groups: readonly Group[]): Candidate[] {
  return PLACES.flatMap((place) => inPlace(path, text, place, groups));
}

function inPlace(path: string, text: string, place: Place, groups: readonly Group[]): Candidate[] {
  const found: Candidate[] = [];
  if (!text.includes(place.needs)) return found;
  for (const match of text.matchAll(place.pattern)) {
    if (found.length >= MAX_FOUND) break;
    const { name = place.name ?? "", scheme, value = "" } = match.groups ?? {};
    const group = groupOf(groups, name);
    const span = match.indices?.groups?.["value"];
    const whole = scheme === undefined ? value : `${scheme} ${value}`;
    if (group !== undefined && span !== undefined && place.isSecret(whole, name, group))
      found.push(candidate(group, path, name, value, span));
  }
  return found;
}

/** Assignments in comments of Python: code that somebody took out, and what it gave away. */
const COMMENTED = {
  pattern:
    /^[ \t]{0,80}#[ \t#]{0,8}["']?(?<name>[A-Za-z_][\w.]{1,80})["']?\s{0,4}[:=]\s{0,4}["'](?<value>[^"'\\\n]{8,200})["'],?[ \t]{0,80}$/dgm,
  needs: "#",
  isSecret: (value, name, { shape }) =>
    looksSecret(value, name, shape === "fixed" ? "password" : shape),
} satisfies Place;

export function inComments({ path, text }: FileUnit, groups: readonly Group[]): Candidate[] {
  return inPlace(path, text, COMMENTED, groups);
}

/** Programs that a program calls with a secret among its options. */
export function inCommands(
  { path, text, words }: FileUnit,
  groups: readonly Group[],
  options: readonly OptionPattern[],
): Candidate[] {
  const group = groupOf(groups, "password");
  const asked = options.filter(({ program }) => words.has(program));
  if (group === undefined || asked.length === 0) return [];
  const found: Candidate[] = [];
  for (const match of text.matchAll(/[^\n]+/g)) {
    const [line] = match;
    if (line.length > MAX_LINE || found.length >= MAX_FOUND) continue;
    for (const option of asked)
      for (const { name, value, start, end } of optionOf(line, option))
        if (isSecretText(name, value, group.shape))
          found.push(
            candidate(group, path, option.program.trim(), value, [
              match.index + start,
              match.index + end,
            ]),
          );
  }
  return found;
}
