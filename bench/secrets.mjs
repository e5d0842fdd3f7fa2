// @ts-check
// Recall and false alarms on the test strings of gitleaks, secretlint and detect-secrets, put into a program, an environment file
// and YAML. The strings exist only in a temporary folder while this runs.
//
//   node bench/secrets.mjs --gitleaks GITDIR --secretlint GITDIR --detect-secrets GITDIR [--show missed|wrong] [--peer]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { detectSecretsSamples, gitleaksSamples, secretlintSamples } from "./secrets-strings.mjs";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const { values } = parseArgs({
  options: {
    gitleaks: { type: "string" },
    secretlint: { type: "string" },
    "detect-secrets": { type: "string" },
    show: { type: "string" },
    peer: { type: "boolean" },
  },
});

/**
 * Counted apart: rules about what no format gives away (passwords, headers, credentials in URLs), about what is public by design
 * (client ids, keys for browsers), about binary files, and about services of other languages (Sidekiq, Freemius).
 */
const NOT_FORMATS =
  /generic-api-key|curl-auth|hashicorp-tf-password|kubernetes-secret|nuget-config|client-id$|pub-api-key|pub-key|public-key|mapbox-api-token|browser-api-token|pkcs12|p12|access-id$|sidekiq|freemius|tenant_id|client_id|Account ID|gcp-service-account|keyword|cloudant|softlayer|ibm_|secp256k1|database-connection|basic_?auth/;
/** Signs that a test's author filled a form with: whoever wrote them had no secret to write. */
const FILLED_IN = /x{4}|EXAMPLE|(.)\1{7}|12345678|abcdefgh|ABCDEFG|aBcDeF/i;
/** The sample of jwt.io and tokens without an algorithm. */
const DEMO_JWT = /eyJzdWIiOiIxMjM0NTY3ODkwI|eyJuYW1lIjoiSm9lIi|eyJhbGciOiJub25l/;

const samples = [
  ...(values.gitleaks === undefined ? [] : gitleaksSamples(values.gitleaks)),
  ...(values.secretlint === undefined ? [] : secretlintSamples(values.secretlint)),
  ...(values["detect-secrets"] === undefined ? [] : detectSecretsSamples(values["detect-secrets"])),
];

class Count {
  some = 0;
  all = 0;

  /** @param {boolean} counts */
  add(counts) {
    this.all++;
    if (counts) this.some++;
  }

  toString() {
    return `${((100 * this.some) / this.all).toFixed(1)}% (${this.some} of ${this.all})`;
  }
}

/** @param {string} text */
function isFilledIn(text) {
  return FILLED_IN.test(text) || DEMO_JWT.test(text);
}

/**
 * The files in which a sample stands, one for each context. A text whose test names no variable gets a name that says nothing:
 * only its form counts.
 *
 * @param {import("./secrets-strings.mjs").Sample} sample
 */
function contextsOf({ name, text }) {
  const isBare = name !== undefined || !/[\s"'`=(<]/.test(text);
  if (!isBare) return { "a.py": text, ".env": text, "a.yml": text };
  const word = name === undefined ? "value" : `${name.replace(/\W/g, "_")}_token`;
  return {
    "a.py": `import os\n\n${word} = "${text}"\n`,
    ".env": `${word.toUpperCase()}=${text}\n`,
    "a.yml": `app:\n  ${word}: ${text}\n`,
  };
}

const folder = mkdtempSync(join(tmpdir(), "portcullis-secrets-"));
try {
  /** @type {Map<string, number>} */
  const sampleOf = new Map();
  samples.forEach((sample, index) => {
    for (const [name, text] of Object.entries(contextsOf(sample))) {
      const path = `s${index}/${name}`;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      sampleOf.set(path, index);
    }
  });
  const found = ours();
  report("portcullis", found);
  if (values.peer) report("gitleaks", gitleaks());

  /** @param {string} tool @param {ReadonlySet<string>} hits */
  function report(tool, hits) {
    for (const [title, wanted] of /** @type {const} */ ([
      ["formats of services", (/** @type {string} */ from) => !NOT_FORMATS.test(from)],
      ["all strings", () => true],
    ])) {
      const counts = { secret: new Count(), filled: new Count(), other: new Count() };
      for (const [path, index] of sampleOf) {
        const sample = samples[index];
        if (sample === undefined || !wanted(sample.from)) continue;
        const kind = !sample.secret ? "other" : isFilledIn(sample.text) ? "filled" : "secret";
        counts[kind].add(hits.has(path));
      }
      process.stdout.write(
        `${tool}, ${title}: recall ${counts.secret}, look-alikes reported ${counts.other}, placeholders that the tests call secrets ${counts.filled}\n`,
      );
    }
  }
  if (values.show !== undefined) {
    const missed = values.show === "missed";
    for (const [path, index] of sampleOf) {
      const sample = samples[index];
      if (
        sample === undefined ||
        NOT_FORMATS.test(sample.from) ||
        sample.secret !== missed ||
        found.has(path) === missed ||
        (missed && isFilledIn(sample.text))
      )
        continue;
      process.stdout.write(
        `${sample.from} ${path.split("/")[1]}: ${JSON.stringify(sample.text).slice(0, 160)}\n`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ours() {
  const output = execFileSync(
    process.execPath,
    [cli, "scan", folder, "--format", "json", "--fail-on", "never"],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  /** @type {{ findings: { new: { ruleId: string, path: string }[] } }} */
  const { findings } = JSON.parse(output);
  return new Set(
    findings.new.filter((one) => one.ruleId.startsWith("secrets/")).map((one) => one.path),
  );
}

/** What the `gitleaks` on the PATH says of the same files. */
function gitleaks() {
  const report = join(folder, "..", `${folder.split("/").at(-1)}.json`);
  execFileSync(
    "gitleaks",
    ["detect", "--no-git", "--exit-code", "0", "-s", folder, "-f", "json", "-r", report],
    { stdio: "ignore" },
  );
  const output = execFileSync("cat", [report], { encoding: "utf8", maxBuffer: 1 << 28 });
  rmSync(report);
  /** @type {{ File: string }[]} */
  const all = JSON.parse(output);
  return new Set(all.map((one) => one.File.split(`${folder}/`).at(-1) ?? ""));
}
