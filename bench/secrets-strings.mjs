// @ts-check
// The test strings of other secret scanners, read out of their repositories: nothing of them is stored here, and no code of theirs is
// run. What their tests make at random is made here from the same patterns, with a seed.
import { execFileSync } from "node:child_process";
import { crc32 } from "node:zlib";
import { parse, walk } from "py-ast";

/**
 * @typedef {object} Sample
 * @property {string} from the scanner and its rule
 * @property {boolean} secret whether its test says that it is one
 * @property {string} text a whole line or file, or only the secret where `name` is given
 * @property {string} [name] what the tests call a variable that holds it
 */

/** @param {string} repo @param {string} folder */
function filesOf(repo, folder) {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", ["-C", repo, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
  return git("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", folder)
    .split("\0")
    .filter((path) => path !== "")
    .map((path) => ({ path, read: () => git("show", `HEAD:${path}`) }));
}

let seed = 20260101;
function random(/** @type {number} */ below) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * below);
}

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const WORD = `${DIGITS}${LOWER}${LOWER.toUpperCase()}_`;

/**
 * A text that a regular expression matches: literals, classes, groups, alternatives and bounded repetitions.
 *
 * @param {string} source
 */
export function textFor(source) {
  let at = 0;
  const alternatives = () => {
    const all = [sequence()];
    while (source[at] === "|") {
      at++;
      all.push(sequence());
    }
    return () => (all[random(all.length)] ?? (() => ""))();
  };
  /** @returns {() => string} */
  const sequence = () => {
    /** @type {(() => string)[]} */
    const parts = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")")
      parts.push(repeated(atom()));
    return () => parts.map((part) => part()).join("");
  };
  const atom = () => {
    const char = source[at++] ?? "";
    if (char === "(") {
      if (source[at] === "?")
        at += /^\?(?:P?<\w+>|[a-z-]*:?)/.exec(source.slice(at))?.[0].length ?? 0;
      const inner = alternatives();
      at++;
      return inner;
    }
    if (char === "[") {
      const set = characters();
      return () => set[random(set.length)] ?? "";
    }
    if (char === ".") return () => WORD[random(WORD.length)] ?? "";
    if (char === "^" || char === "$") return () => "";
    if (char === "\\") {
      const set = escaped(source[at++] ?? "");
      return () => set[random(set.length)] ?? "";
    }
    return () => char;
  };
  const escaped = (/** @type {string} */ char) =>
    char === "d" ? DIGITS : char === "w" ? WORD : char === "s" ? " " : char === "b" ? "" : char;
  const characters = () => {
    let set = "";
    while (at < source.length && source[at] !== "]") {
      let from = source[at++] ?? "";
      if (from === "\\") from = escaped(source[at++] ?? "");
      if (source[at] === "-" && source[at + 1] !== "]" && from.length === 1) {
        at++;
        const to = source[at++] ?? "";
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++)
          set += String.fromCharCode(code);
      } else set += from;
    }
    at++;
    return set;
  };
  const repeated = (/** @type {() => string} */ part) => {
    const match = /^(?:\{(\d+)(,?)(\d*)\}|[?*+])/.exec(source.slice(at));
    if (match === null) return part;
    at += match[0].length + (source[at + match[0].length] === "?" ? 1 : 0);
    const [least, most] =
      match[0] === "?"
        ? [0, 1]
        : match[0] === "*"
          ? [0, 8]
          : match[0] === "+"
            ? [1, 8]
            : [
                Number(match[1]),
                match[3] ? Number(match[3]) : Number(match[1]) + (match[2] ? 8 : 0),
              ];
    return () => Array.from({ length: least + random(most - least + 1) }, part).join("");
  };
  return alternatives()();
}

const BASE62 = `${DIGITS}${LOWER.toUpperCase()}${LOWER}`;

/** CRC-32 in six digits of base62. @param {string} body */
function checksum(body) {
  let digits = "";
  for (let rest = crc32(body); digits.length < 6; rest = Math.floor(rest / 62))
    digits = (BASE62[rest % 62] ?? "") + digits;
  return digits;
}

/** What gitleaks' helpers for patterns give. @type {Readonly<Record<string, (size: string) => string>>} */
const PATTERNS = {
  "utils.Numeric": (size) => `[0-9]{${size}}`,
  "utils.Hex": (size) => `[a-f0-9]{${size}}`,
  "utils.AlphaNumeric": (size) => `[a-z0-9]{${size}}`,
  "utils.AlphaNumericExtendedShort": (size) => `[a-z0-9_-]{${size}}`,
  "utils.AlphaNumericExtended": (size) => `[a-z0-9=_\\-]{${size}}`,
  "utils.AlphaNumericExtendedLong": (size) => `[a-z0-9\\/=_\\+\\-]{${size}}`,
  "utils.Hex8_4_4_4_12": () => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
};

const GO_TOKEN =
  /`[^`]*`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\.\.\.|:=|[A-Za-z_][\w.]*|\d[\w.]*|\n|[^\s]/g;

/**
 * Strings that a rule's file in gitleaks gives to its validation. Reads the few expressions that such files are made of.
 *
 * @param {string} source
 * @returns {Sample[]}
 */
function samplesOfGo(source) {
  const tokens = (source.match(GO_TOKEN) ?? []).filter((one) => !/^\/[/*]|^\n$/.test(one));
  /** @type {Sample[]} */
  const samples = [];
  /** @type {Map<string, any>} */
  let variables = new Map();
  let rule = "";
  let at = 0;
  const is = (/** @type {string} */ text) => tokens[at] === text;
  /** @returns {any} a string, a list of samples, or undefined where it is not understood */
  const expression = () => {
    let value = primary();
    while (is("+")) {
      at++;
      const right = primary();
      value = typeof value === "string" && typeof right === "string" ? value + right : undefined;
    }
    return value;
  };
  const list = (/** @type {string} */ end) => {
    const items = [];
    while (at < tokens.length && !is(end)) {
      items.push(expression());
      if (is(":")) {
        at++;
        items.pop();
        items.push(expression());
      }
      while (is("...") || is(",")) at++;
      if (items.length > 5000) break;
    }
    at++;
    return items;
  };
  /** @returns {any} */
  const primary = () => {
    const token = tokens[at++] ?? "";
    if (token.startsWith("`")) return token.slice(1, -1);
    if (token.startsWith('"')) return unquoted(token);
    if (token === "[") {
      while (at < tokens.length && !is("{") && !is("(")) at++;
      const close = is("{") ? "}" : ")";
      at++;
      const items = list(close);
      return close === ")" ? items[0] : items.flat();
    }
    if (token === "map") {
      while (at < tokens.length && !is("{")) at++;
      at++;
      return list("}").flat();
    }
    if (token === "(") return list(")")[0];
    if (/^[A-Za-z_]/.test(token)) {
      if (!is("(")) return token === "nil" ? [] : variables.get(token);
      at++;
      return called(token, list(")"));
    }
    return undefined;
  };
  const called = (/** @type {string} */ name, /** @type {any[]} */ args) => {
    if (name === "append") return args.flat();
    if (name === "secrets.NewSecret")
      return typeof args[0] === "string" ? textFor(args[0]) : undefined;
    if (name === "utils.GenerateSampleSecret" || name === "utils.GenerateSampleSecrets")
      return typeof args[1] === "string" ? [{ name: String(args[0]), text: args[1] }] : [];
    if (name === "fmt.Sprintf") {
      let next = 1;
      return args.includes(undefined)
        ? undefined
        : String(args[0]).replace(/%[sdv]/g, () => String(args[next++]));
    }
    if (name.endsWith(".EncodeToString"))
      return typeof args[0] === "string"
        ? Buffer.from(args[0]).toString(name.includes("URL") ? "base64url" : "base64")
        : undefined;
    return PATTERNS[name]?.(String(args[0] ?? ""));
  };
  /** What the pattern leaves to chance, GitHub computes. @param {string} text */
  const withChecksum = (text) =>
    text.replace(
      /\b(gh[pousr]_)(\w{30})\w{6}\b/,
      (_, prefix, body) => prefix + body + checksum(body),
    );
  const keep = (/** @type {any} */ values, /** @type {boolean} */ secret) => {
    for (const value of Array.isArray(values) ? values : []) {
      if (typeof value === "string")
        samples.push({ from: `gitleaks ${rule}`, secret, text: value });
      else if (value?.text !== undefined)
        samples.push({
          from: `gitleaks ${rule}`,
          secret,
          ...value,
          text: secret ? withChecksum(value.text) : value.text,
        });
    }
  };
  while (at < tokens.length) {
    const token = tokens[at] ?? "";
    if (token === "func") variables = new Map();
    if (token === "RuleID" && tokens[at + 1] === ":") rule = unquoted(tokens[at + 2] ?? "");
    if (
      /^\w+$/.test(token) &&
      (tokens[at + 1] === ":=" || tokens[at + 1] === "=") &&
      tokens[at - 1] !== "."
    ) {
      at += 2;
      const start = at;
      const value = expression();
      if (value === undefined) at = start;
      else variables.set(token, value);
      continue;
    }
    if (/^utils\.Validate(?:WithPaths)?$/.test(token) && tokens[at + 1] === "(") {
      at += 2;
      const [, yes, no] = list(")");
      keep(yes, true);
      keep(no, false);
      continue;
    }
    at++;
  }
  return samples;
}

/** @param {string} token */
function unquoted(token) {
  return token
    .slice(1, -1)
    .replace(/\\(n|t|r|"|\\|x[0-9a-f]{2})/g, (_, code) =>
      code === "n"
        ? "\n"
        : code === "t"
          ? "\t"
          : code === "r"
            ? "\r"
            : code[0] === "x"
              ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
              : code,
    );
}

/** @param {string} repo a git directory of gitleaks/gitleaks */
export function gitleaksSamples(repo) {
  return filesOf(repo, "cmd/generate/config/rules").flatMap((file) => samplesOfGo(file.read()));
}

/** @param {string} repo a git directory of secretlint/secretlint */
export function secretlintSamples(repo) {
  return filesOf(repo, "packages/@secretlint").flatMap((file) => {
    const match = /secretlint-rule-([\w-]+)\/test\/snapshots\/(ok|ng)\.([^/]+)\/input/.exec(
      file.path,
    );
    if (
      match === null ||
      /internal|preset|example|filter-comments|no-|pattern/.test(match[1] ?? "")
    )
      return [];
    return [
      { from: `secretlint ${match[1]}: ${match[3]}`, secret: match[2] === "ng", text: file.read() },
    ];
  });
}

/** @param {string} repo a git directory of Yelp/detect-secrets @returns {Sample[]} */
export function detectSecretsSamples(repo) {
  return filesOf(repo, "tests/plugins").flatMap((file) => {
    const plugin = /plugins\/(\w+)_test\.py$/.exec(file.path)?.[1];
    if (plugin === undefined || /base|high_entropy|ip_public/.test(plugin)) return [];
    /** @type {Sample[]} */
    const samples = [];
    for (const node of walk(parse(file.read()))) {
      const tuple = /** @type {any} */ (node);
      if (tuple.nodeType !== "Tuple" || tuple.elts?.length < 2) continue;
      const [text, flag] = tuple.elts.map((/** @type {any} */ one) =>
        one.nodeType === "Constant" ? one.value : undefined,
      );
      if (typeof text === "string" && typeof flag === "boolean")
        samples.push({ from: `detect-secrets ${plugin}`, secret: flag, text });
    }
    return samples;
  });
}
