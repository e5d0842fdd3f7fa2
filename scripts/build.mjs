// @ts-check
// Bundles src/ into dist/: one file per program, which needs nothing but Node (before 20.19 also the package.json that
// is written beside it). A release tag, a container and the action run that file, so nobody who only wants to use
// Portcullis installs packages. Beside the command line lies what V8 compiled of it, which only makes it start sooner.
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { ruleFiles } from "./rule-files.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

const programs = { cli: "src/cli/main.ts", app: "src/app/main.ts", action: "src/action/main.ts" };

// Packages in CommonJS call `require` for Node's own modules; an ES module has none until it makes one.
const banner = `#!/usr/bin/env node
import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`;

/**
 * Puts the rules where `#rules` is imported.
 *
 * @param {readonly object[]} files
 * @returns {esbuild.Plugin}
 */
const inlineRules = (files) => ({
  name: "inline-rules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#rules$/ }, () => ({ path: "rules", namespace: "inline" }));
    onLoad({ filter: /.*/, namespace: "inline" }, () => ({
      // A JSON text loads faster than a literal.
      contents: `export const ruleFiles = JSON.parse(${JSON.stringify(JSON.stringify(files))});`,
    }));
  },
});

/**
 * The rules, read and checked: to do so takes longer than a small review, and a wrong rule is better found here. Throws as
 * `loadRules` does.
 */
async function checkedRules() {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-rules-"));
  try {
    await bundleWith(ruleFiles, { checked: "scripts/checked-rules.ts" }, folder);
    /** @type {typeof import("./checked-rules.ts")} */
    const { checkedRules } = await import(pathToFileURL(join(folder, "checked.js")).href);
    return checkedRules;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Bundles programs into `outdir`, and lists there the licenses of the packages in the bundles. The same sources give the
 * same bytes, wherever the checkout lies.
 *
 * @param {{ readonly outdir?: string, readonly names?: readonly string[] }} [options] `outdir` defaults to dist/, and
 *   `names` to all programs
 * @returns {Promise<void>}
 */
export async function build({ outdir = join(root, "dist"), names = Object.keys(programs) } = {}) {
  const rules = await checkedRules();
  const metafiles = [];
  for (const [name, main] of Object.entries(programs)) {
    if (!names.includes(name)) continue;
    const bundled =
      // The server runs for days, and starts once.
      name === "app"
        ? await bundleWith(rules, { [name]: main }, outdir)
        : await bundleShort(rules, name, main, outdir);
    metafiles.push(bundled.metafile);
    await chmod(join(outdir, `${name}.js`), 0o755);
  }
  // Without it Node tries CommonJS first, which costs time, and before 20.19 it stops there.
  await writeFile(join(outdir, "package.json"), '{ "type": "module" }\n');
  await writeFile(join(outdir, "THIRD_PARTY_LICENSES.txt"), await licenses(metafiles));
}

/**
 * Bundles a program that runs for seconds: as text within start.ts, so that it is still one file.
 *
 * @param {readonly object[]} rules
 * @param {string} name
 * @param {string} main
 * @param {string} outdir
 */
async function bundleShort(rules, name, main, outdir) {
  const { metafile, outputFiles } = await esbuild.build({
    ...bundling(rules),
    entryPoints: [main],
    write: false,
    format: "cjs",
    banner: {},
    define: { "import.meta.url": "programUrl" },
    // A text in which each character is one byte is half as large to V8; comments would bring others, as expressions do.
    charset: "ascii",
    minifyWhitespace: true,
    lineLimit: 120,
  });
  const text = (outputFiles[0]?.text ?? "").replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  await esbuild.build({
    ...bundling(rules),
    entryPoints: { [name]: "src/setup/start.ts" },
    outdir,
    define: { PROGRAM: JSON.stringify(text) },
  });
  if (name === "cli") await compile(rules, `${name}.js`, text, outdir);
  return { metafile };
}

/**
 * Writes what V8 compiles of the command line in a run to `outdir`. Throws where the run fails.
 *
 * @param {readonly object[]} rules
 * @param {string} file name of the bundle
 * @param {string} text
 * @param {string} outdir
 */
async function compile(rules, file, text, outdir) {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-compile-"));
  try {
    await writeFile(join(folder, file), text);
    await bundleWith(rules, { compile: "scripts/compile.ts" }, folder);
    const flags = ["--random-seed=1", "--no-flush-bytecode", "--no-opt"];
    const code = join(outdir, file.replace(/\.js$/, ".code"));
    const args = [...flags, join(folder, "compile.js"), join(folder, file), code];
    execFileSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Bundles sources into `outdir`, with the rules inside.
 *
 * @param {Readonly<Record<string, string>>} entryPoints by the name of the output
 * @param {string} outdir
 */
export async function bundle(entryPoints, outdir) {
  return bundleWith(await checkedRules(), entryPoints, outdir);
}

/**
 * @param {readonly object[]} rules
 * @param {Readonly<Record<string, string>>} entryPoints
 * @param {string} outdir
 */
function bundleWith(rules, entryPoints, outdir) {
  return esbuild.build({ ...bundling(rules), entryPoints, outdir });
}

/**
 * How everything is bundled.
 *
 * @param {readonly object[]} rules
 * @returns {esbuild.BuildOptions & { metafile: true }}
 */
function bundling(rules) {
  return {
    // Makes the paths in the output relative to the checkout.
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    charset: "utf8",
    // Not minified: that starts no faster than we can measure, and makes a stack unreadable.
    minify: false,
    legalComments: "none",
    banner: { js: banner },
    plugins: [inlineRules(rules)],
    // The library for bills of materials takes it along where it is installed; we write no XML.
    external: ["xmlbuilder2"],
    metafile: true,
    logLevel: "warning",
  };
}

/**
 * The license texts of the packages that left at least one byte in a bundle, by name.
 *
 * @param {readonly esbuild.Metafile[]} metafiles
 */
async function licenses(metafiles) {
  /** @type {Set<string>} */
  const folders = new Set();
  for (const output of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const texts = [];
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(
      await readFile(join(root, folder, "package.json"), "utf8"),
    );
    const file = (await readdir(join(root, folder)))
      .sort()
      .find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : await readFile(join(root, folder, file), "utf8");
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.sort().join(`\n${"-".repeat(80)}\n\n`);
}

if (
  process.argv[1] !== undefined &&
  (await realpath(process.argv[1])) === fileURLToPath(import.meta.url)
) {
  const names = process.argv.slice(2);
  await build(names.length === 0 ? {} : { names });
}
