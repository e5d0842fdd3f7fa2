import { describe, expect, it } from "vitest";
import type { Severity } from "../../src/core/finding.ts";
import { toCheck, toTroubleCheck } from "../../src/pull-request/conclusion.ts";
import { dismissButtons } from "../../src/pull-request/dismissal.ts";
import { finding, report } from "../report/samples.ts";

const extras = { remarks: [], annotations: [], buttons: dismissButtons };
const found = (...severities: Severity[]) =>
  report({ new: severities.map((severity) => finding({ severity, fingerprint: severity })) });

describe("a check", () => {
  it.each<[Severity | "never", Severity[], string]>([
    ["high", ["medium", "high"], "failure"],
    ["high", ["critical"], "failure"],
    ["high", ["medium", "low"], "success"],
    ["low", ["low"], "failure"],
    ["critical", ["high"], "success"],
    ["never", ["critical"], "neutral"],
    ["never", [], "success"],
    ["high", [], "success"],
  ])("that fails on %s is, over %j, a %s", (failOn, severities, conclusion) => {
    expect(toCheck({ ...found(...severities), failOn }, extras).conclusion).toBe(conclusion);
  });

  it("annotates each finding on its lines, with its way and how to fix it, after what else there is to say", () => {
    const other = {
      path: "c.yml",
      region: finding().region,
      level: "failure",
      message: "x",
    } as const;
    const check = toCheck(found("critical", "high", "medium", "low"), {
      ...extras,
      annotations: [other],
    });
    expect(check.annotations?.map(({ level }) => level)).toEqual([
      "failure",
      "failure",
      "failure",
      "warning",
      "notice",
    ]);
    expect(check.annotations?.[1]).toMatchObject({
      path: "shop/views.py",
      region: finding().region,
      title: "Raw SQL built from request data (injection/sql-raw-query)",
      message: expect.stringContaining("How to fix: Keep the SQL text constant"),
      details: expect.stringMatching(/^shop\/views\.py:11: .*\nshop\/views\.py:12: /),
    });
  });

  it("has buttons where there is something to dismiss", () => {
    expect(toCheck(found("low"), extras).actions).toEqual(dismissButtons);
    expect(toCheck(found(), extras).actions).toEqual([]);
  });

  it("begins with what there is to say of the run, and stays within what GitHub takes", () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      finding({ fingerprint: `${index}`, path: `${"é".repeat(300)}/${index}.py` }),
    );
    const remarks = Array.from({ length: 20 }, (_, index) => `Remark ${index}, ${"x".repeat(99)}.`);
    const { summary } = toCheck(report({ new: many }), { ...extras, remarks });
    expect(summary.startsWith("> Remark 0, ")).toBe(true);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
    expect(summary).toMatch(/\d+ descriptions left out/);
  });

  it("never fails over our own trouble: a required check must not block a merge because we broke", () => {
    expect(toTroubleCheck("T", "S")).toEqual({ conclusion: "neutral", title: "T", summary: "S" });
  });
});
