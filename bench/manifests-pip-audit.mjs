// @ts-check
// What pip-audit's tests say of the lock files that it keeps as test data (test/dependency_source/test_pylock.py).
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** By file: the packages, or a part of the reason for which pip-audit refuses the file. */
const EXPECTED = {
  "pylock.basic.toml": ["attrs 25.1.0", "cattrs 24.1.2", "numpy 2.2.3"],
  "pylock.skipped.toml": ["attrs"],
  "pylock.invalid.toml": "expected",
  "pylock.invalid-version.toml": "version of the format",
  "pylock.package-missing-name.toml": "without a name",
  // Refused there; here a list without packages is an empty list, and a missing version of the format no reason to see nothing.
  "pylock.missing-packages.toml": [],
  "pylock.missing-version.toml": ["attrs 25.1.0", "cattrs 24.1.2", "numpy 2.2.3"],
};

/**
 * Prints what differs; gives the number of files that do.
 *
 * @param {any} manifests
 * @param {string} root
 */
export function compareWithPipAudit(manifests, root) {
  let open = 0;
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const text = readFileSync(join(root, "test/assets", name), "utf8");
    const format = manifests.formatOf(name);
    const found = manifests.readManifest(format, text, name, { read: () => undefined });
    const packages = found.packages.map((/** @type {any} */ one) =>
      one.version === undefined ? one.name : `${one.name} ${one.version}`,
    );
    const reasons = found.problems.map((/** @type {any} */ one) => one.reason).join();
    const isSame =
      typeof expected === "string"
        ? reasons.includes(expected)
        : packages.join() === expected.join();
    if (isSame) continue;
    open++;
    process.stdout.write(`pip-audit/${name}: ${packages.join(", ")} (${reasons})\n`);
  }
  process.stdout.write(
    `pip-audit: ${Object.keys(EXPECTED).length - open} files equal, ${open} with differences\n`,
  );
  return open;
}
