import { describe, expect, it } from "vitest";
import { formatOf, manifestFormats } from "../../../src/dependencies/manifests/index.ts";
import { manifestOf, places, rows } from "./rows.ts";
import { samples } from "./samples.ts";

const all = Object.entries(samples);

describe("each format", () => {
  it("has a sample", () => {
    expect(Object.keys(samples).sort()).toEqual(manifestFormats.map(({ id }) => id).sort());
  });

  it.each(all)("is known by its path: %s", (id, { path }) => {
    expect(formatOf(path)?.id).toBe(id);
    expect(formatOf(`some/folder.d/${path}`)?.id ?? id).toBe(id);
    expect(formatOf(`${path}~`)?.id).not.toBe(id);
  });

  it.each(all)("gives its packages: %s", (_, { path, text, files, rows: expected }) => {
    expect(rows(path, text, files)).toEqual(expected);
  });

  it.each(all)(
    "is read with Windows' line ends: %s",
    (_, { path, text, files, rows: expected }) => {
      const crlf = text.replaceAll("\n", "\r\n");
      expect(rows(path, crlf, files)).toEqual(expected);
      expect(
        places(path, crlf, files).map(({ lines, name, version }) => [lines, name, version]),
      ).toEqual(
        places(path, text, files).map(({ lines, name, version }) => [lines, name, version]),
      );
    },
  );

  it.each(all)("is read with a byte order mark: %s", (_, { path, text, files, rows: expected }) => {
    expect(rows(path, `\ufeff${text}`, files)).toEqual(expected);
  });

  it.each(all)(
    "is read without a line end at its end: %s",
    (_, { path, text, files, rows: expected }) => {
      expect(rows(path, text.trimEnd(), files)).toEqual(expected);
    },
  );

  it.each(all)("finds nothing in an empty file: %s", (_, { path }) => {
    for (const text of ["", "\n", "\ufeff", " \r\n\r\n"])
      expect(manifestOf(path, text)).toMatchObject({ packages: [], problems: [] });
  });

  it.each(all)("reads what stands before a break: %s", (_, { path, text, files }) => {
    const whole = new Set(rows(path, text, files).map((row) => row.split(" ", 1)[0]));
    const half = text.slice(0, text.length / 2);
    const found = rows(path, half, files).map((row) => row.split(" ", 1)[0] ?? "");
    // The last name may be cut in two.
    for (const name of found.slice(0, -1)) expect(whole).toContain(name);
  });

  it.each(all)("keeps places within the file: %s", (_, { path, text, files }) => {
    const lines = text.split("\n");
    for (const one of manifestOf(path, text, files).packages) {
      const { region } = one.location;
      expect(one.location.path).toBe(path);
      expect(region.startLine).toBeLessThanOrEqual(region.endLine);
      expect(region.endColumn).toBeLessThanOrEqual((lines[region.endLine - 1] ?? "").length);
      const inner = one.nameRegion ?? region;
      expect(inner.startLine).toBeGreaterThanOrEqual(region.startLine);
      expect(inner.endLine).toBeLessThanOrEqual(region.endLine);
    }
    for (const { entry } of places(path, text, files)) expect(entry).not.toBe("");
  });

  it.each(all)("replaces a version where it says so: %s", (_, { path, text, files }) => {
    const found = manifestOf(path, text, files).packages;
    for (const [index, { version }] of places(path, text, files).entries())
      if (version !== "") expect(version).toBe(found[index]?.version);
  });
});
