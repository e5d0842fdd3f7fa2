/**
 * Which version of a framework a project runs, read from its dependency files without resolving them: a lock file knows it,
 * a range allows the newest series in it. That is what decides the defaults of settings that are not set.
 */
import * as z from "zod";
import type { Models } from "../core/models.ts";
import { pathsThat } from "../core/source-tree.ts";
import type { Project } from "./analyzer.ts";

/** `4.2`: the first two numbers of a version. */
export const Series = z.string().regex(/^\d+\.\d+$/, "must be a series such as 4.2");

type Facts = Models["settings"][number];

/** Files that may name a version, those that know it exactly first. Files for tests and documentation decide nothing. */
const FILES: readonly RegExp[] = [
  /(?:^|\/)(?:poetry|uv|pdm|Pipfile)\.lock$/,
  /(?:^|\/)(?:(?:requirements|constraints)[^/]*|requirements\/[^/]+)\.txt$/,
  /(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg|Pipfile)$/,
  /(?:^|\/)(?:requirements[^/]*|requirements\/[^/]+)\.in$/,
];
const BESIDE_THE_POINT = /(?:^|[/_.-])(?:tests?|docs?|examples?|node_modules)(?=[/_.-])/i;
/** More dependency files than this do not belong to one project. */
const MAX_FILES = 12;
const MAX_CHARACTERS = 2_000_000;

/** True for files after whose change `frameworkVersion` may say something else. */
export function mayNameVersion(path: string): boolean {
  return FILES.some((pattern) => pattern.test(path)) && !BESIDE_THE_POINT.test(path);
}

/** The series of the framework that the project runs, such as `4.2`; undefined where its files do not say. */
export function frameworkVersion(project: Project, facts: Facts): string | undefined {
  const { package: name, series } = facts;
  if (name === undefined) return undefined;
  for (const pattern of FILES) {
    const paths = pathsThat(project.paths, mayNameVersion).filter((path) => pattern.test(path));
    // The file nearest to the root speaks for the project.
    paths.sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1));
    for (const path of paths.slice(0, MAX_FILES)) {
      const text = project.read(path);
      if (text === undefined || text.length > MAX_CHARACTERS) continue;
      const constraint = constraintOn(name, text);
      const newest = constraint && series.findLast((one) => allows(constraint, one));
      if (newest !== undefined) return newest;
    }
  }
  return undefined;
}

/** All that settings take from such files: of each framework the series, and whether the project uses it at all. */
export function factOfVersions(project: Project, { settings }: Models): string {
  const facts = settings.map((one) => [
    frameworkVersion(project, one),
    one.package !== undefined && isUnused(project, one.package),
  ]);
  return JSON.stringify(facts);
}

/** True when the project has files that say what it depends on, and none of them names the package. */
export function isUnused(project: Project, name: string): boolean {
  const texts = versionFiles(project.paths)
    .map((path) => project.read(path))
    // The files of tools and of packaging may say nothing about dependencies.
    .filter(
      (text) =>
        text === undefined || /dependencies|requires|[\w\]"'][ "']*[=~><]=|^[\w-]+$/m.test(text),
    );
  const word = new RegExp(`\\b${name}\\b`, "i");
  return texts.length > 0 && !texts.some((text) => text === undefined || word.test(text));
}

/** The files that may name a version, those nearest to the root. */
export function versionFiles(paths: ReadonlySet<string>): string[] {
  return [...pathsThat(paths, mayNameVersion)]
    .sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1))
    .slice(0, MAX_FILES);
}

/** What a dependency file says of one package: `==4.2.1`, `>=4.2,<5`, `^4.2`; undefined when it says nothing of a version. */
function constraintOn(name: string, text: string): string | undefined {
  const forms = [
    // Lock files in TOML and JSON.
    `^name\\s*=\\s*["']${name}["'] *\\r?\\nversion\\s*=\\s*["']([\\d.]+)`,
    `"${name}"\\s{0,9}:\\s{0,9}\\{[^}]{0,2000}?"version"\\s{0,9}:\\s{0,9}"(==[\\d.]+)`,
    // `django = "^4.2"`, `django = {version = "~=4.2"}`.
    `^["']?${name}["']? *= *(?:\\{[^}\\n]{0,300}?version *= *)?["']([^"'\\n]{0,100})["']`,
    // `Django[argon2]>=4.2,<5`, alone or in quotes.
    `(?:^|["'])[ \\t]{0,40}${name} {0,9}(?:\\[[^\\]\\n]{0,100}\\])? {0,9}\\(?((?:[=<>!~]=?=? {0,9}[\\d.*]{1,40}\\w{0,9}\\s{0,9},? {0,9}){1,9})`,
  ];
  const code = text.replace(/^[ \t]*#.*$/gm, "");
  for (const form of forms) {
    const found = new RegExp(form, "im").exec(code)?.[1];
    if (found !== undefined && /\d/.test(found)) return found;
  }
  return undefined;
}

/** True when a release of a series, the newest of it, can satisfy the constraint; only the first two numbers count. */
function allows(constraint: string, series: string): boolean {
  return constraint.split(",").every((part) => {
    const [, operator = "==", written = ""] = /^\s*([=<>!~^]*)\s*v?([\d.]+)/.exec(part) ?? [];
    if (written === "") return true;
    const numbers = written
      .split(".")
      .filter((one) => one !== "")
      .map(Number);
    const order = compareSeries(series, numbers);
    const sameMajor = Number(series.split(".")[0]) === numbers[0];
    switch (operator) {
      case ">":
      case ">=":
        return order >= 0;
      case "<":
        // `<4.2.5` lets 4.2.4 in, `<4.2` and `<4.2.0` do not.
        return order < 0 || (order === 0 && (numbers[2] ?? 0) > 0);
      case "<=":
        return order <= 0;
      case "^":
        return order >= 0 && sameMajor;
      case "~=":
        return order >= 0 && (numbers.length > 2 ? order === 0 : sameMajor);
      case "~":
        return numbers.length > 1 ? order === 0 : sameMajor;
      case "!=":
        return true;
      default:
        return numbers.length > 1 ? order === 0 : sameMajor;
    }
  });
}

/** Negative where the series is older than the version, by its first two numbers. */
export function compareSeries(series: string, version: readonly number[]): number {
  const [major = 0, minor = 0] = series.split(".").map(Number);
  return major - (version[0] ?? 0) || minor - (version[1] ?? 0);
}
