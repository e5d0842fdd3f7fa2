import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { fileAdvisories, readCollection } from "../../src/advisories/index.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { temporaryFolder } from "../support/temporary-folders.ts";

const osv = {
  schema_version: "1.6.0",
  id: "GHSA-aaaa-bbbb-cccc",
  modified: "2024-05-01T10:00:00Z",
  published: "2024-04-01T00:00:00Z",
  aliases: ["CVE-2024-1"],
  summary: "A flaw",
  details: "Much more.",
  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" }],
  affected: [
    {
      package: { ecosystem: "PyPI", name: "Flask_Cors", purl: "pkg:pypi/flask-cors" },
      ranges: [
        { type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "5.0.0" }] },
        { type: "GIT", repo: "https://example.org", events: [{ introduced: "0" }] },
      ],
      versions: ["4.0.1"],
    },
    { package: { ecosystem: "Debian:12", name: "flask-cors" }, ranges: [] },
  ],
  database_specific: { severity: "HIGH", cwe_ids: ["CWE-284", "nonsense"] },
};
const compact = {
  id: "PYSEC-2024-1",
  package: "shop",
  ranges: [[{ introduced: "1" }, { fixed: "2" }]],
  summary: "Another",
  modified: "2023-01-01T00:00:00Z",
};

const base = await temporaryFolder();

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(base, "one-")), name);
  writeFileSync(path, content);
  return path;
}

const lines = `${JSON.stringify(osv)}\n${JSON.stringify(compact)}\n`;

describe("readCollection", () => {
  it.each([
    ["one record", "one.json", JSON.stringify(osv), 1],
    ["a list", "all.json", JSON.stringify([osv, compact]), 2],
    ["lines", "all.ndjson", lines, 2],
    ["packed lines", "all.ndjson.gz", gzipSync(lines), 2],
    [
      "an archive",
      "all.zip",
      zipSync({ "a.json": Buffer.from(JSON.stringify(osv)), "b.txt": Buffer.from("no") }),
      1,
    ],
  ])("reads %s", (_name, file, content, count) => {
    const collection = readCollection(fileOf(file, content));
    expect(collection.advisories).toHaveLength(count);
    expect(collection.date).toBe("2024-05-01");
    expect(collection.unread).toBe(0);
  });

  it("reads a folder, and all that is below it", () => {
    const folder = mkdtempSync(join(base, "all-"));
    mkdirSync(join(folder, "2024"));
    writeFileSync(join(folder, "2024", "one.json"), JSON.stringify(osv));
    writeFileSync(join(folder, "more.ndjson"), JSON.stringify(compact));
    writeFileSync(join(folder, "README.md"), "# Advisories");
    expect(
      readCollection(folder)
        .advisories.map(({ id }) => id)
        .sort(),
    ).toEqual(["GHSA-aaaa-bbbb-cccc", "PYSEC-2024-1"]);
  });

  it("keeps what is needed of a record, in our own words", () => {
    expect(readCollection(fileOf("one.json", JSON.stringify(osv))).advisories[0]).toEqual({
      id: "GHSA-aaaa-bbbb-cccc",
      aliases: ["CVE-2024-1"],
      summary: "A flaw",
      url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
      published: "2024-04-01T00:00:00Z",
      vectors: ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"],
      severity: "high",
      cwe: [284],
      affected: [
        {
          ecosystem: "PyPI",
          name: "flask-cors",
          ranges: [
            [
              { kind: "introduced", version: "0" },
              { kind: "fixed", version: "5.0.0" },
            ],
          ],
          versions: ["4.0.1"],
        },
      ],
    });
  });

  it("counts records that cannot be read, and reads the others", () => {
    const collection = readCollection(fileOf("all.ndjson", `${lines}{"id": 3}\n`));
    expect(collection.advisories).toHaveLength(2);
    expect(collection.unread).toBe(1);
  });

  it.each([
    ["is missing", () => "/no/such/folder"],
    ["holds no record", () => fileOf("x.json", "{}")],
    ["is no JSON", () => fileOf("x.json", "<html>")],
    ["is cut off", () => fileOf("x.ndjson.gz", gzipSync(lines).subarray(0, 40))],
    [
      "is an archive that is cut off",
      () => fileOf("x.zip", zipSync({ "a.json": Buffer.from(lines) }).subarray(0, 60)),
    ],
  ])("says what to do when a file %s", (_name, path) => {
    expect(() => readCollection(path())).toThrow(ConfigError);
  });
});

describe("fileAdvisories", () => {
  const source = fileAdvisories(fileOf("snapshot.ndjson", lines));

  it("names itself with its date, once it was read", async () => {
    expect(source.name).toBe("snapshot.ndjson");
    await source.ask([]);
    expect(source.name).toBe("snapshot.ndjson of 2024-05-01");
  });

  it("gives all advisories of a package, by any spelling of its name", async () => {
    const answer = await source.ask([{ ecosystem: "PyPI", name: "flask-cors", version: "9" }]);
    expect(answer.advisories.map(({ id }) => id)).toEqual(["GHSA-aaaa-bbbb-cccc"]);
    expect(answer.unanswered).toEqual([]);
  });

  it("says of an ecosystem that it holds nothing of that it was not asked", async () => {
    const question = { ecosystem: "npm", name: "lodash", version: "1.0.0" } as const;
    const answer = await source.ask([question]);
    expect(answer.unanswered).toEqual([
      { questions: [question], reason: "it has no advisories for npm" },
    ]);
  });
});
