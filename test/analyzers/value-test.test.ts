import { describe, expect, it } from "vitest";
import { passes, type ValueTest } from "../../src/analyzers/value-test.ts";
import { bindingIn } from "../../src/python/index.ts";
import { runModule } from "../support/python.ts";

const answer = (test: ValueTest, source: string) => {
  const { scope } = runModule({ "m.py": `import datetime, os\nX = ${source}\n` }, "m.py");
  return passes(test, bindingIn(scope, "X")?.value);
};

describe("a value passes, does not, or cannot be told", () => {
  const cases: readonly (readonly [ValueTest, string, boolean | undefined])[] = [
    [{}, "1", true],
    [{ is: "given" }, "1", true],
    [{ is: "missing" }, "1", false],
    [{ is: "truthy" }, "1", true],
    [{ is: "truthy" }, "''", false],
    [{ is: "truthy" }, "unknown", undefined],
    [{ is: "truthy" }, "1 if unknown else 2", true],
    [{ is: "truthy" }, "1 if unknown else 0", undefined],
    [{ is: "truthy" }, "[unknown]", true],
    [{ is: "truthy" }, "[*unknown]", undefined],
    [{ is: "falsy" }, "None", true],
    [{ is: "falsy" }, "[]", true],
    [{ is: "falsy" }, "'a'", false],
    [{ is: "falsy" }, "unknown", undefined],
    [{ is: "text" }, "'a'", true],
    [{ is: "text" }, "b'a'", true],
    [{ is: "text" }, "1", false],
    [{ is: "text" }, "unknown", false],
    [{ is: "constant" }, "['a', (1, {'k': None})]", true],
    [{ is: "constant" }, "['a', unknown]", false],
    [{ is: "constant" }, "'a' + unknown", false],
    [{ is: "constant" }, "'a' if unknown else 'b'", true],
    [{ is: "not-constant" }, "'a' + unknown", true],
    [{ is: "not-constant" }, "'a' + 'b'", false],
    [{ in: [true, "x"] }, "True", true],
    [{ in: [true, "x"] }, "1", false],
    [{ in: [true, "x"] }, "'x'", true],
    [{ in: [null] }, "None", true],
    [{ in: ["a"] }, "['a']", false],
    [{ in: ["a"] }, "unknown", undefined],
    [{ in: ["os.path.join"] }, "os.path.join", true],
    [{ in: ["os.path.join"] }, "os.path.split", false],
    [{ in: ["os.path.join"] }, "os.path.split()", undefined],
    [{ "not-in": ["a"] }, "'b'", true],
    [{ "not-in": ["a"] }, "'a'", false],
    [{ "not-in": ["a"] }, "unknown", undefined],
    [{ contains: "a" }, "['a', unknown]", true],
    [{ contains: "a" }, "['b', unknown]", undefined],
    [{ contains: "a" }, "['b']", false],
    [{ contains: "a" }, "('b', *unknown)", undefined],
    [{ contains: "a" }, "'cat'", true],
    [{ contains: "a" }, "{'a': 1}", true],
    [{ contains: "a" }, "{'b': 1}", false],
    [{ contains: "a" }, "{**unknown}", undefined],
    [{ contains: "a" }, "['abc']", false],
    [{ contains: "a" }, "unknown", undefined],
    [{ contains: ["a", "b"] }, "['b']", true],
    [{ contains: ["a", "b"] }, "['c']", false],
    [{ matches: "^a+$" }, "'aa'", true],
    [{ matches: "^a+$" }, "'AA'", false],
    [{ matches: "(?i)^a+$" }, "'AA'", true],
    [{ matches: "^a" }, "b'abc'", true],
    [{ matches: "a" }, "unknown", undefined],
    [{ matches: "a" }, "None", false],
    [{ "matches-not": "a" }, "'b'", true],
    [{ "matches-not": "a" }, "unknown", undefined],
    [{ "remote-host": true }, "'redis://:word@cache.example.org:6379/1?db=2'", true],
    [{ "remote-host": true }, "'CACHE.example.org'", true],
    [{ "remote-host": true }, "'8.8.8.8:11211'", true],
    [{ "remote-host": true }, "'redis://redis:6379;redis://two.example.org'", true],
    [{ "remote-host": true }, "'shop.com'", true],
    [{ "remote-host": true }, "'redis.shop'", false],
    [{ "remote-host": true }, "'redis://user@redis:6379'", false],
    [{ "remote-host": true }, "'redis://localhost/cache.example.org'", false],
    [{ "remote-host": true }, "'amqp://a.b.c:word@127.0.0.1'", false],
    [{ "remote-host": true }, "'172.20.0.1:11211'", false],
    [{ "remote-host": true }, "'redis.shop.svc.cluster.local:6379'", false],
    [{ "remote-host": true }, "'unix:///run/redis.example.org'", false],
    [{ "remote-host": true }, "'/run/redis.example.org'", false],
    [{ "remote-host": true }, "'redis://[::1]:6379'", false],
    [{ "remote-host": true }, "''", false],
    [{ "remote-host": true }, "unknown", undefined],
    [{ "remote-host": false }, "'db'", true],
    [{ "remote-host": false }, "None", true],
    [{ "remote-host": false }, "unknown", undefined],
    [{ "less-than": 12 }, "8", true],
    [{ "less-than": 12 }, "12", false],
    [{ "less-than": 12 }, "'8'", undefined],
    [{ "less-than": 12 }, "unknown", undefined],
    [{ "more-than": 86400 }, "datetime.timedelta(days=2)", true],
    [{ "more-than": 86400 }, "datetime.timedelta(hours=20, minutes=30)", false],
    [{ "more-than": 86400 }, "datetime.timedelta(days=unknown)", undefined],
    [{ "has-bit": 2 }, "0o777", true],
    [{ "has-bit": 2 }, "0o644", false],
    [{ is: "not-a-dict" }, "'a'", true],
    [{ is: "not-a-dict" }, "{}", false],
    [{ is: "not-a-dict" }, "unknown", undefined],
    [{ first: { in: ["a"] } }, "('a', 'b')", true],
    [{ first: { in: ["a"] } }, "('b', 'a')", false],
    [{ first: { in: ["a"] } }, "[*unknown, 'a']", undefined],
    [{ first: { in: ["a"] } }, "[]", false],
    [{ "out-of-order": ["a", "b", "c"] }, "['c', 'a']", true],
    [{ "out-of-order": ["a", "b", "c"] }, "['a', unknown, 'b']", false],
    [{ "out-of-order": ["a", "b"] }, "['b']", false],
    [{ "any-of": [{ is: "falsy" }, { in: ["a"] }] }, "'a'", true],
    [{ "any-of": [{ is: "falsy" }, { in: ["a"] }] }, "'b'", false],
    [{ "any-of": [{ is: "falsy" }, { in: ["a"] }] }, "'' if unknown else 'a'", true],
    [{ lacks: "a" }, "['b']", true],
    [{ lacks: "a" }, "['a']", false],
    [{ lacks: "a" }, "['b', *unknown]", undefined],
    [{ lacks: "a" }, "['b'] if unknown else ['c']", true],
    [{ lacks: "a" }, "['b'] if unknown else ['a']", undefined],
    [{ lacks: ["a", "b"] }, "['b']", false],
    [{ "shorter-than": 3 }, "'ab'", true],
    [{ "shorter-than": 3 }, "'abc'", false],
    [{ "shorter-than": 3 }, "b'ab'", true],
    [{ "shorter-than": 3 }, "unknown", undefined],
    [{ is: "truthy", in: [1, 2] }, "2", true],
    [{ is: "truthy", in: [1, 2] }, "0", false],
    [{ is: "truthy", lacks: "a" }, "[]", false],
  ];
  it.each(cases)("%j of %s: %s", (test, source, expected) => {
    expect(answer(test, source)).toBe(expected);
  });

  const ofNothing: readonly (readonly [ValueTest, boolean | undefined])[] = [
    [{ is: "missing" }, true],
    [{ is: "given" }, false],
    [{ is: "truthy" }, false],
    [{ is: "falsy" }, true],
    [{ is: "constant" }, false],
    [{ in: ["a"] }, false],
    [{ "not-in": ["a"] }, true],
    [{ contains: "a" }, false],
    [{ lacks: "a" }, true],
    [{ "shorter-than": 3 }, undefined],
    [{ "remote-host": true }, false],
    [{ "remote-host": false }, true],
  ];
  it.each(ofNothing)("%j of nothing: %s", (test, expected) => {
    expect(passes(test, undefined)).toBe(expected);
  });
});

it("ends on values that hold one another many times over", () => {
  const lists = `a = ['x']\n${"a = [a, a]\n".repeat(60)}`;
  const classes = `class C0: pass\n${Array.from({ length: 30 }, (_, i) => `class C${i + 1}(${`C${i}, `.repeat(9)}): pass\n`).join("")}`;
  const { scope } = runModule({ "m.py": `${lists}${classes}b = [C30]\n` }, "m.py");
  expect(passes({ is: "constant" }, bindingIn(scope, "a")?.value)).toBe(true);
  expect(passes({ lacks: "x" }, bindingIn(scope, "b")?.value)).not.toBe(false);
});
