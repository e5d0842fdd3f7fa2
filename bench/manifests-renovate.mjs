// @ts-check
// What Renovate's tests expect of the manifests that it keeps as test data or writes into its tests, beside what is read of them
// here. Names are compared, and the versions of pins; a range has another form in each tool.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Renovate's managers, and our names of their formats. */
const MANAGERS = {
  pip_requirements: "requirements",
  "pip-compile": "requirements",
  pip_setup: "setup-py",
  "setup-cfg": "setup-cfg",
  pipenv: "pipfile",
  poetry: "pyproject",
  pep621: "pyproject",
  "github-actions": "github-workflow",
  dockerfile: "dockerfile",
  gomod: "go-mod",
};

/** Lock files among the fixtures, where their tests are, and the title of the test that reads each. */
const LOCKS = [
  ["npm", "plocktest1/package-lock.json", "npm/extract/npm.spec.ts", "extracts"],
  ["npm", "npm7/package-lock.json", "npm/extract/npm.spec.ts", "extracts npm 7 lockfile"],
  ["npm", "npm9/package-lock.json", "npm/extract/npm.spec.ts", "extracts npm 9 lockfile"],
  ["npm", "plocktest1/yarn.lock", "npm/extract/yarn.spec.ts", "extracts yarn 1"],
  ["npm", "yarn2/yarn.lock", "npm/extract/yarn.spec.ts", "extracts yarn 2"],
  ["npm", "yarn2.2/yarn.lock", "npm/extract/yarn.spec.ts", "extracts yarn 2 cache version"],
  ["bundler", "Gemfile.rails.lock", "bundler/locked-version.spec.ts", "Parse Rails Gem Lock File"],
  [
    "bundler",
    "Gemfile.webpacker.lock",
    "bundler/locked-version.spec.ts",
    "Parse WebPacker Gem Lock File",
  ],
  [
    "bundler",
    "Gemfile.mastodon.lock",
    "bundler/locked-version.spec.ts",
    "Parse Mastodon Gem Lock File",
  ],
  [
    "bundler",
    "Gemfile.rubyci.lock",
    "bundler/locked-version.spec.ts",
    "Parse Ruby CI Gem Lock File",
  ],
  [
    "bundler",
    "Gemfile.gitlab-foss.lock",
    "bundler/locked-version.spec.ts",
    "Parse Gitlab Foss Gem Lock File",
  ],
  [
    "cargo",
    "lockfile-update/Cargo.1.lock",
    "cargo/locked-version.spec.ts",
    "returns a map of package versions",
  ],
];

/** Differences that are meant, by manager: names as Renovate writes them, and why. */
const EXPLAINED = {
  poetry: [[/^- python$/, "Python itself is no package"]],
  pep621: [
    [/^- python$/, "Python itself is no package"],
    [/^- (?:attrs)$/, "stands in the project file, which this test gives by another way"],
  ],
  "setup-cfg": [[/^\+ instalooter$/, "Renovate misses requirements with extras"]],
  dockerfile: [
    [/^- image4$/, "mounts of a RUN are not read"],
    [/^- nginx$/, "an ARG behind the first FROM is none that a FROM may use"],
    [/^- docker\/dockerfile$/, "the syntax line names no image that is built on"],
    [
      /^- .*(?:foo\.com|foo|\$CI_REGISTRY|registry\.com)\/.*image$/i,
      "Renovate cuts a variable out of the name",
    ],
  ],
  npm: [[/^- yarn2 /, "the project itself"]],
  cargo: [[/^- test /, "the project itself"]],
  gomod: [
    [/^- go$/, "Go itself is no package"],
    [
      /^- (?:golang\.org\/x\/foo|pro-lib|.*\/errors|github\.com\/pravesht\/gocql|k8s\.io\/.*)$/,
      "replacements are read with what they replace",
    ],
  ],
  "github-actions": [
    [
      /^- (?:replicated\/dockerfilelint|ubuntu|redis|postgres|busybox|alpine|docker)$/,
      "images and runners are no actions",
    ],
    [/^- https:/, "actions of other hosts than GitHub"],
    [
      /^- [^@/]+$|^- (?:@24|ghcr\.io\/.*)$|^- [\w.-]+\/[\w.-]+$/,
      "what an action installs (`node-version:` and the like) is no action",
    ],
  ],
};

/**
 * Prints what differs; gives the number of tests that do.
 *
 * @param {any} manifests
 * @param {string} root
 */
export function compareWithRenovate(manifests, root) {
  const count = { equal: 0, explained: 0, open: 0 };
  for (const [manager, id] of Object.entries(MANAGERS)) {
    const base = join(root, "lib/modules/manager", manager);
    const format = manifests.manifestFormats.find((/** @type {any} */ one) => one.id === id);
    for (const { title, text, expected } of cases(base)) {
      const found = manifests.readManifest(format, text, "x/file", { read: () => undefined });
      const differences = compare(expected, found.packages);
      const known = /** @type {Record<string, any>} */ (EXPLAINED)[manager] ?? [];
      const open = differences.filter(
        (one) => !known.some((/** @type {[RegExp, string]} */ [pattern]) => pattern.test(one)),
      );
      if (open.length > 0) {
        count.open++;
        process.stdout.write(
          `renovate/${manager}: ${title}\n${open.map((one) => `  ${one}\n`).join("")}`,
        );
      } else if (differences.length > 0) count.explained++;
      else count.equal++;
    }
  }
  for (const [manager, fixture, spec, title] of LOCKS) {
    const text = readIfThere(
      join(root, "lib/modules/manager", manager ?? "", "__fixtures__", fixture ?? ""),
    );
    const path = fixture
      ?.replace(/^.*Gemfile.*$/, "Gemfile.lock")
      .replace(/^.*Cargo.*$/, "Cargo.lock");
    const format = manifests.formatOf(path);
    const found = manifests.readManifest(format, text ?? "", path, { read: () => undefined });
    // Renovate leaves out what a lock has from repositories and folders.
    const listed = found.packages.filter(
      (/** @type {any} */ one) => manager !== "bundler" || one.source.kind === "registry",
    );
    const ours = new Set(listed.map((/** @type {any} */ one) => `${one.name} ${one.version}`));
    const theirs = new Set(lockedIn(join(root, "lib/modules/manager", spec ?? ""), title ?? ""));
    const known = /** @type {Record<string, any>} */ (EXPLAINED)[manager ?? ""] ?? [];
    const differences = [
      ...[...theirs].filter((one) => !ours.has(one)).map((one) => `- ${one}`),
      ...[...ours].filter((one) => !theirs.has(one)).map((one) => `+ ${one}`),
    ];
    const open = differences.filter(
      (one) => !known.some((/** @type {[RegExp, string]} */ [pattern]) => pattern.test(one)),
    );
    if (open.length > 0) {
      count.open++;
      process.stdout.write(`renovate/${fixture}\n${open.map((one) => `  ${one}\n`).join("")}`);
    } else if (differences.length > 0) count.explained++;
    else count.equal++;
  }
  process.stdout.write(
    `renovate: ${count.equal} tests equal, ${count.explained} with differences that are meant, ${count.open} with others\n`,
  );
  return count.open;
}

/**
 * @param {{ name: string, value?: string }[]} expected
 * @param {any[]} packages
 */
function compare(expected, packages) {
  const plain = (/** @type {string} */ name) => name.toLowerCase().replace(/[-_.]+/g, "-");
  const ours = new Set(packages.map(({ name }) => plain(name)));
  const theirs = new Set(expected.map(({ name }) => plain(name)));
  const differences = [
    ...expected.filter(({ name }) => !ours.has(plain(name))).map(({ name }) => `- ${name}`),
    ...packages.filter(({ name }) => !theirs.has(plain(name))).map(({ name }) => `+ ${name}`),
  ];
  for (const { name, value } of expected) {
    const pin = /^\s*===?\s*([^,\s*|]+)\s*$/.exec(value ?? "")?.[1];
    if (pin === undefined || !ours.has(plain(name))) continue;
    if (!packages.some((one) => plain(one.name) === plain(name) && one.version === pin))
      differences.push(`- ${name} ${pin}`);
  }
  return [...new Set(differences)];
}

/**
 * The tests of a manager that read one text: its fixture or its template literal, and the names in its snapshot or its literals.
 *
 * @param {string} base
 */
function* cases(base) {
  const spec = readIfThere(join(base, "extract.spec.ts")) ?? "";
  const snapshots = readIfThere(join(base, "__snapshots__/extract.spec.ts.snap")) ?? "";
  const fixtures = new Map(
    [...spec.matchAll(/const (\w+) = Fixtures\.get\(\s*'([^']+)'/g)].map((one) => [one[1], one[2]]),
  );
  const tests = [...spec.matchAll(/\n\s*it\(\s*'((?:[^'\\]|\\.)*)'/g)];
  for (const [index, test] of tests.entries()) {
    const title = test[1] ?? "";
    const body = spec.slice(test.index, tests[index + 1]?.index);
    const argument = /extractPackageFile\(\s*(\w+)[,)]/.exec(body)?.[1];
    const fixture = fixtures.get(argument) ?? /Fixtures\.get\('([^']+)'/.exec(body)?.[1];
    const literal = /(?:codeBlock|dedent)?`([^`]*)`/.exec(body)?.[1];
    const text =
      fixture === undefined
        ? literal && unindented(literal)
        : readIfThere(join(base, "__fixtures__", fixture));
    const expected = [...inSnapshot(snapshots, title)];
    if (expected.length === 0) expected.push(...inLiterals(body));
    // A lock file is what Renovate reads beside a manifest, not instead of it.
    if (text === undefined || text === "" || expected.length === 0 || fixture?.endsWith(".lock"))
      continue;
    yield { title, text, expected };
  }
}

/**
 * @param {string} snapshots
 * @param {string} title
 */
function* inSnapshot(snapshots, title) {
  for (const one of snapshots.matchAll(/exports\[`([^`]*)`\] = `([\s\S]*?)\n`;/g)) {
    if (!one[1]?.replace(/ \d+$/, "").endsWith(`> ${title}`)) continue;
    // Keys are sorted, so a value stands before its name.
    let value;
    for (const line of (one[2] ?? "").split("\n")) {
      if (/^ {2,4}\{/.test(line)) value = undefined;
      value = /"currentValue": "(.*)"/.exec(line)?.[1] ?? value;
      const name = /"depName": "(.*)"/.exec(line)?.[1];
      if (name === undefined) continue;
      yield { name, ...(value !== undefined && { value }) };
      value = undefined;
    }
  }
}

/** @param {string} body */
function* inLiterals(body) {
  for (const object of body.split("{")) {
    const name = /(?:depName|packageName): '([^']+)'/.exec(object)?.[1];
    const value = /currentValue:\s*'([^']*)'/.exec(object)?.[1];
    if (name !== undefined) yield { name, ...(value !== undefined && { value }) };
  }
}

/**
 * Names and versions that a test expects of a lock, in its snapshot or in itself.
 *
 * @param {string} path
 * @param {string} title
 */
function lockedIn(path, title) {
  const spec = readIfThere(path) ?? "";
  const snapshots = readIfThere(path.replace(/([^/]*)$/, "__snapshots__/$1.snap")) ?? "";
  const snapshot = [...snapshots.matchAll(/exports\[`([^`]*)`\] = `([\s\S]*?)\n`;/g)].find((one) =>
    one[1]?.replace(/ \d+$/, "").endsWith(title),
  )?.[2];
  const from = spec.indexOf(`it('${title}'`);
  const body = snapshot ?? spec.slice(from, spec.indexOf("\n    it(", from + 1));
  const single = [
    ...body.matchAll(/^\s*['"]?(@?[^'"@\s[]+)(?:@[^'"]*)?['"]?(?::| =>) ['"]([^'"]+)['"],$/gm),
  ];
  const lists = [...body.matchAll(/\['([\w-]+)', \[([^\]]*)\]\]/g)].flatMap(([, name, versions]) =>
    [...(versions ?? "").matchAll(/'([^']+)'/g)].map((one) => `${name} ${one[1]}`),
  );
  return [...single.map(([, name, version]) => `${name} ${version}`), ...lists];
}

/** @param {string} literal */
function unindented(literal) {
  const lines = literal.replaceAll("\\`", "`").replaceAll("\\\\", "\\").split("\n");
  const depth = Math.min(
    ...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)),
  );
  return `${lines
    .map((line) => line.slice(depth))
    .join("\n")
    .trim()}\n`;
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
