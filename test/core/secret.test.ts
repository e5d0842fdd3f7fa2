import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { maskKeyLike, Secret } from "../../src/core/secret.ts";

describe("a secret", () => {
  const text = "correct horse 12";
  const secret = new Secret(text);

  it.each([
    ["as a string", String(secret)],
    ["in a sentence", `the key ${secret} is`],
    ["in JSON", JSON.stringify({ a: [secret] })],
    ["to an inspector", inspect({ secret }, { showHidden: true, depth: 9 })],
    ["in an error", new Error(`no ${secret}`).stack ?? ""],
    ["copied", JSON.stringify({ ...secret })],
  ])("does not show %s", (_what, shown) => {
    expect(shown).not.toContain("horse");
  });

  it("is known again by its digest, however its lines are broken", () => {
    expect(secret.digest()).toMatch(/^[0-9a-f]{64}$/);
    expect(new Secret("correct\\n  horse\r\n12").digest()).toBe(secret.digest());
    expect(new Secret("correct horse 13").digest()).not.toBe(secret.digest());
    expect(secret.length).toBe(text.length);
  });
});

describe("of a line of code is masked what looks like a key:", () => {
  it.each([
    [
      "a long word with digits in a text",
      'run("mysql -pS3cretPassw0rd99")',
      'run("mysql ******************")',
    ],
    ["the login of an address", "get('https://me:pass@host/a')", "get('https://*******@host/a')"],
    ["in a text that goes on", 'a = """x 0123456789abcdef', 'a = """x ****************'],
  ])("%s", (_what, line, expected) => {
    expect(maskKeyLike(line)).toBe(expected);
  });

  it.each([
    ["a name", "def migrate_2023_data_to_2024(x): pass"],
    ["a dotted path", 'X = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]'],
    ["a path", 'open("static/img/2024/banner-large-01.png")'],
    ["SQL", 'run(f"SELECT id FROM orders WHERE title = {title}")'],
    ["an address without a login", 'get("https://example.com/v1/items?page=12")'],
    ["words", '"a sentence of 16 words and 20 more"'],
  ])("not %s", (_what, line) => {
    expect(maskKeyLike(line)).toBe(line);
  });

  it("in a time that grows with the line", () => {
    const started = process.hrtime.bigint();
    for (const piece of ['"', "a1", "://a", "\\", "'1", "=/1a"]) maskKeyLike(piece.repeat(200_000));
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(20);
  });
});
