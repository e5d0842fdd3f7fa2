import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createSourceFile,
  forEachChild,
  isRegularExpressionLiteral,
  type Node,
  ScriptTarget,
} from "typescript";
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { secrets } from "../../src/analyzers/secrets/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { searchSteps } from "../support/pattern-cost.ts";

const FOLDER = new URL("../../src/analyzers/secrets/", import.meta.url).pathname;

/** Every regular expression that the folder's programs write out, with its place. */
function written(): (readonly [place: string, pattern: RegExp])[] {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      const text = readFileSync(join(FOLDER, path), "utf8");
      const file = createSourceFile(path, text, ScriptTarget.Latest, true);
      const found: (readonly [string, RegExp])[] = [];
      const visit = (node: Node): void => {
        if (isRegularExpressionLiteral(node)) {
          const end = node.text.lastIndexOf("/");
          const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
          const pattern = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
          found.push([`${path}:${line} ${node.text}`, pattern]);
        }
        forEachChild(node, visit);
      };
      visit(file);
      return found;
    });
}

/** Every regular expression that the analyzer makes of what the rules say. */
function made(): (readonly [place: string, pattern: RegExp])[] {
  const { rules, models } = loadRules(ruleFiles, matchSchemas);
  const found: RegExp[] = [];
  const real = globalThis.RegExp;
  globalThis.RegExp = new Proxy(real, {
    construct(target, [pattern, flags]: [string | RegExp, string?]) {
      const one = new target(pattern, flags);
      found.push(one);
      return one;
    },
  });
  try {
    secrets.prepare(
      rules.filter((rule) => rule.kind === secrets.kind),
      models,
    );
  } finally {
    globalThis.RegExp = real;
  }
  return found.map((pattern) => [`made: ${pattern}`, pattern]);
}

/** A value, a name, or a stretch around one place is no longer; of lines and files the cost is that of their parts. */
const LENGTH = 1_000;
/** A value may have a thousand signs, and be read again for each of some ways to come to it. */
const MAX_PER_SIGN = 100_000;

describe("no text makes a pattern for secrets take more than a time that grows with its length:", () => {
  const all = [...written(), ...made()];

  it("all patterns are known", () => {
    expect(written().length).toBeGreaterThan(100);
    expect(made().length).toBeGreaterThan(300);
  });

  it.each(all)("%s", (_place, pattern) => {
    const steps = searchSteps(pattern, LENGTH);
    expect(steps / LENGTH).toBeLessThan(MAX_PER_SIGN);
    expect(searchSteps(pattern, 10 * LENGTH) / steps).toBeLessThan(11);
  });
});

describe("what takes more than that is told:", () => {
  it.each([/\s+$/, /<[^>]*>/, /^(?:a|ab)+c*a*$/, /(?:^|x)[a-z]*z/, /^\s*[a-z ]*$/m])(
    "%s",
    (pattern) => {
      const growth = searchSteps(pattern, 10 * LENGTH) / searchSteps(pattern, LENGTH);
      expect(growth).not.toBeLessThan(11);
    },
  );

  it.each([/^\s+$/, /[a-z]+/g, /^[a-z]+(?:-[a-z]+)*$/, /<[^>]{0,9}>/])("but not %s", (pattern) => {
    expect(searchSteps(pattern, 10 * LENGTH) / searchSteps(pattern, LENGTH)).toBeLessThan(11);
  });
});
