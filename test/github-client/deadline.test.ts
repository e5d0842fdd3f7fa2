import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { deadline } from "../../src/github/deadline.ts";

it("ends by itself, and says that the time was over", async () => {
  const signal = deadline(5);
  expect(signal.aborted).toBe(false);
  await once(signal, "abort");
  expect(signal.reason).toMatchObject({ name: "TimeoutError" });
});

it("ends with another, for its reason", () => {
  const other = new AbortController();
  const signal = deadline(60_000, new AbortController().signal, other.signal);
  expect(signal.aborted).toBe(false);
  other.abort("enough");
  expect([signal.aborted, signal.reason]).toEqual([true, "enough"]);
});

it("is over where another was over before", () => {
  expect(deadline(60_000, AbortSignal.abort("before")).reason).toBe("before");
});

it("ends although garbage is collected meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  let ended = 0;
  for (let i = 0; i < 20; i++)
    deadline(50, new AbortController().signal).addEventListener("abort", () => ended++);
  const last = deadline(60);
  while (!last.aborted) {
    if (typeof collect === "function") collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(ended).toBe(20);
});
