import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import {
  advisoryPages,
  downloadExport,
  exportedEcosystems,
  fileAdvisories,
  githubAdvisories,
  osvAdvisories,
} from "../advisories/index.ts";
import type { Config } from "../core/config.ts";
import { ConfigError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import { createLog } from "./log.ts";

/**
 * Where advisories come from: what the command line says, or else the configuration. With neither it is GitHub where a token is set
 * (`GITHUB_TOKEN`, `GH_TOKEN`), what `portcullis advisories pull` has stored where it has, and else nobody. Throws `ConfigError`
 * where there is nothing at a path.
 */
export function advisorySource(
  asked: string | undefined,
  config: Config,
): AdvisorySource | undefined {
  const token = process.env["GITHUB_TOKEN"] ?? process.env["GH_TOKEN"] ?? "";
  const choice = asked ?? config.advisories ?? (token !== "" ? "github" : undefined);
  switch (choice) {
    case "off":
      return undefined;
    case undefined:
      return existsSync(storedFolder()) ? fileAdvisories(storedFolder()) : undefined;
    case "github":
      return githubAdvisories(
        advisoryPages({
          baseUrl: process.env["GITHUB_API_URL"] ?? "https://api.github.com",
          ...(token !== "" && { token }),
        }),
      );
    case "osv":
      return osvAdvisories(osvAddress());
    default:
      return fileAdvisories(choice);
  }
}

/** Another address of the service, for mirrors. */
function osvAddress(): { readonly baseUrl?: string } {
  const baseUrl = process.env["PORTCULLIS_OSV_URL"];
  return baseUrl === undefined || baseUrl === "" ? {} : { baseUrl: baseUrl.replace(/\/$/, "") };
}

/** Where exports are kept, one file for each ecosystem (XDG base directories). */
function storedFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"];
  return join(
    cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache"),
    "portcullis",
    "advisories",
  );
}

/** `portcullis advisories pull`: fetches what OSV.dev publishes, for look-ups without a network. */
export function addAdvisories(program: Command, done: (status: number) => void): void {
  program
    .command("advisories")
    .summary("fetch advisories for look-ups without a network")
    .description(
      "Keeps advisories on this machine, so that dependencies can be checked without a network.",
    )
    .command("pull")
    .summary("fetch all advisories of some ecosystems")
    .description(
      "Fetches all advisories that OSV.dev has of some ecosystems. `review`, `scan` and `deps` use them where no other source is named.",
    )
    .argument("[ecosystem...]", `of ${exportedEcosystems.join(", ")}`, ["PyPI"])
    .option("--verbose", "log what is done to standard error", false)
    .action(async (ecosystems: readonly string[], options: { readonly verbose: boolean }) => {
      await pull(ecosystems, options.verbose);
      done(0);
    });
}

async function pull(names: readonly string[], verbose: boolean): Promise<void> {
  const log = await createLog(verbose);
  const wanted = names.map((name) => {
    const found = exportedEcosystems.find((one) => one.toLowerCase() === name.toLowerCase());
    if (found === undefined)
      throw new ConfigError(
        `there are no advisories for "${name}".${didYouMean(name, exportedEcosystems)}`,
        {
          hint: "Name one or more of the ecosystems.",
        },
      );
    return found;
  });
  for (const ecosystem of wanted) {
    const { lines, count, date } = await downloadExport(
      ecosystem,
      process.env["PORTCULLIS_OSV_EXPORT_URL"],
    );
    const path = join(storedFolder(), `${ecosystem.replaceAll(" ", "-")}.ndjson.gz`);
    mkdirSync(dirname(path), { recursive: true });
    // Whoever reads at the same time sees the old file or the new one.
    writeFileSync(`${path}.new`, gzipSync(lines));
    renameSync(`${path}.new`, path);
    log.debug({ ecosystem, count, path }, "stored");
    process.stdout.write(
      `${ecosystem}: ${count} advisories, the newest of ${date ?? "an unknown day"}, in ${path}\n`,
    );
  }
}
