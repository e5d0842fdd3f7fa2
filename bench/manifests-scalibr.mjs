// @ts-check
// What osv-scalibr's tests expect of the dependency files that it keeps as test data, beside what is read of them here.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of a format's tests in scalibr, and our name of the format. */
const SCALIBR = {
  "language/python/requirements": "requirements",
  "language/python/pyprojecttoml": "pyproject",
  "language/python/poetrylock": "poetry-lock",
  "language/python/uvlock": "uv-lock",
  "language/python/pdmlock": "pdm-lock",
  "language/python/pylock": "pylock",
  "language/python/pipfilelock": "pipfile-lock",
  "language/python/setup": "setup-py",
  "language/javascript/packagelockjson": "package-lock",
  "language/javascript/yarnlock": "yarn-lock",
  "language/javascript/pnpmlock": "pnpm-lock",
  "language/javascript/bunlock": "bun-lock",
  "language/golang/gomod": "go-mod",
  "language/ruby/gemfilelock": "gemfile-lock",
  "language/rust/cargolock": "cargo-lock",
  "language/php/composerlock": "composer-lock",
  "misc/githubactions": "github-workflow",
  "containers/dockerbaseimage": "dockerfile",
};

/**
 * Differences that are meant, by file: what is theirs alone (`-`) or ours alone (`+`), and why.
 *
 * @type {Record<string, { entries: string[], why: string }[]>}
 */
const EXPLAINED = {
  "python/requirements/testdata/example.txt": [
    {
      entries: ["- pandas 2.2.3"],
      why: "stands in an included file, which we read as a file of its own",
    },
    {
      entries: ["+ urllib3 ", "+ numpy 1.9.2", "+ wxpython-phoenix 3.0.3.dev1820+49a8884"],
      why: "files by address or path are listed with their source",
    },
  ],
  "python/requirements/testdata/other-requirements.txt": [
    { entries: ["+ pandas 2.2.3"], why: "expected of the file that includes it" },
  ],
  "python/requirements/testdata/invalid.txt": [
    { entries: ["+ urllib3 "], why: "an address by name, as pip takes it" },
  ],
  "python/requirements/testdata/per_req_options.txt": [
    {
      entries: ["- foo7 1.0 unexpected_text_before_options_stays_around"],
      why: "pip refuses the line",
    },
  ],
  "python/pyprojecttoml/testdata/simple_deps.toml": [
    { entries: ["+ hatchling "], why: "build requirements are listed, for development" },
  ],
  "python/pyprojecttoml/testdata/optional_deps.toml": [
    { entries: ["+ hatchling "], why: "build requirements are listed, for development" },
  ],
  "python/pyprojecttoml/testdata/no_project_table.toml": [
    { entries: ["+ hatchling "], why: "build requirements are listed, for development" },
  ],
  "python/pylock/testdata/commits.toml": [
    { entries: ["+ net-inf-eval "], why: "a folder of the tree is listed with its source" },
  ],
  "python/pylock/testdata/pip-just-self.toml": [
    { entries: ["+ hspaans-github-io "], why: "a folder of the tree is listed with its source" },
  ],
  "python/pipfilelock/testdata/no-version.json": [
    { entries: ["+ markupsafe ", "+ itsdangerous "], why: "commits are listed with their source" },
  ],
  "python/setup/testdata/valid": [
    { entries: ["+ foo "], why: "a requirement without a version is listed" },
  ],
  "python/setup/testdata/valid_2": [
    {
      entries: ["+ wandb ", "+ wandb >3"],
      why: "requirements without a version, or with a bound alone, are listed",
    },
  ],
  "python/setup/testdata/valid_3": [
    {
      entries: ["- nanoplotter 0.13.1", "- nanoget 0.11.0", "- nanomath 0.12.0"],
      why: "the call is not closed, so the file is no Python; it is noted as unread",
    },
  ],
  "javascript/packagelockjson/testdata/both/package-lock.json": [
    {
      entries: ["+ wrappy 1.0.2", "+ supports-color 5.5.0"],
      why: "they leave it out where an npm-shrinkwrap.json stands beside it",
    },
  ],
  "javascript/packagelockjson/testdata/files.v2.json": [
    { entries: ["- etag 1.8.0"], why: "a folder of the tree, which has a manifest of its own" },
  ],
  "javascript/yarnlock/testdata/exclude-root.v2.lock": [
    {
      entries: ["- @ws/ansi-regex 0.0.0-use.local"],
      why: "a member of the workspace is no dependency",
    },
  ],
  "golang/gomod/testdata/replace-local.mod": [
    {
      entries: ["- ./fork/net ", "+ golang.org/x/net "],
      why: "a module replaced by a folder keeps its name",
    },
  ],
  "golang/gomod/testdata/indirect-1.16.mod": [
    {
      entries: ["- github.com/davecgh/go-spew 1.1.1", "- github.com/pmezard/go-difflib 1.0.0"],
      why: "old modules list what is indirect in go.sum alone, which also lists what is not built",
    },
  ],
  "rust/cargolock/testdata/two-packages-with-local.lock": [
    { entries: ["- local-rust-pkg 0.1.0"], why: "a member of the workspace is no dependency" },
  ],
};

/**
 * @param {any} manifests
 * @param {string} root
 */
export function compareWithScalibr(manifests, root) {
  const count = { equal: 0, explained: 0, open: 0, entries: 0, lines: 0 };
  for (const [path, id] of Object.entries(SCALIBR)) {
    const base = join(root, "extractor/filesystem", path);
    for (const [fixture, expected] of expectations(base)) {
      const text = readIfThere(join(base, fixture));
      // We do not read go.sum: it lists what is looked at, not what is built.
      if (text === undefined || fixture.endsWith(".sum")) continue;
      const name = `${path.replace("language/", "")}/${fixture}`;
      const format = manifests.manifestFormats.find((/** @type {any} */ one) => one.id === id);
      const beside = (/** @type {string} */ other) =>
        readIfThere(join(base, dirname(fixture), other.slice(other.lastIndexOf("/") + 1)));
      const found = manifests.readManifest(format, text, fixture, { read: beside });
      const differences = compare(manifests, format, expected, found);
      count.entries += found.packages.length;
      const known = (EXPLAINED[name] ?? []).flatMap(({ entries }) => entries);
      const open = differences.filter((one) => !known.includes(one));
      if (open.length > 0) {
        count.open++;
        process.stdout.write(`${name}\n${open.map((one) => `  ${one}\n`).join("")}`);
      } else if (differences.length > 0) count.explained++;
      else count.equal++;
    }
  }
  process.stdout.write(
    `osv-scalibr: ${count.equal} files equal (${count.entries} entries), ${count.explained} with differences that are meant, ${count.open} with others\n`,
  );
  return count.open;
}

/**
 * What is theirs alone or ours alone. Not counted as a difference: names before they are normalised; the lowest version of a
 * range where we have the range; the `v` of Go's versions; Go itself; a commit that we have as a hash; `latest` for an image
 * without a tag.
 *
 * @param {any} manifests
 * @param {any} format
 * @param {{ name: string, version: string, line?: number }[]} expected
 * @param {any} found
 */
function compare(manifests, format, expected, found) {
  const differences = [];
  const left = new Set(found.packages);
  for (const { name, version, line } of expected) {
    if (format.ecosystem === "Go" && name === "stdlib") continue;
    const plain = manifests.normaliseName(format.ecosystem, name);
    const isSame = (/** @type {any} */ one) =>
      one.name === plain &&
      ((one.version ?? "") === version ||
        one.version === `v${version}` ||
        (one.version === undefined &&
          one.range !== undefined &&
          (version === "" || one.range.includes(version))) ||
        one.hashes?.some(
          (/** @type {string} */ hash) => hash.endsWith(version) && version !== "",
        ) ||
        (version === "latest" && one.version === undefined));
    const same = [...left].filter(isSame);
    if (same.length === 0 && found.packages.some(isSame)) continue;
    if (same.length === 0) differences.push(`- ${plain} ${version}`);
    // Locks of npm list a package once for each folder.
    else if (
      line !== undefined &&
      !same.some((one) => (one.nameRegion ?? one.location.region).startLine === line)
    )
      differences.push(`- ${plain} ${version} at line ${line}`);
    for (const one of same) left.delete(one);
  }
  for (const one of left) differences.push(`+ ${one.name} ${one.version ?? one.range ?? ""}`);
  return differences;
}

/**
 * What the Go tests of a folder expect of each file of test data.
 *
 * @param {string} base
 * @returns {Map<string, { name: string, version: string, line?: number }[]>}
 */
function expectations(base) {
  const found = new Map();
  for (const name of readdirSync(base)) {
    if (!name.endsWith("_test.go")) continue;
    const text = readFileSync(join(base, name), "utf8");
    // Up to the next file, what stands after a file's path is expected of it.
    for (const part of text.split(/\b[pP]ath:\s+"(?=testdata\/)/).slice(1)) {
      const fixture = part.slice(0, part.indexOf('"'));
      const list = found.get(fixture) ?? [];
      const fields =
        /\bName:\s*"([^"]+)",(?!\s*(?:InputConfig|Path|path|ManifestPath))\s*(?:Version:\s*"([^"]*)",)?|pkg\(t, "([^"]+)", "([^"]*)", "[^"]*", (\d+)\)/g;
      const hits = [...part.matchAll(fields)];
      for (const [index, hit] of hits.entries()) {
        const rest = part.slice(hit.index, hits[index + 1]?.index);
        const line =
          hit[5] ??
          /PathAndLine\("[^"]*", (\d+)\)|\bloc\("[^"]*", (\d+)\)/
            .exec(rest)
            ?.slice(1)
            .find(Boolean);
        list.push({
          name: hit[1] ?? hit[3],
          version: hit[2] ?? hit[4] ?? "",
          ...(line !== undefined && { line: Number(line) }),
        });
      }
      found.set(fixture, list);
    }
  }
  return found;
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
