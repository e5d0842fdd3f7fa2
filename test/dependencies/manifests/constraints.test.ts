import { describe, expect, it } from "vitest";
import { places, rows } from "./rows.ts";

const inPoetry = (constraint: string) =>
  `[tool.poetry.dependencies]\npython = "^3.11"\na = ${constraint}\n`;

describe("constraints of Poetry", () => {
  // https://python-poetry.org/docs/dependency-specification/ has these tables.
  it.each([
    [`"^1.2.3"`, ["a (>=1.2.3,<2)"]],
    [`"^1.2"`, ["a (>=1.2,<2)"]],
    [`"^1"`, ["a (>=1,<2)"]],
    [`"^0.2.3"`, ["a (>=0.2.3,<0.3)"]],
    [`"^0.0.3"`, ["a (>=0.0.3,<0.0.4)"]],
    [`"^0.0"`, ["a (>=0.0,<0.1)"]],
    [`"^0"`, ["a (>=0,<1)"]],
    [`"~1.2.3"`, ["a (>=1.2.3,<1.3)"]],
    [`"~1.2"`, ["a (>=1.2,<1.3)"]],
    [`"~1"`, ["a (>=1,<2)"]],
    [`"*"`, ["a *"]],
    [`"1.*"`, ["a (==1.*)"]],
    [`"1.2.*"`, ["a (==1.2.*)"]],
    [`">= 1.2.0"`, ["a (>=1.2.0)"]],
    [`">= 1.2, < 1.5"`, ["a (>=1.2,<1.5)"]],
    [`">=1.2 <1.5"`, ["a (>=1.2,<1.5)"]],
    [`"!=1.2.3"`, ["a (!=1.2.3)"]],
    [`"==1.2.3"`, ["a 1.2.3"]],
    [`"1.2.3"`, ["a 1.2.3"]],
    [`"=1.2.3"`, ["a 1.2.3"]],
    [`"^1.2 || ^2.0"`, ["a (>=1.2,<2 || >=2.0,<3)"]],
    [`"1.2 || >2"`, ["a (==1.2 || >2)"]],
    [`"1.2 | *"`, ["a *"]],
    [`"^1.0.0rc1"`, ["a (>=1.0.0rc1,<2)"]],
    [`"~=1.4"`, ["a (~=1.4)"]],
    [`{version = "1.2.3", optional = true}`, ["a 1.2.3 extra"]],
    [
      `{version = "^1", extras = ["x"], markers = "os_name == 'nt'"}`,
      ["a[x] (>=1,<2) ; os_name == 'nt'"],
    ],
    [`{git = "https://u:p@host/a.git", tag = "v1"}`, ["a * vcs https://host/a.git@v1"]],
    [`{path = "../a", develop = true}`, ["a * path ../a"]],
    [`{url = "https://host/a.whl"}`, ["a * url https://host/a.whl"]],
    [`[{version = "1.0", python = "<3.8"}, {version = "^2"}]`, ["a 1.0", "a (>=2,<3)"]],
    [`1.2`, ["a *"]],
  ])("%s", (constraint, expected) => {
    expect(rows("pyproject.toml", inPoetry(constraint))).toEqual(expected);
  });

  it("keep the place of a pin's version", () => {
    const versions = (constraint: string) =>
      places("pyproject.toml", inPoetry(constraint)).map(({ version }) => version);
    expect(versions(`"1.2.3"`)).toEqual(["1.2.3"]);
    expect(versions(`" == 1.2.3 "`)).toEqual(["1.2.3"]);
    expect(versions(`{extras = ["x"], version = "=1.2.3"}`)).toEqual(["1.2.3"]);
    expect(versions(`"^1.2.3"`)).toEqual([""]);
    expect(versions(`"\\u0031.2.3"`)).toEqual([""]);
  });
});
