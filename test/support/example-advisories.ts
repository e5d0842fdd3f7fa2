import type { AdvisorySource } from "../../src/dependencies/index.ts";

/** What the examples of rules know: one flaw of `example-shop` before 2.4.1. */
export const exampleAdvisories: AdvisorySource = {
  name: "the examples",
  ask: async (questions) => ({
    advisories: questions.some(({ name }) => name === "example-shop")
      ? [
          {
            id: "EXAMPLE-2024-1",
            aliases: [],
            summary: "Prices can be changed by anyone",
            url: "https://example.org/EXAMPLE-2024-1",
            vectors: ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N"],
            cwe: [],
            affected: [
              {
                ecosystem: "PyPI",
                name: "example-shop",
                ranges: [
                  [
                    { kind: "introduced", version: "0" },
                    { kind: "fixed", version: "2.4.1" },
                  ],
                ],
                versions: [],
              },
            ],
          },
        ]
      : [],
    unanswered: [],
  }),
};
