import { describe, expect, it } from "vitest";
import { quotable } from "../../src/analyzers/subject.ts";
import { makeUp } from "../../src/rules/index.ts";

const token = makeUp("ghp_[A-Za-z0-9]{36}");

describe("quoted code", () => {
  it.each([
    [`run("a ${token} b")`, 'run("a … b")'],
    [`f'{x}${token}'`, "f'{x}…'"],
    [`"""\n  ${token}\n"""`, '""" … """'],
    [`"unclosed ${token}`, '"unclosed …'],
    [`'it' + ${token}`, "'it' + …"],
    [
      'connect("postgres://me:hunter2@db.example.org/x")',
      'connect("postgres://…@db.example.org/x")',
    ],
    ['get_orders_of_customer_v2("name")', 'get_orders_of_customer_v2("name")'],
    ['run("select_related_objects")', 'run("select_related_objects")'],
    [`x = "${"word ".repeat(20)}"`, `x = "${"word ".repeat(20)}`.slice(0, 57).concat("...")],
  ])("of %j holds no key", (source, shown) => {
    expect(quotable(source)).toBe(shown);
  });
});
