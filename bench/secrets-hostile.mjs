// @ts-check
// What files cost that were made to keep the secret rules busy: a million candidates of one kind in one file, or fifty megabytes in
// one line, each scanned in a process of its own by the program in dist/.
//
//   node bench/secrets-hostile.mjs [--count N]
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./measure.mjs";

const { values } = parseArgs({ options: { count: { type: "string", default: "1000000" } } });
const count = Number(values.count);
const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** @type {readonly (readonly [what: string, path: string, piece: (index: number) => string])[]} */
const FILES = [
  ["passwords that are none, in YAML", "a.yml", (index) => `password: "your-password-${index}"\n`],
  ["passwords, in YAML", "b.yml", (index) => `password: "kT9vLq${index}2mZx"\n`],
  ["passwords that are none, in Python", "a.py", (index) => `PASSWORD = "your-pass-${index}"\n`],
  ["passwords, in Python", "c.py", (index) => `PASSWORD = "kT9vLq${index}2mZx"\n`],
  ["tokens with a wrong checksum", "a.txt", (index) => `ghp_${String(index).padStart(36, "a")}\n`],
  ["beginnings of private keys", "b.txt", () => "-----BEGIN PRIVATE KEY-----\n"],
  ["addresses", "c.txt", (index) => `postgres://u:your-password@db${index}.io/x\n`],
  ["commands", "a.sh", (index) => `curl -u me:your-password-${index} https://a.io\n`],
  ["one line of script", "a.js", (index) => `password="your-pass${index}";f(a,b,c,d,e,f);g();`],
  ["what is not text", "a.bin", (index) => `\0password="kT9vLq${index}2mZx";`],
];

for (const [what, path, piece] of FILES) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-secrets-hostile-"));
  try {
    const file = openSync(join(folder, path), "w");
    for (let index = 0, part = ""; index < count; index++) {
      part += piece(index);
      if (part.length > 1_000_000 || index === count - 1) {
        writeSync(file, part);
        part = "";
      }
    }
    closeSync(file);
    const megabytes = statSync(join(folder, path)).size / 1e6;
    const options = ["--advisories", "off", "--fail-on", "never", "--format", "json"];
    const { status, cpu, peakMegabytes } = measure(["node", program, "scan", folder, ...options]);
    if (status !== 0) throw new Error(`the scan of ${what} ended with ${status}`);
    process.stdout.write(
      `${count} ${what} (${megabytes.toFixed(0)} MB): processor ${cpu.toFixed(1)} s, memory ${peakMegabytes.toFixed(0)} MB\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
