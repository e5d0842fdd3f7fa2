import { describe, expect, it } from "vitest";
import { NameIndex, triggerOf } from "../../src/analyzers/names.ts";
import { models } from "../support/python.ts";

describe("a pattern of names", () => {
  const index = new NameIndex<string>();
  for (const pattern of [
    "subprocess.run",
    "eval",
    "*.objects.raw",
    "*.execute",
    "*.cursor().execute",
    "a.b[]",
    "run",
    "*session[]",
  ])
    index.add(pattern, pattern);
  index.add("subprocess.run", "again");

  it.each([
    ["subprocess.run", ["subprocess.run", "again"]],
    ["other.subprocess.run", []],
    ["subprocess.run.x", []],
    ["builtins.eval", ["eval"]],
    ["builtins.run", ["run"]],
    ["eval", []],
    ["a.eval", []],
    ["app.Person.objects.raw", ["*.objects.raw"]],
    ["objects.raw", []],
    ["x.myobjects.raw", []],
    ["x.execute", ["*.execute"]],
    ["django.db.connection.cursor().execute", ["*.execute", "*.cursor().execute"]],
    ["execute", []],
    ["a.b[]", ["a.b[]"]],
    ["user_session[]", ["*session[]"]],
    ["a.session[]", ["*session[]"]],
    ["a.session[].b[]", []],
    ["", []],
    ["constructor", []],
    ["x.__proto__", []],
  ])("fits %j: %j", (name, expected) => {
    expect(index.find(name)).toEqual(expected);
  });
});

describe("the words without which a pattern cannot fit", () => {
  it.each([
    ["subprocess.run", ["subprocess", "run"]],
    ["eval", ["eval"]],
    ["open", ["open("]],
    ["*.objects.raw", [".raw(", "objects"]],
    ["*.globals().get", [".get(", "globals("]],
    ["*.Session().get", [".get(", "Session"]],
    [
      "django.core.files.storage.default_storage.save",
      ["django", "core", "files", "storage", "default_storage", "save"],
    ],
    ["requests.get()", ["requests", "get"]],
    // Models give these names to other things: to `connections["other"]`, and to `quart.request`.
    ["django.db.connection.cursor().execute", ["django", "cursor", "execute"]],
    ["flask.request.args[]", ["flask", "args"]],
    ["a.a", ["a"]],
  ])("%s", (pattern, words) => {
    const called = words.find((word) => /[.(]/.test(word)) ?? words.at(-1);
    expect(triggerOf(pattern, models)).toEqual(
      words.map((text) => ({ text, whole: true, ...(text !== called && { elsewhere: true }) })),
    );
  });
});
