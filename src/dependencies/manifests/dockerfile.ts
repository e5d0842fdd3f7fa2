import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { noteOption, optionsIn, unquote } from "./installer-options.ts";

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

/** Notes from where pip installs in a command. Other programs have options of the same names. */
function readCommands(draft: Draft, words: readonly Word[]): void {
  let command: Word[] = [];
  const finish = () => {
    const at = command.findIndex(({ text }) => /^(?:\S*\/)?pip[\d.]*$/.test(text));
    if (at >= 0 && command.some(({ text }) => /^(?:install|wheel|download)$/.test(text))) {
      const options = optionsIn(command.slice(at));
      for (const option of options) if (TOLD.has(option.name)) noteOption(draft, option);
    }
    command = [];
  };
  for (const word of words) {
    if (END.test(word.text)) finish();
    else command.push(word);
  }
  finish();
}

const TOLD = new Set(["-i", "--index-url", "--extra-index-url", "--trusted-host"]);

/** Notes pip's options where they are set as variables: `PIP_TRUSTED_HOST=example.org`. */
function readVariables(draft: Draft, words: readonly Word[]): void {
  for (const [index, word] of words.entries()) {
    const [, key = "", value = words[index + 1]?.text] =
      /^PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST)(?:=(.*))?$/.exec(word.text) ?? [];
    const plain = unquote(value ?? "");
    if (key === "" || plain === "" || plain.includes("$")) continue;
    noteOption(draft, {
      ...word,
      name: `--${key.toLowerCase().replaceAll("_", "-")}`,
      value: plain,
    });
  }
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
