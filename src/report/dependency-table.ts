import colours from "picocolors";
import type { Dependency, Inventory, KnownAdvisory } from "../review/index.ts";
import { visible } from "./escape.ts";
import { howMany } from "./summary.ts";

/** Wider columns would push the others off the screen. */
const MAX_WIDTH = 48;

/** Dependencies for a terminal, those with advisories marked; a licence has a column where some manifest names one. */
export function dependencyTable(
  { dependencies, skipped, notes }: Inventory,
  { colour }: { readonly colour: boolean },
): string {
  const paint = colours.createColors(colour);
  const hasLicences = dependencies.some(({ licence }) => licence !== undefined);
  const rows = dependencies.map((one) => ({
    one,
    cells: [
      one.ecosystem,
      one.name,
      one.version ?? one.range ?? "any",
      one.direct === true ? "direct" : one.direct === false ? "transitive" : "",
      one.scope,
      ...(hasLicences ? [one.licence ?? ""] : []),
      `${one.file}:${one.line}`,
    ].map(visible),
  }));
  const head = [
    "ecosystem",
    "package",
    "version",
    "",
    "scope",
    ...(hasLicences ? ["licence"] : []),
    "place",
  ];
  const widths = head.map((title, column) =>
    Math.min(
      MAX_WIDTH,
      Math.max(title.length, ...rows.map(({ cells }) => (cells[column] ?? "").length)),
    ),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = rows.flatMap(({ one, cells }) => [
    line(cells),
    ...(one.advisories ?? []).map(({ id, severity, fixed, summary, allowed }) => {
      const text = [
        allowed === undefined ? "" : allowedText(allowed),
        severity ?? "unknown severity",
        fixed === undefined ? "no fix" : `fixed in ${fixed}`,
        summary,
      ];
      return `  ${allowed === undefined ? paint.red(id) : id}: ${text
        .filter((part) => part !== "")
        .map(visible)
        .join("; ")}`;
    }),
  ]);
  const more = [
    ...skipped.map(({ path, reason }) => paint.yellow(`${visible(path)}: ${visible(reason)}`)),
    ...notes.map(visible),
    `${countOf(dependencies)}.`,
  ];
  return `${[...(rows.length > 0 ? [paint.bold(line(head)), ...lines, ""] : []), ...more].join("\n")}\n`;
}

function allowedText({ reason, expires }: NonNullable<KnownAdvisory["allowed"]>): string {
  return `allowed${expires === undefined ? "" : ` until ${expires}`} (${reason})`;
}

function countOf(dependencies: readonly Dependency[]): string {
  const hit = dependencies.filter(({ advisories = [] }) => advisories.length > 0).length;
  const allowed = dependencies.filter(
    ({ advisories: [first, ...rest] = [] }) =>
      first !== undefined && [first, ...rest].every((one) => one.allowed !== undefined),
  ).length;
  const open = dependencies.filter(({ advisories }) => advisories === undefined).length;
  const parts = [
    howMany(dependencies.length, "entry").replace(/entrys$/, "entries"),
    `${hit} with advisories${allowed > 0 ? ` (${allowed} allowed)` : ""}`,
    ...(open > 0 ? [`${open} not looked up`] : []),
  ];
  return parts.join(", ");
}
