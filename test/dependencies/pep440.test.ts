// What pypa/packaging's own tests say of versions and specifiers, as facts: `pep440-vectors.json`.
import { describe, expect, it } from "vitest";
import {
  compareVersions,
  intersect,
  isWithin,
  satisfies,
  schemeOf,
} from "../../src/dependencies/versions/index.ts";
import vectors from "./pep440-vectors.json" with { type: "json" };

const pypi = schemeOf("PyPI");

function version(text: string) {
  const parsed = pypi.parse(text);
  if (parsed === undefined) throw new Error(`not a version: ${text}`);
  return parsed;
}

function range(text: string) {
  const set = pypi.range(text);
  if (set === undefined) throw new Error(`not a range: ${text}`);
  return set;
}

describe("PEP 440", () => {
  it("orders versions", () => {
    const wrong: string[] = [];
    for (const [i, a] of vectors.ordered.entries()) {
      for (const [j, b] of vectors.ordered.entries()) {
        if (Math.sign(compareVersions(version(a), version(b))) !== Math.sign(i - j))
          wrong.push(`${a} and ${b}`);
      }
    }
    expect(vectors.ordered.length).toBeGreaterThan(90);
    expect(wrong).toEqual([]);
  });

  it.each(vectors.equal)("reads %j as %s", (written, normalised) => {
    expect(compareVersions(version(String(written)), version(String(normalised)))).toBe(0);
  });

  it.each(vectors.notVersions)("does not read %j", (text) => {
    expect(pypi.parse(text)).toBeUndefined();
  });

  it.each(vectors.prereleases)("knows whether %s is a pre-release", (text, expected) => {
    expect(version(String(text)).isPrerelease).toBe(expected);
  });

  it.each(vectors.releases)("knows the release numbers of %s", (text, expected) => {
    expect(version(String(text)).release).toEqual(expected);
  });

  it("reads specifiers", () => {
    expect(vectors.specifiers.filter((text) => pypi.range(text) === undefined)).toEqual([]);
  });

  it.each(vectors.notSpecifiers)("does not read the specifier %j", (text) => {
    expect(pypi.range(text)).toBeUndefined();
  });

  it.each(vectors.contains)("of %j and %s: %s", (specifier, text, expected, prereleases) => {
    const [written, asked] = [String(text), String(specifier)];
    const isExcluded = prereleases === false && pypi.parse(written)?.isPrerelease === true;
    expect((satisfies("PyPI", written, asked) ?? false) && !isExcluded).toBe(expected);
  });

  it("agrees between a set and a single version", () => {
    // `===` compares texts, and the vectors with a fourth column leave pre-releases out.
    const rows = vectors.contains.filter(
      ([specifier, text, , prereleases]) =>
        !String(specifier).includes("===") &&
        prereleases !== false &&
        pypi.parse(String(text)) !== undefined,
    );
    const wrong = rows.filter(([specifier, text, expected]) => {
      const point = range(`==${String(text)}`);
      return String(text).includes("+") || !String(specifier).includes("+")
        ? isWithin(intersect(point, range(`===${String(text)}`)), range(String(specifier))) !==
            expected
        : false;
    });
    expect(rows.length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  it.each(vectors.subsets)("%j is within %j: %s", (left, right, expected) => {
    expect(isWithin(range(String(left)), range(String(right)))).toBe(expected);
  });

  it.each(vectors.supersets)("%j holds %j: %s", (left, right, expected) => {
    expect(isWithin(range(String(right)), range(String(left)))).toBe(expected);
  });

  it.each(vectors.disjoint)("%j and %j are apart: %s", (left, right, expected) => {
    expect(intersect(range(String(left)), range(String(right))).length === 0).toBe(expected);
  });

  // `===` may name what is no version, which no set holds: then the texts that are named are asked for one by one.
  const namesText = (specifiers: string) => /===\s*[a-z]/i.test(specifiers);
  const namedTexts = (specifiers: string) =>
    specifiers.split(",").flatMap((part) => (part.startsWith("===") ? [part.slice(3)] : []));

  it.each(vectors.unsatisfiable)("%j allows nothing", (text) => {
    if (!namesText(text)) expect(range(text)).toEqual([]);
    else expect(namedTexts(text).map((one) => satisfies("PyPI", one, text))).not.toContain(true);
  });

  it.each(vectors.satisfiable)("%j allows something", (text) => {
    if (!namesText(text)) expect(range(text)).not.toEqual([]);
    else expect(namedTexts(text).map((one) => satisfies("PyPI", one, text))).toContain(true);
  });

  it.each([
    ["1.0+1e5", "1.0+100000", false],
    ["1.0+0x10", "1.0+16", false],
    ["1.12345678901234567890", "1.12345678901234567891", false],
    ["1.0.dev20240101123456789012", "1.0.dev20240101123456789013", false],
    ["1.0a12345678901234567890.post3", "1.0alpha12345678901234567890-3", true],
  ])("tells %s from %s where the library does not", (a, b, same) => {
    expect(compareVersions(version(a), version(b)) === 0).toBe(same);
  });

  it("refuses what is longer than any version", () => {
    expect(pypi.parse(`1.${"0".repeat(300)}`)).toBeUndefined();
    expect(pypi.range(`>=1${",!=2".repeat(1000)}`)).toBeUndefined();
  });
});
