import { getOctokit } from "@actions/github";
import { Octokit as RestOctokit } from "@octokit/rest";
import { ProbotOctokit } from "probot";
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { cutBytes, cutCharacters } from "../../src/github/cut.ts";
import {
  createClient,
  type Marker,
  placeInHunks,
  readMarker,
  toPullRequest,
  withMarker,
  withoutMarker,
} from "../../src/github/index.ts";

describe("the client", () => {
  it("takes the Octokit of Probot, of Actions and of REST", () => {
    const name = { owner: "acme", repo: "shop" };
    createClient(new RestOctokit(), name);
    createClient(getOctokit("token"), name);
    createClient(new ProbotOctokit(), name);
  });
});

describe("a marker", () => {
  const marker: Marker = { fingerprint: "0123abcd:2", state: "open" };

  it("comes back from a body", () => {
    const body = withMarker("Text.", { ...marker, rule: "secrets/x" });
    expect(body).toMatch(/^Text\.\n\n<!-- portcullis \{.*\} -->$/);
    expect(readMarker(body)).toEqual({ ...marker, rule: "secrets/x" });
    expect(readMarker(`${body.replaceAll("\n", "\r\n")}\n`)).toMatchObject(marker);
    expect(withoutMarker(body)).toBe("Text.");
  });

  it("cannot be ended, or added to, by what it holds", () => {
    const reason = '--> <img src=x> --!> "}\n<!-- portcullis {} --> @everyone — é';
    const body = withMarker("Text.", { ...marker, state: "dismissed", by: "ada", reason });
    const line = body.slice(body.indexOf("<!--"));
    expect(line.slice(4, -3)).not.toMatch(/--|[<>@]/);
    expect(readMarker(body)).toEqual({ ...marker, state: "dismissed", by: "ada", reason });
  });

  it("is replaced, not added to", () => {
    const body = withMarker(withMarker("Text.", marker), { ...marker, state: "fixed" });
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(readMarker(body)).toMatchObject({ state: "fixed" });
  });

  it("survives a text that is too long", () => {
    const body = withMarker("x".repeat(70_000), marker);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(readMarker(body)).toEqual(marker);
  });

  it("survives a reason that is too long", () => {
    const body = withMarker("x", { ...marker, state: "dismissed", reason: "é".repeat(9_000) });
    expect(readMarker(body)?.reason).toBe(`${"é".repeat(999)}…`);
  });

  it.each([
    ["none", "Text."],
    [
      "one that is quoted within the text",
      '<!-- portcullis {"version":1,"fingerprint":"a","state":"open"} -->\n\nMore text.',
    ],
    ["another version", '<!-- portcullis {"version":2,"fingerprint":"a","state":"open"} -->'],
    ["no version", '<!-- portcullis {"fingerprint":"a","state":"open"} -->'],
    ["an unknown state", '<!-- portcullis {"version":1,"fingerprint":"a","state":"gone"} -->'],
    ["no JSON", "<!-- portcullis {oops} -->"],
  ])("is not read from %s", (_, body) => {
    expect(readMarker(body)).toBeUndefined();
  });
});

describe("a place in the hunks", () => {
  const region = (startLine: number, endLine: number) => ({
    startLine,
    startColumn: 1,
    endLine,
    endColumn: 1,
  });
  const hunk = (newStart: number, newLines: number, added: number) => ({
    oldStart: newStart,
    oldLines: newLines - 1,
    newStart,
    newLines,
    added: [{ start: added, end: added }],
    removed: [],
  });
  const change: Change = {
    status: "modified",
    path: "a.py",
    hunks: [hunk(10, 7, 13), hunk(30, 7, 33)],
  };
  const at = { path: "a.py", side: "RIGHT" };

  it.each([
    ["one line, context too", region(10, 10), { ...at, line: 10 }],
    ["several lines of one hunk", region(11, 16), { ...at, startLine: 11, line: 16 }],
    ["the added line where the lines go past the hunk", region(8, 40), { ...at, line: 13 }],
    ["a shown line where no added one is meant", region(15, 25), { ...at, line: 15 }],
    ["nothing between hunks", region(20, 25), undefined],
    ["nothing after them", region(37, 37), undefined],
  ])("is %s", (_, lines, place) => {
    expect(placeInHunks(lines, change)).toEqual(place);
  });

  it("is nowhere in a file without hunks, or one that is gone", () => {
    expect(placeInHunks(region(1, 1), { status: "modified", path: "a.py" })).toBeUndefined();
    const gone = { ...hunk(0, 0, 1), oldStart: 1, oldLines: 3, added: [] };
    expect(
      placeInHunks(region(1, 1), { status: "removed", path: "a.py", hunks: [gone] }),
    ).toBeUndefined();
  });
});

describe("a cut text", () => {
  it("keeps its limit and whole characters", () => {
    expect(cutCharacters("short", 5)).toBe("short");
    expect(cutCharacters("longer", 5)).toBe("long…");
    expect(cutCharacters("ab\u{1f600}cd", 4)).toBe("ab…");
    expect(cutBytes("éééé", 8)).toBe("éééé");
    expect(cutBytes("ééééé", 8)).toBe("éé…");
    expect(cutBytes("a\0b", 8)).toBe("ab");
  });
});

describe("a pull request", () => {
  const branch = { ref: "main", sha: "a".repeat(40), repo: { full_name: "acme/shop" } };
  const data = { number: 1, state: "open", title: "T", user: null, base: branch, head: branch };

  it("is a fork when its head lives elsewhere, or nowhere any more", () => {
    expect(toPullRequest(data)).toMatchObject({ isFork: false, author: { login: "ghost" } });
    // Names of accounts and repositories are the same in any case.
    const shouted = { ...branch, repo: { full_name: "Acme/Shop" } };
    expect(toPullRequest({ ...data, head: shouted }).isFork).toBe(false);
    const fork = { ...branch, repo: { full_name: "eve/shop" } };
    expect(toPullRequest({ ...data, head: fork })).toMatchObject({
      isFork: true,
      head: { repository: "eve/shop" },
    });
    const deleted = toPullRequest({ ...data, head: { ...branch, repo: null } });
    expect(deleted.isFork).toBe(true);
    expect(deleted.head.repository).toBeUndefined();
  });
});
