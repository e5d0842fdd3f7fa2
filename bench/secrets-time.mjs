// @ts-check
// What the secret rules cost: a scan of a tree without them, with them, and with them alone, each in a process of its own and in
// turn; and gitleaks on the same tree, where it is on the PATH.
//
//   node bench/secrets-time.mjs --tree FOLDER [--rounds N]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../scripts/build.mjs";
import { ruleFiles } from "../scripts/rule-files.mjs";
import { measure, median, readTreeOptions } from "./measure.mjs";

const { tree, rounds } = readTreeOptions();

const SCAN = `
import { readFileSync } from "node:fs";
import { defaultConfig, directoryTree, loadRules, matchSchemas, scan } from "./lib.js";
const [folder, which] = process.argv.slice(2);
const all = loadRules(JSON.parse(readFileSync(new URL("rules.json", import.meta.url), "utf8")), matchSchemas);
const rules = all.rules.filter((rule) => which === "all" || (rule.kind === "secret") === (which === "secrets"));
const byId = new Map(rules.map((rule) => [rule.id, rule]));
await scan({ tree: await directoryTree(folder), rules: { ...all, rules, byId }, config: defaultConfig, today: "2026-01-01" });
`;

const folder = mkdtempSync(join(tmpdir(), "portcullis-secrets-time-"));
try {
  await bundle({ lib: fileURLToPath(new URL("../src/index.ts", import.meta.url)) }, folder);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "rules.json"), JSON.stringify(ruleFiles));
  writeFileSync(join(folder, "scan.js"), SCAN);
  const script = join(folder, "scan.js");
  const commands = [
    { name: "without secrets", command: ["node", script, tree, "others"] },
    { name: "with secrets", command: ["node", script, tree, "all"] },
    { name: "secrets alone", command: ["node", script, tree, "secrets"] },
  ];
  if (spawnSync("gitleaks", ["version"]).status === 0) {
    const command = ["gitleaks", "detect", "--no-git", "--exit-code", "0", "-s", tree];
    commands.push({ name: "gitleaks", command });
  }
  const results = commands.map(({ name, command }) => ({ name, command, wall: [0], cpu: [0] }));
  for (const result of results) result.wall.pop();
  for (const result of results) result.cpu.pop();
  for (let round = 0; round < rounds; round++) {
    for (const result of results) {
      const { status, wall, cpu } = measure(result.command);
      if (status !== 0) throw new Error(`${result.name} failed`);
      result.wall.push(wall);
      result.cpu.push(cpu);
    }
  }
  const [without, all, alone, gitleaks] = results.map((result) => median(result.cpu));
  for (const { name, wall, cpu } of results)
    process.stdout.write(
      `${name}: ${median(wall).toFixed(2)} s, processor ${median(cpu).toFixed(2)} s\n`,
    );
  process.stdout.write(
    `secrets add ${(100 * ((all ?? 0) / (without ?? 1) - 1)).toFixed(0)}% of processor time\n`,
  );
  if (gitleaks !== undefined)
    process.stdout.write(
      `gitleaks takes ${(gitleaks / (alone ?? 1)).toFixed(1)} times the processor time of secrets alone\n`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
