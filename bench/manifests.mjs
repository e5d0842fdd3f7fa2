// @ts-check
// Reads the dependency files that other projects keep as test data, and compares what is found in each with what their tests
// expect. A difference that is not explained beside the comparison fails the run.
//
//   node bench/manifests.mjs --scalibr DIR --renovate DIR --pip-audit DIR    checkouts of google/osv-scalibr,
//                                                                            renovatebot/renovate and pypa/pip-audit
//   node bench/manifests.mjs --speed                                         reads locks of 20,000 packages, and compares
//                                                                            them with advisories for every tenth
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { compareWithPipAudit } from "./manifests-pip-audit.mjs";
import { compareWithRenovate } from "./manifests-renovate.mjs";
import { compareWithScalibr } from "./manifests-scalibr.mjs";

const { values } = parseArgs({
  options: {
    scalibr: { type: "string" },
    renovate: { type: "string" },
    "pip-audit": { type: "string" },
    speed: { type: "boolean", default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), "portcullis-manifests-"));
try {
  const outfile = join(folder, "manifests.mjs");
  await build({
    stdin: {
      contents: 'export * from "./manifests/index.ts"; export * from "./index.ts";',
      resolveDir: fileURLToPath(new URL("../src/dependencies", import.meta.url)),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "error",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const manifests = await import(pathToFileURL(outfile).href);
  if (values.speed) timeLocks(manifests);
  let open = 0;
  if (values.scalibr !== undefined) open += compareWithScalibr(manifests, values.scalibr);
  if (values.renovate !== undefined) open += compareWithRenovate(manifests, values.renovate);
  if (values["pip-audit"] !== undefined)
    open += compareWithPipAudit(manifests, values["pip-audit"]);
  process.exitCode = open === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Reads locks of 20,000 packages that look like real ones, with hashes and what each asks for, and finds what affects them.
 *
 * @param {any} manifests
 */
function timeLocks(manifests) {
  const count = 20_000;
  const hash = "0123456789abcdef".repeat(4);
  const each = (/** @type {(index: number) => string} */ block) =>
    Array.from({ length: count }, (_, index) => block(index)).join("");
  const next = (/** @type {number} */ index) => (index * 7 + 1) % count;
  /** @type {Record<string, string>} */
  const locks = {
    "uv.lock": `version = 1\n\n${each(
      (index) =>
        `[[package]]\nname = "package-${index}"\nversion = "1.${index}.0"\nsource = { registry = "https://pypi.org/simple" }\ndependencies = [\n    { name = "package-${next(index)}" },\n    { name = "package-${next(next(index))}", marker = "python_full_version < '3.12'" },\n]\nsdist = { url = "https://files.pythonhosted.org/packages/7f/f0/package-${index}.tar.gz", hash = "sha256:${hash}", size = 73128, upload-time = "2025-02-03T07:30:16.235Z" }\nwheels = [\n    { url = "https://files.pythonhosted.org/packages/7f/f0/package-${index}-py3-none-any.whl", hash = "sha256:${hash}", size = 73128 },\n]\n\n`,
    )}`,
    "poetry.lock": each(
      (index) =>
        `[[package]]\nname = "package-${index}"\nversion = "1.${index}.0"\ndescription = "A package"\noptional = false\npython-versions = ">=3.8"\nfiles = [\n    {file = "package-${index}.whl", hash = "sha256:${hash}"},\n    {file = "package-${index}.tar.gz", hash = "sha256:${hash}"},\n]\n\n[package.dependencies]\npackage-${next(index)} = ">=1.0"\n\n`,
    ),
    "Pipfile.lock": `{"_meta": {}, "default": {\n${each(
      (index) =>
        `"package-${index}": {\n  "hashes": [\n    "sha256:${hash}",\n    "sha256:${hash}"\n  ],\n  "markers": "python_version >= '3.8'",\n  "version": "==1.${index}.0"\n},\n`,
    )}"end": {"version": "==1"}}}`,
    "requirements.txt": each(
      (index) =>
        `package-${index}==1.${index}.0 \\\n    --hash=sha256:${hash} \\\n    --hash=sha256:${hash}\n    # via package-${next(index)}\n`,
    ),
    "package-lock.json": `{"lockfileVersion": 3, "packages": {\n${each(
      (index) =>
        `"node_modules/package-${index}": {\n  "version": "1.${index}.0",\n  "resolved": "https://packages.example/package-${index}/-/package-${index}.tgz",\n  "integrity": "sha512-${hash}",\n  "dependencies": {"package-${next(index)}": "^1.0.0"},\n  "engines": {"node": ">=12"}\n},\n`,
    )}"node_modules/end": {"version": "1.0.0"}}}`,
    "yarn.lock": each(
      (index) =>
        `package-${index}@^1.0.0:\n  version "1.${index}.0"\n  resolved "https://packages.example/package-${index}/-/package-${index}.tgz#${hash}"\n  integrity sha512-${hash}\n  dependencies:\n    package-${next(index)} "^1.0.0"\n\n`,
    ),
    "pnpm-lock.yaml": `lockfileVersion: '9.0'\n\npackages:\n\n${each(
      (index) =>
        `  package-${index}@1.${index}.0:\n    resolution: {integrity: sha512-${hash}}\n    engines: {node: '>=12'}\n\n`,
    )}snapshots:\n\n${each(
      (index) =>
        `  package-${index}@1.${index}.0:\n    dependencies:\n      package-${next(index)}: 1.${next(index)}.0\n\n`,
    )}`,
  };
  const advisories = ["PyPI", "npm"].flatMap((ecosystem) =>
    Array.from({ length: count / 10 }, (_, index) => advisoryOf(ecosystem, index * 10)),
  );
  for (const [path, text] of Object.entries(locks)) {
    const context = { read: () => text };
    const rounds = [1, 2, 3].map(() => {
      const index = new manifests.AdvisoryIndex(advisories);
      const start = process.cpuUsage();
      const files = manifests.readManifests([path], context);
      const read = spentSince(start);
      const [file] = files;
      const found = manifests.vulnerableEntries(file, manifests.lockedIn(files), index);
      if (file.manifest.packages.length < count || found.length !== count / 10)
        throw new Error(`${path}: ${file.manifest.packages.length} packages, ${found.length} hit`);
      return { read, all: spentSince(start) };
    });
    const { read, all } = rounds.sort((a, b) => a.all - b.all)[1] ?? { read: 0, all: 0 };
    const columns = [`${(text.length / 1e6).toFixed(1)} MB`, ...[read, all].map(milliseconds)];
    process.stdout.write(`${path.padEnd(18)}${columns.map((one) => one.padStart(10)).join("")}\n`);
  }
}

/**
 * Milliseconds of the processor: other programs on the machine do not count.
 *
 * @param {NodeJS.CpuUsage} start
 */
function spentSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** @param {number} time */
function milliseconds(time) {
  return `${time.toFixed(0)} ms`;
}

/**
 * @param {string} ecosystem
 * @param {number} number
 */
function advisoryOf(ecosystem, number) {
  const range = [
    { kind: "introduced", version: "0" },
    { kind: "fixed", version: `1.${number + 1}.0` },
  ];
  return {
    id: `EXAMPLE-${ecosystem}-${number}`,
    aliases: [],
    summary: "",
    url: "https://example.org",
    vectors: [],
    cwe: [],
    affected: [{ ecosystem, name: `package-${number}`, ranges: [range], versions: [] }],
  };
}
