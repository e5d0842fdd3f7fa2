/**
 * The exports of OSV.dev (https://google.github.io/osv.dev/data/#data-dumps): an archive of all records of one ecosystem. What is kept
 * is what look-ups need, so that it loads in a moment: no details, and no versions that the ranges hold anyway.
 */
import { unzipSync } from "fflate";
import { PortcullisError } from "../core/errors.ts";
import {
  type Advisory,
  type Ecosystem,
  ecosystems,
  versionsBesideRanges,
} from "../dependencies/index.ts";
import { readRecord } from "./osv-record.ts";

/** The ecosystems that have an export and versions that we can compare. */
export const exportedEcosystems: readonly Ecosystem[] = ecosystems.filter(
  (one) => one !== "Docker",
);

const BASE_URL = "https://osv-vulnerabilities.storage.googleapis.com";
const MAX_ARCHIVE = 1_000_000_000;
const TIMEOUT = 10 * 60_000;

/** Lines of JSON for a file that `readCollection` reads, how many, and the day of the newest record. Throws `PortcullisError`. */
export async function downloadExport(
  ecosystem: Ecosystem,
  baseUrl = BASE_URL,
): Promise<{ readonly lines: string; readonly count: number; readonly date?: string }> {
  const archive = await download(`${baseUrl}/${encodeURIComponent(ecosystem)}/all.zip`);
  const lines: string[] = [];
  let newest = "";
  for (const bytes of Object.values(unpack(archive))) {
    const record = readRecord(parseJson(new TextDecoder().decode(bytes)));
    if (record === undefined || record.advisory.withdrawn !== undefined) continue;
    const { modified } = record;
    if (modified !== undefined && modified > newest) newest = modified;
    lines.push(...compact(record.advisory, modified, ecosystem));
  }
  const date = /^\d{4}-\d\d-\d\d/.exec(newest)?.[0];
  return {
    lines: lines.map((line) => `${line}\n`).join(""),
    count: lines.length,
    ...(date !== undefined && { date }),
  };
}

async function download(url: string): Promise<Uint8Array> {
  const hint =
    "Check the network, or fetch the archive in another way and name it after --advisories.";
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (response.ok && Number(response.headers.get("content-length") ?? 0) <= MAX_ARCHIVE)
      return new Uint8Array(await response.arrayBuffer());
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new PortcullisError(`${url}: the advisories cannot be fetched`, { hint, cause });
  }
}

function unpack(archive: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, { filter: ({ name }) => name.endsWith(".json") });
  } catch (cause) {
    throw new PortcullisError("the archive of advisories is broken", {
      hint: "Try again: it may have been cut off on the way.",
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line for each package of a record. */
function compact(advisory: Advisory, modified: string | undefined, ecosystem: Ecosystem): string[] {
  const { id, aliases, summary, vectors, published, severity, cwe, epss, exploited } = advisory;
  return advisory.affected
    .filter((one) => one.ecosystem === ecosystem)
    .map((one) =>
      JSON.stringify({
        id,
        ecosystem,
        package: one.name,
        aliases,
        summary,
        published,
        modified,
        ranges: one.ranges.map((events) =>
          events.map(({ kind, version }) => ({ [kind]: version })),
        ),
        versions: versionsBesideRanges(one),
        severity: vectors.map((score) => ({ type: "CVSS", score })),
        database_specific: {
          severity,
          cwe_ids: cwe.map((number) => `CWE-${number}`),
          epss,
          known_exploited: exploited,
        },
      }),
    );
}
