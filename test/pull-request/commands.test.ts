import { describe, expect, it } from "vitest";
import { readCommand } from "../../src/pull-request/index.ts";

const dismiss = (reason: string) => ({ kind: "dismiss", reason });
const rescan = { kind: "rescan" };
const help = { kind: "help" };

describe("a command", () => {
  it.each<[string, object]>([
    ["/portcullis rescan", rescan],
    ["/portcullis", help],
    ["/portcullis \t ", help],
    ["/Portcullis RESCAN", rescan],
    ["   /portcullis\u00a0 rescan  now, please", rescan],
    ["/portcullis dismiss", dismiss("")],
    ["/portcullis   dismiss   used in tests only  ", dismiss("used in tests only")],
    ["/portcullis dismiss первый\u2028второй 🦖", dismiss("первый\u2028второй 🦖")],
    ["Thanks.\r\n\r\n/portcullis dismiss false alarm\r\nReally.", dismiss("false alarm")],
    ["Thanks.\r/portcullis rescan\rBye.", rescan],
    ["/portcullis rescan\n/portcullis dismiss both", rescan],
    [`/portcullis dismiss ${"x".repeat(499)}🦖`, dismiss("x".repeat(499))],
    ["/portcullis dismis it", { kind: "unknown", word: "dismis" }],
    [`/portcullis ${"x".repeat(99)}`, { kind: "unknown", word: "x".repeat(40) }],
    ["> quoted\n\n/portcullis rescan", rescan],
    ["```py\n/portcullis help\n```\n/portcullis rescan", rescan],
    ["~~~\n```\n~~~\n/portcullis rescan", rescan],
    ["```one line```\n/portcullis rescan", rescan],
    ["<!-- no -->\n/portcullis rescan", rescan],
  ])("%j is understood", (body, expected) => {
    expect(readCommand(body)).toEqual(expected);
  });

  it.each([
    ["a quotation", "> /portcullis rescan"],
    ["a fence", "```\n/portcullis rescan\n```"],
    ["a fence of tildes with text behind", "~~~~ sh\n~~~\n/portcullis rescan"],
    ["a fence that a longer text does not close", "```\n``` x\n/portcullis rescan"],
    ["a code block", "    /portcullis rescan"],
    ["a code block, by a tab", "\t/portcullis rescan"],
    ["code in a line", "`/portcullis rescan`"],
    ["a sentence", "Try /portcullis rescan"],
    ["a path", "/portcullis/rules/x.yml looks odd"],
    ["a longer word", "/portcullis-bot rescan"],
    ["a hidden comment", "<!--\n/portcullis rescan\n-->"],
    ["a hidden comment that does not end", "<!-- x\n/portcullis rescan"],
    ["another slash", "//portcullis rescan"],
    ["nothing", ""],
  ])("is none in %s", (_, body) => {
    expect(readCommand(body)).toBeUndefined();
  });
});
