/**
 * Advisories from the disk, in the OSV format: a JSON file, lines of JSON, either of them packed with gzip, a zip archive as OSV.dev
 * publishes it, or a folder of all these. The default for tests and for work without a network.
 */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { ConfigError } from "../core/errors.ts";
import {
  type Advisory,
  AdvisoryIndex,
  type AdvisorySource,
  type Answer,
  type Ecosystem,
  type Question,
} from "../dependencies/index.ts";
import { readRecord } from "./osv-record.ts";

/** What one file may hold when it is unpacked: the largest export of OSV.dev has about a quarter of it. */
const MAX_BYTES = 2_000_000_000;
/** Records that cannot be read are counted up to the share at which the file is surely something else. */
const MAX_BAD_SHARE = 0.5;

/** What a file or folder holds. */
export interface Collection {
  readonly advisories: readonly Advisory[];
  /** The day of the newest record, `YYYY-MM-DD`; absent where none says. */
  readonly date?: string;
  /** Records that could not be read. */
  readonly unread: number;
}

/**
 * Advisories from a file or a folder, read when the first question comes: most changes touch no dependency. Throws `ConfigError` where
 * there is none; asking does where there is nothing in it.
 */
export function fileAdvisories(path: string): AdvisorySource {
  if (!existsSync(path)) throw notThere(path);
  let loaded: { readonly index: AdvisoryIndex; readonly collection: Collection } | undefined;
  const load = () => {
    const collection = loaded?.collection ?? readCollection(path);
    loaded ??= { collection, index: new AdvisoryIndex(collection.advisories) };
    return loaded;
  };
  return {
    get name() {
      const { date, unread = 0 } = loaded?.collection ?? {};
      const dated = date === undefined ? "" : ` of ${date}`;
      return `${basename(path)}${dated}${unread > 0 ? ` (${unread} records could not be read)` : ""}`;
    },
    ask: async (questions) => {
      const { index, collection } = load();
      const ecosystems = new Set<Ecosystem>(
        collection.advisories.flatMap(({ affected }) => affected.map(({ ecosystem }) => ecosystem)),
      );
      return answerFrom(index, ecosystems, questions);
    },
  };
}

function notThere(path: string, cause?: unknown): ConfigError {
  return new ConfigError(`${path}: there are no advisories`, {
    hint: "Name a file or a folder that exists after --advisories, or github, osv or off.",
    cause,
  });
}

/** What an index knows of packages; ecosystems of which it has not one advisory are not in it at all. */
function answerFrom(
  index: AdvisoryIndex,
  ecosystems: ReadonlySet<Ecosystem>,
  questions: readonly Question[],
): Answer {
  const found = new Set<Advisory>();
  const missing = new Map<Ecosystem, Question[]>();
  for (const question of questions) {
    const { ecosystem, name } = question;
    if (!ecosystems.has(ecosystem))
      missing.set(ecosystem, [...(missing.get(ecosystem) ?? []), question]);
    for (const advisory of index.advisoriesOf(ecosystem, name)) found.add(advisory);
  }
  return {
    advisories: [...found],
    unanswered: [...missing].map(([ecosystem, questions]) => ({
      questions,
      reason: `it has no advisories for ${ecosystem}`,
    })),
  };
}

/** Reads everything at a path. Throws `ConfigError` where it cannot. */
export function readCollection(path: string): Collection {
  const advisories: Advisory[] = [];
  let newest = "";
  let unread = 0;
  for (const { name, bytes } of filesAt(path)) {
    for (const value of valuesOf(name, bytes)) {
      const record = value === undefined ? undefined : readRecord(value);
      if (record === undefined) {
        unread++;
        continue;
      }
      advisories.push(record.advisory);
      if (record.modified !== undefined && record.modified > newest) newest = record.modified;
    }
  }
  if (advisories.length === 0 || unread > MAX_BAD_SHARE * (unread + advisories.length)) {
    throw new ConfigError(`${path}: no advisories could be read from it`, {
      hint: "Name a file or folder of records in the OSV format: JSON, lines of JSON, .gz or .zip.",
    });
  }
  const date = /^\d{4}-\d\d-\d\d/.exec(newest)?.[0];
  return { advisories, unread, ...(date !== undefined && { date }) };
}

interface RawFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function* filesAt(path: string): Generator<RawFile> {
  let paths: string[];
  try {
    paths = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter(
            (entry: Dirent) => entry.isFile() && /\.(?:json|ndjson|jsonl|gz|zip)$/.test(entry.name),
          )
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
  } catch (cause) {
    throw notThere(path, cause);
  }
  for (const file of paths) {
    try {
      yield* unpacked(file, readFileSync(file));
    } catch (cause) {
      throw new ConfigError(`${file}: the advisories cannot be read`, {
        hint: "Fetch the file anew: it may be cut off.",
        cause,
      });
    }
  }
}

function* unpacked(name: string, bytes: Uint8Array): Generator<RawFile> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    yield {
      name: name.replace(/\.gz$/, ""),
      bytes: gunzipSync(bytes, { maxOutputLength: MAX_BYTES }),
    };
  } else if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    let total = 0;
    const entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        return name.endsWith(".json") && total <= MAX_BYTES;
      },
    });
    for (const [entry, content] of Object.entries(entries)) yield { name: entry, bytes: content };
  } else yield { name, bytes };
}

/** The JSON values of a file; undefined for those that are none. */
function* valuesOf(name: string, bytes: Uint8Array): Generator<unknown> {
  const text = new TextDecoder().decode(bytes);
  if (!/\.(?:ndjson|jsonl)$/.test(name)) {
    const whole = parseJson(text);
    if (whole !== undefined) {
      yield* Array.isArray(whole) ? whole : [whole];
      return;
    }
  }
  for (const line of text.split("\n")) if (line.trim() !== "") yield parseJson(line);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
