import { statSync } from "node:fs";
import { type Command, Option } from "commander";
import { RevisionError } from "../core/errors.ts";
import { isAtLeast, type Severity, severities } from "../core/finding.ts";
import { cycloneDx, dependencyTable, formats, type Report } from "../report/index.ts";
import { hideInAll, type Inventory, inventory, type ScanRequest, scan } from "../review/index.ts";
import { setUp, withoutSecrets } from "../setup/index.ts";
import { directoryTree } from "../trees/index.ts";
import { advisorySource } from "./advisories.ts";
import { EXIT, wantsColour, write } from "./finish.ts";
import { setupOptions } from "./options.ts";
import { today } from "./today.ts";
import { version } from "./version.ts";

/** How all entries are written down, and how what is wrong with them is. */
const listFormats = ["table", "json", "cyclonedx"] as const;
const reportFormats = ["sarif", "html"] as const;

interface DepsOptions {
  readonly format: (typeof listFormats)[number] | (typeof reportFormats)[number];
  readonly output?: string;
  readonly failOn: Severity | "never";
  readonly config?: string;
  readonly advisories?: string;
}

/** `portcullis deps`: lists what a folder depends on, and what is published about it. */
export function addDeps(program: Command, done: (status: number) => void): void {
  program
    .command("deps")
    .summary("list the dependencies of a folder and their advisories")
    .description(
      "Lists what the dependency files of a folder name, and what is published about it.",
    )
    .argument("[path]", "the folder", ".")
    .addOption(
      new Option(
        "--format <format>",
        "how to write it: table, json and cyclonedx (a bill of materials) list all entries, sarif and html what is wrong with them",
      )
        .choices([...listFormats, ...reportFormats])
        .default("table"),
    )
    .option("--output <file>", "write the list to a file instead of standard output")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 on advisories of this severity or worse")
        .choices([...severities, "never"])
        .default("never"),
    )
    .option(
      "--config <file>",
      "use this configuration instead of the folder's .github/portcullis.yml",
    )
    .option(
      "--advisories <source>",
      "where to look up advisories: github, osv, a file or folder in the OSV format, or off",
    )
    .action(async (path: string, options: DepsOptions) => done(await runDeps(path, options)));
}

async function runDeps(path: string, options: DepsOptions): Promise<number> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RevisionError(`${path} is not a folder`, {
      hint: "Name the folder whose dependencies you want to see.",
    });
  }
  const tree = await directoryTree(path);
  const setup = await setUp(tree, setupOptions({ ...options, profile: "default" }));
  const advisories = advisorySource(options.advisories, setup.config);
  const request = {
    tree,
    rules: setup.rules,
    config: setup.config,
    today: today(),
    ...(advisories !== undefined && { advisories }),
  };
  const list = await inventory(request);
  const asked = reportFormats.find((one) => one === options.format);
  const format = formats.find(({ id }) => id === asked);
  const text =
    format === undefined
      ? await textOf(list, options)
      : format.render(await reportOf({ ...request, failOn: options.failOn }, list));
  write(text, options.output);
  // A list for programs has no place for it, and nothing found must not look like nothing read.
  if (options.format === "json" || options.format === "cyclonedx")
    for (const one of list.skipped)
      process.stderr.write(withoutSecrets(`portcullis: ${one.path}: ${one.reason}\n`));
  const { failOn } = options;
  const isOver = list.dependencies.some(({ advisories: known = [] }) =>
    known.some(
      ({ severity, allowed }) =>
        failOn !== "never" && allowed === undefined && isAtLeast(severity ?? "high", failOn),
    ),
  );
  return isOver ? EXIT.findings : EXIT.clean;
}

async function textOf(list: Inventory, { format, output }: DepsOptions): Promise<string> {
  if (format === "json") return JSON.stringify(list.dependencies, undefined, 2);
  if (format === "cyclonedx") return cycloneDx(list.dependencies, { version });
  return dependencyTable(list, { colour: output === undefined && wantsColour() });
}

/** What the rules about dependencies say of the folder, and nothing else. */
async function reportOf(
  request: ScanRequest & { readonly failOn: Severity | "never" },
  { dependencies }: Inventory,
): Promise<Report> {
  const { failOn, ...rest } = request;
  const rules = request.rules.rules.filter((rule) => rule.kind === "dependency");
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const review = await scan({
    ...rest,
    rules: { ...request.rules, rules, byId },
    inspect: async () => ({
      hits: [],
      skipped: [],
      notes: [],
      binary: [],
      files: new Set(dependencies.map(({ file }) => file)).size,
      surveys: new Set(),
    }),
  });
  // Those rules alone know no secret.
  return {
    review: hideInAll(review, request.rules),
    rules: byId,
    version,
    colour: false,
    failOn,
    command: "scan",
  };
}
