import { wordsOf } from "../../name-words.ts";
import { entropy, isPlaceholder as isFilledIn } from "../context.ts";
import { decoded } from "./formats.ts";

/**
 * What a literal must look like to be taken for a secret. `fixed`: whatever somebody chose, because the place makes it one (a
 * signing key). `password`: chosen by a person or made by a program, not a word of the language. `generated`: made by a program.
 */
export const shapes = ["fixed", "password", "generated"] as const;
export type Shape = (typeof shapes)[number];

/** Longer texts are documents. */
const MAX_LENGTH = 1_000;
const MIN_LENGTH: Readonly<Record<Shape, number>> = { fixed: 6, password: 8, generated: 16 };
/** Bits a character: a floor against repetition, not a detector. */
const MIN_ENTROPY: Readonly<Record<Shape, number>> = { fixed: 2, password: 2.2, generated: 3 };

/** True when a literal of a name that means a secret looks like one. */
export function looksSecret(value: string, name: string, shape: Shape): boolean {
  if (value.length < minLength(value, shape) || value.length > MAX_LENGTH) return false;
  if (isPlaceholder(value, name, shape) || isSomethingElse(value, name)) return false;
  if (entropy(value) < MIN_ENTROPY[shape]) return false;
  switch (shape) {
    case "fixed":
      return !isProse(value) || isPhrase(value, name);
    case "password":
      return (
        APP_PASSWORD.test(value) ||
        (/phrase/i.test(name) && isPhrase(value, name)) ||
        !(/\s/.test(value) || isIdentifier(value))
      );
    case "generated":
      return /^[\w!-~]+$/.test(value) && looksGenerated(value);
    default:
      return shape satisfies never;
  }
}

/** A short password is one where letters and digits are mixed. */
function minLength(value: string, shape: Shape): number {
  const isMixed = /[A-Za-z]/.test(value) && /\d/.test(value);
  return shape === "password" && isMixed ? MIN_LENGTH.fixed : MIN_LENGTH[shape];
}

/** Google's passwords for single programs: four groups of four letters. */
const APP_PASSWORD = /^(?:[a-z]{4} ){3}[a-z]{4}$/;

/** Words that say that a value is to be replaced. */
const REPLACE_WORDS = new Set(
  `change changeit changeme changethis replace replaceme replacethis your yours example examples dummy placeholder redacted
  removed hidden masked todo tbd fixme insert enter fill here xxx xxxx lorem ipsum goes not fake`.split(
    /\s+/,
  ),
);
/** Words that say that a value protects nothing, or is none. */
const IDLE_WORDS = new Set(
  `my mine sample put mock mocked stub test tests testing tester foo bar baz foobar default none null undefined empty blank
  some something anything whatever demo optional required unset invalid wrong incorrect bad unknown string value dev
  development localhost changed`.split(/\s+/),
);
/** What everybody knows already is not given away by being in the code. */
const PUBLIC_WORDS = new Set(
  `password passwd secret token key postgres postgresql mysql mariadb root admin administrator guest user username redis db
  database rabbitmq mongo minio minioadmin django flask docker`.split(/\s+/),
);

/** Words that say that a key is none, and those between them. */
const INSECURE_WORDS = new Set(["insecure", "unsafe", "devel", "develop", "local", "locally"]);
const SMALL_WORDS = new Set(
  `a an and api app cookie do for in is it jwt never of on only or session signing the this to use used`.split(
    " ",
  ),
);

/** True for a text of which each word is known, and that says with one of them that it protects nothing: `insecure-dev-key`. */
export function saysItIsNone(value: string): boolean {
  const words = wordsOf(value).filter((word) => !/^\d{1,4}$/.test(word));
  const isTelling = (word: string) =>
    REPLACE_WORDS.has(word) || IDLE_WORDS.has(word) || INSECURE_WORDS.has(word);
  return (
    words.some(isTelling) &&
    words.every((word) => isTelling(word) || PUBLIC_WORDS.has(word) || SMALL_WORDS.has(word))
  );
}

/** True when a value stands in for one that somebody has to put there, or is filled in later. */
export function isPlaceholder(value: string, name: string, shape: Shape): boolean {
  const plain = value.trim().toLowerCase();
  if (plain === "" || hasRun(plain) || /^(.{1,4})\1{2,}$/.test(plain)) return true;
  // Something takes the place of `${NAME}`, `{{ name }}`, `%(name)s`, `{name}`, `<name>`, `$NAME`, `$name$`, `{$name$}`, `%s`,
  // `@name@`, `__NAME__`.
  if (
    /\$\{|\{\{|\{%|<[^>]{0,100}>|\{[\w.]{0,100}\}|\{\$[^}]{0,100}\}|^\$\w+\$?$|^@.+@$|^__.*__$|^%\w+%$/.test(
      value,
    )
  )
    return true;
  // In a long text without order they stand by chance: Django makes its keys of such signs.
  if (/\$\(|%\(|%[sd]/.test(value) && !isDisorder(value)) return true;
  // `!!!SET ME!!!`, `[filtered-1]`
  const isFramed =
    (value.startsWith("!!") && value.endsWith("!!")) ||
    (value.startsWith("[") && value.endsWith("]"));
  if (isFramed && !isDisorder(value)) return true;
  if (/\*{3}|\.{3}|…|x{4}|^-+$/i.test(plain)) return true;
  if (/#{3}/.test(value) && !isDisorder(value)) return true;
  if (/EXAMPLE/.test(value)) return true;
  if (/abcdefg|qwerty|0123456|1234567|987654/.test(plain) && !/[^a-z\d]/.test(plain)) return true;
  const words = wordsOf(value);
  // A generated text may hold `my` by chance, but not as a word between separators beside other words.
  const isWords = words.every((word) => /^[a-z]{2,}$/.test(word)) || /[\s_-]/.test(value);
  // A key of one's own choice is a key, however silly.
  const isIdle = (word: string) =>
    REPLACE_WORDS.has(word) || (shape !== "fixed" && IDLE_WORDS.has(word));
  if (isWords && words.some(isIdle)) return true;
  const letters = plain.replace(/[^a-z]/g, "");
  if (isIdle(letters) && letters.length > plain.length / 2) return true;
  if (/^[a-z]{4,40}\d{0,4}$/.test(plain) && isGluedOf(letters, isIdle)) return true;
  if (/^(?:change|replace|insert|your|enter)[_-]?(?:me|this|it|the|a|in)?/.test(plain) && isWords)
    return true;
  if (/^set[_-]?me(?![a-z])/.test(plain) && isWords) return true;
  if (isSampleOfOtp(value) || STRIPE_SAMPLE.test(value)) return true;
  const own = wordsOf(name);
  const told = words.filter((word) => !/^\d{1,4}$/.test(word));
  return told.length > 0 && told.every((word) => PUBLIC_WORDS.has(word) || isMadeOf(word, own));
}

/** The prefix of Stripe's keys for tests with too little behind it: https://docs.stripe.com/keys */
const STRIPE_SAMPLE = /^[rsp]k_test_\w{0,15}$/;

/** True for a text of nothing but some words, one after the other: `passwdresolver` of `passwd`, `id` and `resolver`. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  const reached = [true];
  for (let at = 0; at < text.length; at++)
    for (const word of reached[at] === true ? words : [])
      if (text.startsWith(word, at)) reached[at + word.length] = true;
  return text !== "" && reached[text.length] === true;
}

/**
 * True for the keys with which one-time passwords are explained, in base32: the digits in their order (RFC 4226, appendix D), and
 * the key of Google's description of the addresses in QR codes.
 */
function isSampleOfOtp(value: string): boolean {
  if (value === "JBSWY3DPEHPK3PXP") return true;
  if (!/^[A-Z2-7]{16,104}$/.test(value)) return false;
  const bits = [...value].map((sign) => BASE32.indexOf(sign).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return isFilledIn(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 2))));
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** True for words that are told, or that everybody knows, without anything between them, one of the first kind at least. */
function isGluedOf(letters: string, isTold: (word: string) => boolean): boolean {
  // Of each place, whether words end there, and whether one of them was told.
  const ends: (boolean | undefined)[] = [false];
  for (let end = 2; end <= letters.length; end++)
    for (let start = Math.max(0, end - LONGEST_WORD); start <= end - 2; start++) {
      const before = ends[start];
      if (before === undefined || ends[end] === true) continue;
      const word = letters.slice(start, end);
      if (isTold(word)) ends[end] = true;
      else if (PUBLIC_WORDS.has(word)) ends[end] = before;
    }
  return ends[letters.length] === true;
}

const LONGEST_WORD = 14;

/** True where one sign stands six times in a row. */
function hasRun(text: string): boolean {
  let length = 1;
  for (let at = 1; at < text.length; at++) {
    length = text.charCodeAt(at) === text.charCodeAt(at - 1) ? length + 1 : 1;
    if (length === 6) return true;
  }
  return false;
}

/** True for a long text of letters, digits and signs in which nothing reads like a word. */
function isDisorder(value: string): boolean {
  return (
    value.length >= 32 &&
    !/\s/.test(value) &&
    !(value.match(/[A-Za-z]{7,40}/g) ?? []).some((run) => isPronounceable(run.toLowerCase())) &&
    (value.match(/\d/g)?.length ?? 0) >= 3 &&
    (value.match(/[^\w\s]/g)?.length ?? 0) >= 5
  );
}

/**
 * What only a key opens that is kept elsewhere: SOPS and eyaml, Jasypt, Ansible Vault, Vault's transit engine, Fernet tokens, KMS of
 * AWS, and SealedSecrets, which begin with the length of an RSA block (512 bytes).
 */
const ENCRYPTED =
  /^ENC[[(]|^\$ANSIBLE_VAULT;|^vault:v\d|^gAAAAAB[\w-]|^AQICAH[A-Za-z\d+/]|^Ag[A-D][A-Za-z\d+/]{300}/;

/** What GraphQL servers make ids of: a type's name and the id of one. */
const GLOBAL_ID = /^[A-Z][A-Za-z]{2,40}:[\w-]{1,40}$/;
/** How files of PNG, JPEG, GIF, ZIP, PDF, SVG and XML begin in base64. */
const FILE_IN_BASE64 = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UEsDB|JVBERi0|PHN2Zy|PD94bW)/;
/** Base64 may begin with a slash; what stands between the slashes of a path is no such muddle. */
const IN_BASE64 =
  /^\/(?=[A-Za-z\d+]{0,60}\d)(?=[a-z\d+/]{0,60}[A-Z])[A-Za-z\d+]{10}[A-Za-z\d+/]{8,500}={0,2}$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Made of random numbers (RFC 9562, version 4). */
const RANDOM_UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/i;
/** Names of what lets somebody in; of what is only called a token or a key most are ids. */
const LETS_IN = /(?:^|[\W_]|[a-z](?=A))(?:api[\W_]?(?:key|token)|(?:auth|access)[\W_]?token)$/i;

/** True for UUIDs that are secrets: some services make theirs so. */
function isSecretUuid(value: string, name: string): boolean {
  if (isFilledIn(value)) return false;
  return /secret/i.test(name) || (LETS_IN.test(name) && RANDOM_UUID.test(value));
}

/** True for texts whose form says what they are, and that it is nothing to hide. */
export function isSomethingElse(value: string, name: string): boolean {
  return (
    (UUID.test(value) && !isSecretUuid(value, name)) ||
    // An address, a path, a module, a file, markup, a pattern, a date, a colour, a content hash.
    /^[a-z][a-z\d+.-]*:\/\//i.test(value) ||
    // The address of a route.
    /\/:[a-z]\w{0,40}(?:\/|$)/i.test(value) ||
    // An option.
    /^--[a-z][\w-]{0,60};?$/i.test(value) ||
    (/^(?:\.{0,2}|~|[a-z]:)[\\/]/i.test(value) && !IN_BASE64.test(value)) ||
    (/^[a-z_][\w-]*(?:[./:][a-z_][\w-]*)+[/:]?$/i.test(value) && !looksGenerated(value)) ||
    /^[a-z]{1,20}\d{0,4}(?:[.:/][a-z]{1,20}\d{0,4})+$/.test(value) ||
    (/^[\w./ -]+\.[a-z]{2,4}$/i.test(value) && !/\d{3}/.test(value)) ||
    /^<.*>$|<\/\w{1,20}>|&\w{1,10};/.test(value) ||
    /^\^.*\$$|^\^[[(\\]|[\])*+?]\$$|\\[dwsb]|\(\?|\][+*{]/.test(value) ||
    /^\d{4}-\d\d-\d\d/.test(value) ||
    // How often something may be done: `12/hour`.
    /^\d{1,7}\/(?:\d{0,4}(?:s|sec|m|min|h|d)|(?:second|minute|hour|day)s?)$/i.test(value) ||
    /^(?:sha\d+|md5|pbkdf2\w*|scrypt|argon2\w*|bcrypt\w*)[-$:]|^\$(?:2[aby]|argon2\w*|[156]|pbkdf2[\w-]*)\$/.test(
      value,
    ) ||
    /sha(?:1|256|384|512):[\da-f]{8}/.test(value) ||
    /^arn:|^urn:|^data:|^-----BEGIN|^ssh-(?:rsa|ed25519) /.test(value) ||
    ENCRYPTED.test(value) ||
    // The name of a variable or a constant, and a version.
    /^(?:[A-Z]{2,20}\d{0,4}|[A-Z]\d{2,5})(?:_[A-Z]{1,20}\d{0,4}|_\d{1,4})+$/.test(value) ||
    /^v?\d{1,6}\.\d{1,6}\.\d{1,9}(?:[-+.][\w.+-]{1,60})?$/.test(value) ||
    FILE_IN_BASE64.test(value) ||
    // By which OpenPGP knows a key: it writes them so.
    (/^[\dA-F]{40}$/.test(value) && /[A-F]/.test(value) && /gpg|pgp|sign/i.test(name)) ||
    // An account of a chain of blocks, which everybody may see.
    /^0x[\da-f]{40}$/i.test(value) ||
    GLOBAL_ID.test(decoded(value) ?? "") ||
    /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(value) ||
    // A built file with its digest, a message of words.
    /\.[\da-f]{8,40}\.[a-z]{2,4}$/.test(value) ||
    isMessage(value) ||
    // A call, or an entry by its name, in a language that we do not read, and a digest of something else.
    /^[\w.$]+\(.*\)$|^[\w.$]+\[["'][\w.-]{1,100}["']\]$/.test(value) ||
    (/^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128})$/i.test(value) &&
      /pass|pwd/i.test(name) &&
      !/salt/i.test(name)) ||
    isAlphabet(value)
  );
}

/** True for words in a chain of which one is a word for secrets: `Password-must-have-8-chars`. */
function isMessage(value: string): boolean {
  const parts = value.toLowerCase().split(/[-_]/);
  const words = parts.filter((part) => /^[a-z]{2,20}$/.test(part));
  return (
    words.length >= 3 &&
    words.length >= parts.length - 1 &&
    /^(?:password|passwd|token|secret|key)$/.test(words[0] ?? "") &&
    parts.every((part) => /^(?:[a-z]{1,20}|\d{1,2})$/.test(part))
  );
}

/** True for the letters or digits in their order: what a generator draws from. */
function isAlphabet(value: string): boolean {
  let runs = 0;
  for (let at = 1; at < value.length; at++)
    if (value.charCodeAt(at) === value.charCodeAt(at - 1) + 1) runs++;
  return value.length > 8 && runs > value.length * 0.6;
}

/** True for a sentence, a label, or words of a natural language. */
function isProse(value: string): boolean {
  const parts = value.trim().split(/\s+/);
  return (
    parts.length > 2 ||
    (parts.length === 2 && parts.every((part) => /^[\p{L}'’.,:!?-]+$/u.test(part)))
  );
}

/** Words that sentences and labels have, and phrases that somebody chose have not. */
const IN_SENTENCES = new Set(
  `a an the this that your you we it its is are was be must should will can to for from in by or not no please if when which
  each every only same`.split(/\s+/),
);

/** True for words in a row that say nothing, as people choose them: `correct horse battery staple`. */
function isPhrase(value: string, name: string): boolean {
  if (!/^[a-z]{2,12}(?: [a-z]{2,12}){3,9}$/.test(value)) return false;
  const own = wordsOf(name);
  return !value
    .split(" ")
    .some((word) => IN_SENTENCES.has(word) || PUBLIC_WORDS.has(word) || own.includes(word));
}

/** True for what a program calls something: `password_too_short`, `PASSWORD_RESET`, `PasswordField`, `user-secret`. */
export function isIdentifier(value: string): boolean {
  return (
    (/^\p{L}+$/u.test(value) && !/^\w+$/.test(value)) ||
    (/^(?:[a-z]+|[A-Z]+)$/.test(value) && isPronounceable(value.toLowerCase())) ||
    (/^[A-Z][a-z]+$/.test(value) && isPronounceable(value.toLowerCase())) ||
    /^[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)+$/.test(value) ||
    /^[A-Za-z]+(?:[_./:\s-][A-Za-z]+)+$/.test(value)
  );
}

/** True for texts that no person writes: digits among letters, not words of a language with a number behind them. */
export function looksGenerated(value: string): boolean {
  const digits = value.match(/\d/g)?.length ?? 0;
  const letters = value.match(/[a-z]/gi)?.length ?? 0;
  if (digits === 0) return isShuffled(value);
  if (letters < 4) return false;
  if (isWordChain(value)) return false;
  // Words with numbers between them, `user-model-2-password`, have few changes from letters to digits.
  const words = value.match(/[A-Z][a-z]{3,}|[a-z]{4,}/g) ?? [];
  const worded = words.reduce(
    (sum, word) => sum + (isPronounceable(word.toLowerCase()) ? word.length : 0),
    0,
  );
  return worded < value.length * 0.55;
}

/** Words with which a name of something secret ends, and no secret does. */
const NAMES_END = /[-_](?:secrets?|credentials?|tokens?|keys?|passwords?|certs?|tls|config)$/;

/** True for what programs call things: `auth-token-key-v2`, and editions of something: `gpt-4o-mini-2024-07-18`. */
function isWordChain(value: string): boolean {
  if (/^[a-z]{2,20}[-_][\w.-]{0,60}-20\d\d-?[01]\d-?[0-3]\d$/.test(value)) return true;
  const parts = value.split(/[-_.:/]/);
  if (
    parts.length < 2 ||
    !parts.every((part) => /^(?:[a-z]{1,20}\d{0,4}|\d{1,4}|\d{1,3}[a-z]{1,3})$/.test(part))
  )
    return false;
  // What is kept elsewhere has a name that says what it is: `shop-eu2-config-secret`.
  if (NAMES_END.test(value)) return true;
  const words = parts.map((part) => part.replace(/\d{1,4}$/, ""));
  const worded = words.filter((word) => word.length > 2 && isPronounceable(word));
  return worded.length > parts.length / 2;
}

/** True for letters of both cases in which hardly a word can be read: one random text of many has no digit. */
function isShuffled(value: string): boolean {
  if (!/^(?=.*[a-z])(?=.*[A-Z])[A-Za-z+/]{16,}={0,2}$/.test(value)) return false;
  const runs = value.match(/[a-z]{3,}|[A-Z]{4,}/g) ?? [];
  const worded = runs.reduce(
    (sum, run) => sum + (isPronounceable(run.toLowerCase()) ? run.length : 0),
    0,
  );
  return worded < value.length * 0.35;
}

/** Roughly: vowels where a language has them. */
function isPronounceable(word: string): boolean {
  const vowels = word.match(/[aeiouy]/g)?.length ?? 0;
  return vowels >= word.length * 0.25 && vowels <= word.length * 0.67 && !/[^aeiouy]{5}/.test(word);
}
