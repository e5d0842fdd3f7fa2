/** A ref without a bundle, and a runner that has its packages from an earlier job. */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { root } from "./runner.ts";

/** What this ref has in git, as the runner fetches it: no packages, no bundle. */
export async function plainCheckout(): Promise<string> {
  const folder = await temporaryFolder();
  const names = await git(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  const wanted = names
    .split("\0")
    .filter((name) => /^(?:src|rules|scripts)\/|^[^/]+$/.test(name) && name !== "");
  for (const name of wanted) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await copyFile(join(root, name), join(folder, name)).catch(() => undefined);
  }
  return folder;
}

/** As scripts/action-program.sh names the folder of the packages. */
async function checksum(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(root, "package-lock.json")));
  return `${hash.digest("hex").slice(0, 16)}-${process.platform}-${process.arch}`;
}

/** The environment of a runner that has installed the packages before, and has no registry to ask; and where they are. */
export async function installed() {
  const cache = await temporaryFolder();
  const packages = join(cache, "portcullis", await checksum());
  await mkdir(packages, { recursive: true });
  await symlink(join(root, "node_modules"), join(packages, "node_modules"));
  const environment = { RUNNER_TOOL_CACHE: cache, npm_config_registry: "http://127.0.0.1:9" };
  return { environment, packages };
}
