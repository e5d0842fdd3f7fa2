import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { noteOption, type Option, optionsIn, unquote } from "./installer-options.ts";
import { withoutPassword } from "./requirement.ts";

const NAME = /(?:^|\/)(?:[^/]*\.)?(?:Dockerfile|Containerfile)(?:\.[^/]*)?$/i;

/** The images that a Dockerfile builds on or copies from. Stages of its own are none, and `scratch` is empty. */
export const dockerfile = {
  id: "dockerfile",
  ecosystem: "Docker",
  role: "manifest",
  matches: (path) => NAME.test(path),
  read(text, path) {
    const draft = new Draft("Docker", text, path);
    const defaults = new Map<string, string>();
    const stages = new Set<string>();
    for (const { words, start, end } of instructionsIn(text)) {
      const verb = words[0]?.text.toUpperCase();
      if (verb === "RUN") readCommands(draft, words.slice(1));
      if (verb === "ENV" || verb === "ARG") readVariables(draft, words.slice(1));
      if (verb === "ARG" && stages.size === 0) {
        for (const { text: word } of words.slice(1)) {
          const [, name = "", value = ""] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? [];
          if (name !== "") defaults.set(name, value.replace(/^(["'])(.*)\1$/, "$2"));
        }
      }
      const options = words.slice(1).filter((word) => word.text.startsWith("--"));
      const [image, as, stage] = words.slice(1).filter((word) => !options.includes(word));
      if (verb === "COPY") {
        const from = options.find((word) => word.text.startsWith("--from="));
        const isOwn = from === undefined || /^--from=(?:\d+$|.*\$)/.test(from.text);
        if (isOwn || stages.has(from.text.slice(7).toLowerCase())) continue;
        const word = { text: from.text.slice(7), start: from.start + 7, end: from.end };
        addImage(draft, word.text, { word, span: { start, end } });
      }
      if (verb !== "FROM" || image === undefined) continue;
      const isStage = stages.has(image.text.toLowerCase());
      // Arguments before the first stage are all that a FROM may use.
      const name = as?.text.toUpperCase() === "AS" && stage !== undefined ? stage.text : "";
      stages.add(name.toLowerCase());
      if (isStage || image.text === "scratch") continue;
      const written = expand(image.text, defaults);
      if (written === undefined)
        draft.problem("the image depends on an argument without a default", { start, end });
      else addImage(draft, written, { word: image, span: { start, end } });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** Where the commands of a shell end. */
const END = /^(?:&&|\|\|?|;)$|;$/;

/** Notes from where pip and uv install in a command. Other programs have options of the same names. */
function readCommands(draft: Draft, words: readonly Word[]): void {
  let command: Word[] = [];
  const finish = () => {
    const at = command.findIndex(({ text }) => /^(?:\S*\/)?(?:pip[\d.]*|uv)$/.test(text));
    const own = at < 0 ? [] : command.slice(at);
    const isUv = /uv$/.test(own[0]?.text ?? "");
    if (own.some(({ text }) => INSTALLS.test(text))) {
      const options = optionsIn(own);
      const isUnsafe = options.some(
        ({ name, value }) => name === "--index-strategy" && value?.startsWith("unsafe-") === true,
      );
      for (const option of options) noteInstaller(draft, option, isUv && !isUnsafe);
    }
    if (!isUv && own[1]?.text === "config" && own[2]?.text === "set") noteConfig(draft, own);
    command = [];
  };
  for (const word of words) {
    if (END.test(word.text)) finish();
    else command.push(word);
  }
  finish();
}

const INSTALLS = /^(?:install|wheel|download|sync|add|lock|compile)$/;

/** `pip config set global.index-url …` */
function noteConfig(draft: Draft, [, , , key, value]: readonly Word[]): void {
  if (key === undefined || value === undefined) return;
  const name = `--${key.text.split(".").at(-1) ?? ""}`;
  noteInstaller(draft, { ...value, name, value: unquote(value.text) }, false);
}

/** Notes pip's and uv's options where they are set as variables: `PIP_TRUSTED_HOST=example.org`. */
function readVariables(draft: Draft, words: readonly Word[]): void {
  const isUnsafe = words.some(({ text }) => /^UV_INDEX_STRATEGY=["']?unsafe-/.test(text));
  for (const [index, word] of words.entries()) {
    const [, program, key = "", value = words[index + 1]?.text] =
      /^(PIP|UV)_([A-Z_]+)(?:=(.*))?$/.exec(word.text) ?? [];
    const plain = unquote(value ?? "");
    if (key === "" || plain === "" || plain.includes("$")) continue;
    const name = `--${key.toLowerCase().replaceAll("_", "-")}`;
    noteInstaller(draft, { ...word, name, value: plain }, program === "UV" && !isUnsafe);
  }
}

/** Names that the options of pip have with uv. */
const SAME: Readonly<Record<string, string>> = {
  "--default-index": "--index-url",
  "--index": "--extra-index-url",
  "--insecure-host": "--trusted-host",
  "--allow-insecure-host": "--trusted-host",
};
const TOLD = new Set(["-i", "--index-url", "--extra-index-url", "--trusted-host"]);

/** `isFirst` is whether an extra index is asked first, and alone where it has the package, as uv does unless it is told otherwise. */
function noteInstaller(draft: Draft, given: Option, isFirst: boolean): void {
  const name = SAME[given.name] ?? given.name;
  if (!TOLD.has(name)) return;
  if (name === "--extra-index-url" && isFirst) {
    // uv takes a name before the address.
    const url = withoutPassword((given.value ?? "").replace(/^[\w-]+=(?=https?:)/, ""));
    draft.index({ url, kind: "extra", explicit: true }, given);
  } else noteOption(draft, { ...given, name });
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function addImage(
  draft: Draft,
  written: string,
  place: { word: Word; span: { start: number; end: number } },
): void {
  const [reference = "", digest] = written.split("@", 2);
  // A colon before a slash belongs to the port of a registry.
  const [, name = reference, tag] = /^(.*?)(?::([\w.-]+))?$/.exec(reference) ?? [];
  if (!/^[a-z\d][\w.:/-]*$/i.test(name)) {
    draft.problem("not the name of an image", place.span);
    return;
  }
  const { word } = place;
  const isLiteral = word.text === written && digest === undefined && tag !== undefined;
  draft.add({
    name,
    version: tag,
    kind: "requirement",
    scope: "main",
    direct: true,
    source: { kind: "registry" },
    hashes: digest === undefined ? [] : [digest],
    span: place.span,
    nameSpan: word,
    versionSpan: isLiteral ? { start: word.end - tag.length, end: word.end } : undefined,
  });
}

/** The text with the defaults of its arguments; undefined where one has none. */
function expand(text: string, defaults: ReadonlyMap<string, string>): string | undefined {
  let isKnown = true;
  const expanded = text.replace(
    /\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/g,
    (_, braced?: string, otherwise?: string, plain?: string) => {
      const value = defaults.get(braced ?? plain ?? "") ?? otherwise;
      if (value === undefined || value === "" || value.includes("$")) isKnown = false;
      return value ?? "";
    },
  );
  return isKnown ? expanded : undefined;
}

/** Instructions with their words; a backslash at the end of a line continues one, comments between are left out. */
function* instructionsIn(text: string): Generator<{ words: Word[]; start: number; end: number }> {
  const mark = /^\s*#\s*escape\s*=\s*`/im.test(text.slice(0, 500)) ? "`" : "\\";
  let words: Word[] = [];
  let isContinued = false;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 ? text.length : found;
    const line = text.slice(start, stop).trimEnd();
    if (!/^\s*#/.test(line)) {
      // Only instructions that are read are taken apart.
      const begins = !isContinued && /^\s*(?:FROM|ARG|COPY|ENV|RUN)\s/i.test(line);
      isContinued = line.endsWith(mark);
      if (words.length > 0 || begins) {
        for (const word of line.matchAll(/[^\s\\`]+/g)) {
          const offset = start + word.index;
          words.push({ text: word[0], start: offset, end: offset + word[0].length });
        }
      }
      const [first] = words;
      const last = words.at(-1);
      if (!isContinued && first !== undefined && last !== undefined) {
        yield { words, start: first.start, end: last.end };
        words = [];
      }
    }
    start = stop + 1;
  }
}
