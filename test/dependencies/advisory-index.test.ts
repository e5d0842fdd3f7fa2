import { describe, expect, it } from "vitest";
import {
  type Advisory,
  AdvisoryIndex,
  baseScore,
  type RangeEvent,
  severityOf,
} from "../../src/dependencies/index.ts";
import { schemeOf } from "../../src/dependencies/versions/index.ts";

const bare = { aliases: [], summary: "", url: "https://example.org", vectors: [], cwe: [] };

/** `>=1 <2` pairs as events: an empty text leaves a side out. */
function record(
  id: string,
  ranges: readonly (readonly [introduced: string, fixed: string])[][],
  more: Partial<Advisory> & { readonly versions?: readonly string[] } = {},
): Advisory {
  const { versions = [], ...rest } = more;
  return {
    ...bare,
    id,
    affected: [
      {
        ecosystem: "PyPI",
        name: "shop",
        ranges: ranges.map((range) =>
          range.flatMap(([introduced, fixed]) => [
            ...(introduced === "" ? [] : [{ kind: "introduced" as const, version: introduced }]),
            ...(fixed === "" ? [] : [{ kind: "fixed" as const, version: fixed }]),
          ]),
        ),
        versions,
      },
    ],
    ...rest,
  };
}

function idsFor(advisories: readonly Advisory[], version: string) {
  const index = new AdvisoryIndex(advisories);
  return index.find("PyPI", "Shop", version).flatMap((hit) => hit.records.map(({ id }) => id));
}

describe("AdvisoryIndex", () => {
  it.each([
    ["before the first affected version", "0.9", []],
    ["the first affected version", "1.0", ["A"]],
    ["another spelling of it", "v1.0.0", ["A"]],
    ["a pre-release of the fix", "1.2rc1", ["A"]],
    ["the fix", "1.2", []],
    ["a local build of an affected version", "1.1+build5", ["A"]],
    ["what is no version", "latest", []],
  ])("judges %s", (_name, version, expected) => {
    expect(idsFor([record("A", [[["1.0", "1.2"]]])], version)).toEqual(expected);
  });

  it("sorts the events of a range", () => {
    const unsorted = record("A", [
      [
        ["2.0", "2.0.6"],
        ["0", "1.26"],
      ],
    ]);
    expect(
      ["1.25", "1.26", "1.99", "2.0.5", "2.0.6"].map((one) => idsFor([unsorted], one).length),
    ).toEqual([1, 0, 0, 1, 0]);
  });

  it("goes on where a flaw ends and begins again at one version", () => {
    const gap = record("A", [
      [
        ["0", "0.13.0"],
        ["0.13.0", "1.0"],
      ],
    ]);
    expect(idsFor([gap], "0.13.0")).toEqual(["A"]);
    const index = new AdvisoryIndex([gap]);
    expect(index.find("PyPI", "shop", "0.12").map(({ fixed }) => fixed)).toEqual(["1.0"]);
    expect(index.wayFrom("PyPI", "shop", "0.12")).toEqual({ fix: "1.0", clean: "1.0" });
  });

  it.each([
    ["a version listed before the first release of a flaw", "4.2rc1", "4.2.4"],
    ["a version listed behind all fixes", "9", undefined],
    ["the last affected branch before one with a fix", "3.2", "4.2.4"],
  ])("knows where to go from %s", (_name, version, expected) => {
    const listed = record("A", [[["4.2", "4.2.3"]]], { versions: ["4.2rc1", "9"] });
    const old: readonly RangeEvent[] = [
      { kind: "introduced", version: "3.0" },
      { kind: "last_affected", version: "3.5" },
    ];
    const affected = listed.affected.map((one) => ({ ...one, ranges: [...one.ranges, old] }));
    const index = new AdvisoryIndex([{ ...listed, affected }, record("B", [[["4.2.3", "4.2.4"]]])]);
    const fixed = expected === undefined ? undefined : "4.2.3";
    expect(index.find("PyPI", "shop", version).map((hit) => hit.fixed)).toEqual([fixed]);
    expect(index.wayFrom("PyPI", "shop", version)).toEqual(
      expected === undefined ? {} : { beside: expected },
    );
  });

  it("takes ranges and listed versions together", () => {
    const listed = record("A", [[["4.2", "4.2.3"]]], { versions: ["4.2rc1", "5.0-n1", "9"] });
    expect(["4.2rc1", "4.2b1", "9.0", "5.0-n1"].map((one) => idsFor([listed], one).length)).toEqual(
      [1, 0, 1, 1],
    );
  });

  it("takes a limit for an end that mends nothing", () => {
    const limited = record("A", []);
    const affected = limited.affected.map((one) => ({
      ...one,
      ranges: [
        [
          { kind: "introduced" as const, version: "0" },
          { kind: "limit" as const, version: "2.0" },
        ],
      ],
    }));
    const index = new AdvisoryIndex([{ ...limited, affected }]);
    const hits = ["1.9", "2.0"].map((version) => index.find("PyPI", "shop", version));
    expect(hits.map((found) => found.map(({ ids, fixed }) => [ids[0], fixed]))).toEqual([
      [["A", undefined]],
      [],
    ]);
  });

  it("says nothing of a range with a bound that is no version, and still knows the listed ones", () => {
    const broken = record("A", [[["0", "2019-09-12"]]], { versions: ["1.0"] });
    expect(idsFor([broken], "0.5")).toEqual([]);
    expect(idsFor([broken], "1.0")).toEqual(["A"]);
  });

  it("counts a last affected version and its local builds, and nothing behind", () => {
    const last: Advisory = {
      ...bare,
      id: "A",
      affected: [
        {
          ecosystem: "PyPI",
          name: "shop",
          ranges: [
            [
              { kind: "last_affected", version: "2.0" },
              { kind: "introduced", version: "0" },
            ],
          ],
          versions: [],
        },
      ],
    };
    expect(["2.0", "2.0+cu1", "2.0.post1", "2.1"].map((one) => idsFor([last], one).length)).toEqual(
      [1, 1, 0, 0],
    );
  });

  it("never reports what was withdrawn", () => {
    expect(
      idsFor([record("A", [[["0", ""]]], { withdrawn: "2024-01-01T00:00:00Z" })], "1"),
    ).toEqual([]);
  });

  it("makes one group of records that share a name, whichever of them applies", () => {
    const index = new AdvisoryIndex([
      record("PYSEC-1", [[["0", "2"]]], { aliases: ["CVE-2024-1"] }),
      record("GHSA-aaaa", [[["0", "3"]]], { aliases: ["CVE-2024-1"] }),
      record("PYSEC-2", [[["0", "2"]]]),
    ]);
    expect(index.find("PyPI", "shop", "1").map((hit) => [hit.ids, hit.fixed])).toEqual([
      [["GHSA-aaaa", "CVE-2024-1", "PYSEC-1"], "3"],
      [["PYSEC-2"], "2"],
    ]);
    expect(index.find("PyPI", "shop", "2.5").map((hit) => hit.ids[0])).toEqual(["GHSA-aaaa"]);
  });

  it("goes from fix to fix until nothing is known of a version", () => {
    const index = new AdvisoryIndex([
      record("A", [[["0", "1.5"]]]),
      record("B", [[["1.4", "1.8"]]]),
      record("C", [[["0", "1.2"]]]),
    ]);
    expect(index.wayFrom("PyPI", "shop", "1.0")).toEqual({ fix: "1.5", clean: "1.8" });
  });

  it("names no clean version where something has no fix", () => {
    const index = new AdvisoryIndex([record("A", [[["0", "1.5"]]]), record("B", [[["0", ""]]])]);
    expect(index.wayFrom("PyPI", "shop", "1.0")).toEqual({ fix: "1.5" });
  });

  it.each([
    ["<2", { clean: "3.1" }],
    [">=1,<1.2", { clean: "3.1" }],
  ])("goes out of a range of affected versions: %s", (range, expected) => {
    const index = new AdvisoryIndex([
      record("A", [[["0", "2.5"]]]),
      record("B", [[["2", "3.1"]]]),
      record("C", [[["0", "1"]]]),
    ]);
    const set = schemeOf("PyPI").range(range) ?? [];
    expect(index.wayFromRange("PyPI", "shop", set)).toEqual(expected);
  });

  it("names a later branch where advisories pass over the one with the fix", () => {
    const passing = ["2024-02", "2024-03", "2024-04"].map((month, number) =>
      record(
        `L${number}`,
        [
          [
            ["3.2", `3.2.${5 + number}`],
            ["4.2", `4.2.${5 + number}`],
            ["5.0", `5.0.${number + 1}`],
          ],
        ],
        {
          published: `${month}-01T00:00:00Z`,
        },
      ),
    );
    const old = record(
      "A",
      [
        [
          ["4.0", "4.1.13"],
          ["4.2", "4.2.2"],
        ],
      ],
      { published: "2023-11-01T00:00:00Z" },
    );
    const way = new AdvisoryIndex([old, ...passing]).wayFrom("PyPI", "shop", "4.0.3");
    expect(way).toEqual({ fix: "4.1.13", clean: "4.1.13", supported: "4.2.7" });
    // Two are no habit yet.
    expect(new AdvisoryIndex([old, ...passing.slice(1)]).wayFrom("PyPI", "shop", "4.0.3")).toEqual({
      fix: "4.1.13",
      clean: "4.1.13",
    });
  });
});

describe("severityOf", () => {
  const high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";

  // Scores of the calculators of first.org.
  it.each([
    [high, 7.5],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3],
    ["AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5],
    ["CVSS:3.1/AV:N", undefined],
    ["CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", undefined],
    ["", undefined],
    ["A".repeat(100_000), undefined],
  ])("scores %s", (vector, expected) => {
    expect(baseScore(vector)).toBe(expected);
  });

  it.each([
    [[high], "low", "high"],
    [[], "low", "low"],
    [["nonsense"], "low", "low"],
    [["CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", high], undefined, "high"],
    [[], undefined, undefined],
  ] as const)("of the vectors %j and the word %s is %s", (vectors, word, expected) => {
    const advisory = record("A", [], { vectors, ...(word !== undefined && { severity: word }) });
    expect(severityOf(advisory)).toBe(expected);
  });
});
