// The bill of materials against the schema that the makers of CycloneDX publish, which their library brings along.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, it } from "vitest";
import type { AdvisoryFact } from "../../src/core/finding.ts";
import { cycloneDx } from "../../src/report/cyclonedx.ts";
import type { Dependency } from "../../src/review/index.ts";

const require = createRequire(import.meta.url);

/** What is wrong with a document by the schema of CycloneDX 1.6, which allows nothing that it does not name. */
let flawsOf: (document: unknown) => readonly string[];

const isAddress = (text: string) => !/\s/.test(text) && URL.canParse(text, "https://a.example");

beforeAll(() => {
  const folder = join(
    dirname(require.resolve("@cyclonedx/cyclonedx-library/package.json")),
    "res/schema",
  );
  const schema = (name: string) => require(join(folder, `${name}.SNAPSHOT.schema.json`));
  // Named as they name each other.
  const beside = (name: string) => [
    `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
    schema(name),
  ];
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    schemas: Object.fromEntries([beside("jsf-0.82"), beside("spdx")]),
    formats: {
      "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
      "idn-email": /^\S+@\S+$/,
      uri: isAddress,
      "iri-reference": isAddress,
    },
  });
  const validate = ajv.compile(schema("bom-1.6"));
  flawsOf = (document) => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
});

const flaw: AdvisoryFact = {
  id: "GHSA-aaaa-bbbb-cccc",
  aliases: ["CVE-2024-1", "PYSEC-2024-1"],
  summary: "Prices can be changed by anyone",
  url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
  severity: "high",
  fixed: "2.1",
};

function dependency(
  more: Partial<Dependency> & Pick<Dependency, "ecosystem" | "name">,
): Dependency {
  return {
    file: "requirements.txt",
    line: 3,
    kind: "requirement",
    scope: "main",
    source: { kind: "registry" },
    ...more,
  };
}

const rows: readonly Dependency[] = [
  dependency({ ecosystem: "PyPI", name: "shop", version: "2.0", advisories: [flaw] }),
  // The same at another place.
  dependency({ ecosystem: "PyPI", name: "shop", version: "2.0", file: "a b/ü.txt" }),
  dependency({ ecosystem: "PyPI", name: "shop", range: ">=1", advisories: [flaw] }),
  dependency({
    ecosystem: "PyPI",
    name: "bag",
    version: "1!2.0+local",
    advisories: [{ ...flaw, allowed: { reason: "no prices here", expires: "2027-01-01" } }],
  }),
  dependency({
    ecosystem: "PyPI",
    name: "models",
    source: { kind: "vcs", url: "https://example.org/m.git" },
  }),
  dependency({ ecosystem: "npm", name: "@scope/shop", version: "1.0.0", licence: "MIT" }),
  dependency({ ecosystem: "npm", name: "two", version: "1.0.0", licence: "MIT OR Apache-2.0" }),
  dependency({ ecosystem: "npm", name: "odd", version: "1.0.0", licence: "SEE LICENSE IN x" }),
  dependency({ ecosystem: "Go", name: "github.com/a/b", version: "v1.0.0+incompatible" }),
  dependency({ ecosystem: "RubyGems", name: "rails", version: "7.0.0" }),
  dependency({ ecosystem: "crates.io", name: "serde", version: "1.0.0" }),
  dependency({ ecosystem: "Packagist", name: "monolog/monolog", version: "v1.2.3" }),
  dependency({ ecosystem: "GitHub Actions", name: "actions/checkout", version: "v4" }),
  dependency({ ecosystem: "Docker", name: "registry:5000/x/y" }),
  dependency({
    ecosystem: "PyPI",
    name: "unscored",
    version: "1",
    advisories: [{ id: "PYSEC-2024-2", aliases: [], summary: "", url: "https://osv.dev/x" }],
  }),
];

async function billOf(dependencies: readonly Dependency[]): Promise<unknown> {
  return JSON.parse(await cycloneDx(dependencies, { version: "1.0.0" }));
}

describe("a bill of materials", () => {
  it("is what the schema allows", async () => {
    expect(flawsOf(await billOf(rows))).toEqual([]);
  });

  it("is so with nothing in it", async () => {
    expect(flawsOf(await billOf([]))).toEqual([]);
  });

  it("would be refused with what the schema does not know", async () => {
    const bill = await billOf(rows);
    expect(flawsOf(Object.assign({ colour: "red" }, bill))).not.toEqual([]);
    expect(flawsOf(Object.assign({}, bill, { specVersion: 2 }))).not.toEqual([]);
  });

  it("has one component for each package and version, and says of each flaw what it affects", async () => {
    expect(await billOf(rows.slice(0, 4))).toMatchObject({
      components: [
        { purl: "pkg:pypi/bag@1!2.0+local" },
        { purl: "pkg:pypi/shop" },
        {
          purl: "pkg:pypi/shop@2.0",
          properties: [{ value: "a b/ü.txt:3" }, { value: "requirements.txt:3" }],
        },
      ],
      vulnerabilities: [
        {
          id: "GHSA-aaaa-bbbb-cccc",
          ratings: [{ severity: "high" }],
          recommendation: "Move to 2.1.",
          affects: [
            { ref: "pkg:pypi/bag@1!2.0+local" },
            { ref: "pkg:pypi/shop" },
            { ref: "pkg:pypi/shop@2.0" },
          ],
        },
      ],
    });
  });

  it("names licences by their SPDX names where they have one", async () => {
    const bill = await billOf(rows.filter(({ licence }) => licence !== undefined));
    expect(bill).toMatchObject({
      components: [
        { name: "@scope/shop", licenses: [{ license: { id: "MIT" } }] },
        { name: "odd", licenses: [{ license: { name: "SEE LICENSE IN x" } }] },
        { name: "two", licenses: [{ license: { name: "MIT OR Apache-2.0" } }] },
      ],
    });
  });
});
