import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { FileContent, SourceTree } from "../../src/core/source-tree.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

/** Kinds of harm for which `sink.HARM(…)` is a sink. */
const HARMS = ["sql", "command", "code", "html", "path", "ssrf", "redirect", "xpath", "log"];
const AT: Readonly<Record<string, string>> = { ssrf: ", at: host", redirect: ", at: host" };
const MORE: Readonly<Record<string, string>> = {
  path: `
  segment:
    file: { severity: low, confidence: medium, message: A name of a file. }
    folder: { severity: medium, message: A name of a folder. }`,
};
/** What a function under `@sink.view()` returns is a page; a sink may be a method of an object, too. */
const ALSO: Readonly<Record<string, string>> = {
  html: ', { return: "sink.view()" }',
  path: ', { call: "sink.Driver().path", argument: 0, handed: driver }',
  sql: ", { call: sink.add, argument: spread }",
};

const rules = loadRules(
  [
    ...ruleFiles.filter((file) => file.path.startsWith("models/")),
    ...HARMS.map((harm) => ({
      path: `test/${harm}.yml`,
      text: `
id: test/${harm}
kind: taint
title: A test
severity: high
confidence: high
cwe: [1]
message: "{data} reaches {sink}."
remedy: None.
match:
  harm: ${harm}
  from: [remote]
  to: [{ call: sink.${harm}, argument: 0${AT[harm] ?? ""} }, { call: sink.${harm}_folder, argument: 0, folder: true }${ALSO[harm] ?? ""}]${MORE[harm] ?? ""}
examples: { bad: { a: "x" }, good: { a: "x" } }
`,
    })),
  ],
  matchSchemas,
);

/** What the rules say of a tree given by its texts. */
export async function follow(files: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const encoder = new TextEncoder();
  // As a folder: what is there is read without waiting.
  const readNow = (path: string): FileContent => {
    const text = files[path];
    return text === undefined
      ? { kind: "missing" }
      : { kind: "bytes", bytes: encoder.encode(text) };
  };
  const tree: SourceTree = { ...memoryTree(files), readNow };
  const result = await scan({ tree, rules, config: defaultConfig, today: "2026-01-01" });
  return result.new;
}

/**
 * The lines of a Flask view's body at which data arrives, counted from 1; `x` is request data. The body may also say
 * `sink.path(x)` and so on.
 */
export async function linesIn(body: string, before = ""): Promise<number[]> {
  const head = `import sink\nfrom flask import request\n${before}\ndef view():\n    x = request.args.get("x")\n`;
  const lines = body.replace(/^\n/, "").split("\n");
  const indent = /^ */.exec(lines[0] ?? "")?.[0].length ?? 0;
  const text = head + lines.map((line) => `    ${line.slice(indent)}`).join("\n");
  const offset = head.split("\n").length - 1;
  const found = await follow({ "app/views.py": text });
  return [...new Set(found.map((one) => one.region.startLine - offset))].sort((a, b) => a - b);
}
