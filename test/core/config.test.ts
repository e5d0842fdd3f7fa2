import { describe, expect, it } from "vitest";
import { defaultConfig, isTestPath, readConfig } from "../../src/core/config.ts";

const read = (text: string) => readConfig(".github/portcullis.yml", text);

it("has a default for everything", () => {
  expect(defaultConfig).toMatchObject({
    "fail-on": "high",
    "comment-on": "low",
    paths: { include: [], exclude: [] },
    rules: {},
    frameworks: [],
    "settings-modules": [],
    allow: [],
  });
  expect(read("")).toEqual(defaultConfig);
});

describe("reads", () => {
  it.each([
    ["fail-on: never", { "fail-on": "never" }],
    ["fail-on: critical", { "fail-on": "critical" }],
    ["comment-on: medium", { "comment-on": "medium" }],
    ["paths: {exclude: ['docs/**']}", { paths: { include: [], exclude: ["docs/**"] } }],
    ["paths:\n  include: [' src/** ']", { paths: { include: ["src/**"], exclude: [] } }],
    ["rules: {a/b: off}", { rules: { "a/b": "off" } }],
    ["rules: {a/b: false}", { rules: { "a/b": "off" } }],
    ["rules: {'secrets/*': low}", { rules: { "secrets/*": "low" } }],
    ["rules: {bandit:B608: off}", { rules: { "bandit:B608": "off" } }],
    ["rules: {a/b: {severity: off}}", { rules: { "a/b": { severity: "off" } } }],
    [
      "rules:\n  a/b:\n    severity: low\n    paths: {include: ['x/**']}",
      { rules: { "a/b": { severity: "low", paths: { include: ["x/**"], exclude: [] } } } },
    ],
    ["frameworks: [django, flask, fastapi]", { frameworks: ["django", "flask", "fastapi"] }],
    ["settings-modules: [conf/prod.py]", { "settings-modules": ["conf/prod.py"] }],
    ["advisories: osv", { advisories: "osv" }],
    ["advisories: off", { advisories: "off" }],
    ["advisories: data/advisories.json", { advisories: "data/advisories.json" }],
    [
      "allow:\n  - {fingerprint: abc, reason: known}",
      { allow: [{ fingerprint: "abc", reason: "known" }] },
    ],
    [
      "allow:\n  - {rule: a/b, path: '**', reason: known, expires: 2027-01-31}",
      { allow: [{ rule: "a/b", path: "**", reason: "known", expires: "2027-01-31" }] },
    ],
    [
      "allow:\n  - {advisory: CVE-2020-1, package: django, reason: not used}",
      { allow: [{ advisory: "CVE-2020-1", package: "django", reason: "not used" }] },
    ],
  ])("%j", (text, expected) => {
    expect(read(text)).toEqual({ ...defaultConfig, ...expected });
  });
});

describe("refuses", () => {
  it.each([
    ["fail_on: high", '1: unknown key "fail_on". Did you mean "fail-on"?'],
    [
      "fail-on: hihg",
      '1: fail-on: must be one of critical, high, medium, low, never. Did you mean "high"?',
    ],
    ["comment-on: [low]", "1: comment-on: must be one of critical"],
    ["paths: 'src/**'", "1: paths: must be a mapping."],
    ["paths:\n  includes: []", '2: paths: unknown key "includes". Did you mean "include"?'],
    ["paths:\n  include: src", "2: paths.include: must be a list."],
    [
      "paths:\n  include:\n    - a\n    - ' '",
      "4: paths.include.1: must be a text that is not empty.",
    ],
    ["rules:\n  a/b: of", "2: rules.a/b: must be one of off, false, critical, high, medium, low"],
    ["rules:\n  a/b: true", "2: rules.a/b: must be one of"],
    [
      "rules:\n  a/b:\n    severty: low",
      '3: rules.a/b: unknown key "severty". Did you mean "severity"?',
    ],
    ["rules:\n  a/b:\n    severity: lo", "3: rules.a/b.severity: must be one of"],
    [
      "rules:\n  a/b:\n    paths:\n      exlude: []",
      '4: rules.a/b.paths: unknown key "exlude". Did you mean "exclude"?',
    ],
    ["rules: [a/b]", "1: rules: must be a mapping."],
    [
      "frameworks:\n  - djnago",
      '2: frameworks.0: must be one of django, flask, fastapi. Did you mean "django"?',
    ],
    ["settings-modules: conf.py", "1: settings-modules: must be a list."],
    ["advisories: 7", "1: advisories: must be one of github, osv, off, or a text."],
    ["allow:\n  - fingerprint: abc", "2: allow.0.reason: is missing"],
    [
      "allow:\n  - reason: why",
      "2: allow.0: needs `fingerprint`, or `rule` and `path`, or `advisory` and `package`",
    ],
    ["allow:\n  - rule: a/b\n    reason: why", "2: allow.0: needs `fingerprint`"],
    [
      "allow:\n  - fingerprint: abc\n    reason: why\n    expires: soon",
      "4: allow.0.expires: must be a date such as 2027-01-31",
    ],
    [
      "allow:\n  - fingerprint: abc\n    reason: why\n    expires: 2027-02-30",
      "4: allow.0.expires: must be a date",
    ],
    [
      "allow:\n  - fingerprint: abc\n    reason: ''",
      "3: allow.0.reason: must be a text that is not empty.",
    ],
    ["max-comments: -1", "1: max-comments: must be 0 at the least."],
    ["max-comments: 1e9", "1: max-comments: must be 100 at the most."],
    ["max-comments: 1.5", "1: max-comments: must be a whole number."],
    ['max-comments: "5"', "1: max-comments: must be a number."],
    ["fail-on: high\n---\nfail-on: low", "2: a second document begins"],
    ["- fail-on: high", "1: must be a mapping."],
    ["Fail-On: high", '1: unknown key "Fail-On". Did you mean "fail-on"?'],
    ["1: high", '1: unknown key "1".'],
    ["? [a, b]\n: c", '1: unknown key "[ a, b ]".'],
    ["__proto__: {a: 1}", '1: unknown key "__proto__".'],
    ["rules:\n  __proto__: off", '2: rules: unknown key "__proto__".'],
    ["rules:\n  a/b: high\n  '__proto__': {severity: low}", '3: rules: unknown key "__proto__".'],
    ["paths:\n  __proto__: []", '2: paths: unknown key "__proto__".'],
    ["<<: {fail-on: low}", '1: unknown key "<<".'],
    [
      "allow:\n  - fingerprint: abc\n    resaon: why",
      '3: allow.0: unknown key "resaon". Did you mean "reason"?',
    ],
  ])("%j", (text, expected) => {
    expect(() => read(text)).toThrow(`.github/portcullis.yml:${expected}`);
  });
});

describe("a path of tests", () => {
  it.each([
    "tests/settings.py",
    "app/tests/views.py",
    "test/data.json",
    "app/test_views.py",
    "app/views_test.py",
    "app/tests.py",
    "conftest.py",
    "shop/factories.py",
    "spec/fixtures/a.txt",
    "TESTS/a.py",
    "app/testdata/key.pem",
    "test_project/settings.py",
    "tools/config/host_test.go",
    "e2e/login.js",
    "lib/__fixtures__/private.pem",
    "lib/__snapshots__/index.snap",
    "integ_tests/common.py",
    "roles/app-test/defaults/main.yml",
    "molecule/upgrade/files/apt_https.priv",
    "webserver/testing.py",
    "docker-compose.test.yml",
    "deploy/.env.test",
  ])("%s", (path) => {
    expect(isTestPath(path)).toBe(true);
  });

  it.each([
    "app/views.py",
    "contest/views.py",
    "app/attestation.py",
    "latest/settings.py",
    "app/protest.py",
    "testimonials/models.py",
    "app/contests.py",
    "factory/models.py",
    "app/tests_of_faith/views.py",
    "testsettings.py",
    "ab_tests/views.py",
    "speed_test/views.py",
    "latest.yml",
  ])("is not %s", (path) => {
    expect(isTestPath(path)).toBe(false);
  });
});
