// @ts-check
// `npm run docs`: writes everything that generated-files.ts makes, and removes the pages of rules that are gone.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "./build.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

const folder = await mkdtemp(join(tmpdir(), "portcullis-docs-"));
try {
  // Node 20 does not run TypeScript.
  await bundle({ generated: "scripts/generated-files.ts" }, folder);
  /** @type {typeof import("./generated-files.ts")} */
  const { generatedFiles, PAGES_FOLDER } = await import(
    pathToFileURL(join(folder, "generated.js")).href
  );
  const files = generatedFiles(await readFile(join(root, "README.md"), "utf8"));
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const name of await readdir(join(root, PAGES_FOLDER), { recursive: true })) {
    const path = `${PAGES_FOLDER}/${name.split(sep).join("/")}`;
    if (path.endsWith(".md") && !files.has(path)) await rm(join(root, path));
  }
} finally {
  await rm(folder, { recursive: true });
}
