import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Inputs, runAction } from "./runner.ts";
import { checkout, type Shop, shop } from "./shop.ts";

vi.setConfig({ testTimeout: 120_000, maxConcurrency: 12 });

let theShop: Shop;
let workspace = "";
beforeAll(async () => {
  theShop = await shop();
  workspace = await checkout(theShop, theShop.merge);
});
afterAll(() => theShop.sample.remove());

/** Where nobody listens: a wrong input is found before GitHub is asked for anything. */
const api = "http://127.0.0.1:9";

function runWith(given: Inputs) {
  return runAction({ event: "push", payload: {}, api, token: "none", workspace, with: given });
}

describe.concurrent("a wrong input", () => {
  it.each<[Inputs, string]>([
    [{ "fail-on": "hihg" }, 'fail-on: "hihg" is not a value. Did you mean "high"?'],
    [
      { comment: "yes" },
      'comment: "yes" is not a value. Allowed: true, false, critical, high, medium, low, never.',
    ],
    [{ profile: "badnit" }, 'profile: "badnit" is not a value. Did you mean "bandit"?'],
    [{ advisories: "ovs" }, 'advisories: "ovs" is not a value. Did you mean "osv"?'],
    [{ token: "" }, "token: is empty"],
    [{ "sarif-file": "../../x.sarif" }, 'sarif-file: "../../x.sarif" leads out of the workspace'],
    [{ config: "/etc/passwd" }, 'config: "/etc/passwd" leads out of the workspace'],
    [{ config: "portculis.yml" }, "config: there is no file portculis.yml in the checkout"],
    [{ "working-directory": "ap" }, "working-directory: there is no folder ap"],
  ])("%o fails the job and says what would be right", async (given, message) => {
    const result = await runWith(given);
    expect(result.status).toBe(1);
    expect(result.annotations).toHaveLength(1);
    expect(result.annotations[0]?.level).toBe("error");
    expect(result.annotations[0]?.message).toContain(`Wrong input ${message}`);
  });

  it("is named with all others that are wrong", async () => {
    const result = await runWith({ "fail-on": "worst", profile: "some" });
    expect(result.annotations[0]?.message).toMatch(
      /^Wrong input fail-on: .*\nWrong input profile: /,
    );
  });

  it("is never run", async () => {
    const evil = '$(touch sprung)"; touch sprung; echo "`touch sprung`';
    const result = await runWith({ "fail-on": evil, "working-directory": evil });
    expect(result.status).toBe(1);
    expect(await readdir(workspace)).not.toContain("sprung");
  });
});
