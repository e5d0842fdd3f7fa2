import { describe, expect, it } from "vitest";
import { type Job, MemoryQueue, type Position } from "../../src/app/queue/index.ts";
import { Superseded } from "../../src/pull-request/index.ts";

interface Begun {
  readonly job: Job<string>;
  readonly signal: AbortSignal;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  end(error?: Error): void;
}

/** A queue whose jobs end when a test says so. */
function queueWith({ concurrency = 2, delays = [0] } = {}) {
  const begun: Begun[] = [];
  const failures: [id: string, triesAgain: boolean][] = [];
  const queue = new MemoryQueue<string>({
    concurrency,
    delays,
    work: (job, { signal, isFirst, isLast }) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
        begun.push({ job, signal, isFirst, isLast, end });
      }),
    onFailure: (job, _, triesAgain) => void failures.push([job.id, triesAgain]),
  });
  const ids = () => begun.map(({ job }) => job.id);
  return { queue, begun, failures, ids };
}

let count = 0;
function job(given: Partial<Job<string>> = {}): Job<string> {
  count += 1;
  return { id: `job-${count}`, key: "one", version: "a", again: false, task: "", ...given };
}

const at = (seconds: number, head: string, before?: string): Position => ({
  at: seconds * 1_000,
  head,
  ...(before !== undefined && { before }),
});
/** Until what was settled has had its effects. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("a queue", () => {
  it("takes a delivery once, and again when it failed for good", async () => {
    const { queue, begun, ids, failures } = queueWith({ delays: [] });
    const first = job();
    expect([await queue.add(first), await queue.add(first)]).toEqual(["queued", "known"]);
    begun[0]?.end(new Error("no"));
    await soon();
    expect(failures).toEqual([[first.id, false]]);
    expect(await queue.add(first)).toBe("queued");
    begun[1]?.end();
    await soon();
    expect(await queue.add(first)).toBe("known");
    expect(ids()).toEqual([first.id, first.id]);
  });

  it("does what is under way already only where it is asked for again", async () => {
    const { queue, begun } = queueWith();
    await queue.add(job());
    expect(await queue.add(job())).toBe("known");
    expect(await queue.add(job({ again: true }))).toBe("queued");
    expect([begun.length, begun[0]?.signal.aborted]).toEqual([1, false]);
    begun[0]?.end();
    await soon();
    expect(begun[1]?.job.again).toBe(true);
    expect(begun.map(({ isFirst }) => isFirst)).toEqual([true, false]);
  });

  it("ends the review of what was replaced, and then does the newest alone", async () => {
    const { queue, begun, ids } = queueWith();
    await queue.add(job({ version: "a" }));
    await queue.add(job({ version: "b" }));
    const newest = job({ version: "c" });
    await queue.add(newest);
    expect(begun[0]?.signal.reason).toBeInstanceOf(Superseded);
    // Never two for one key, though there is room.
    expect(begun).toHaveLength(1);
    begun[0]?.end();
    await soon();
    expect(ids().slice(1)).toEqual([newest.id]);
  });

  it("does not forget that somebody wants it again when the same is told once more", async () => {
    const { queue, begun } = queueWith({ concurrency: 1 });
    await queue.add(job({ key: "other" }));
    await queue.add(job({ again: true }));
    await queue.add(job());
    begun[0]?.end();
    await soon();
    expect(begun[1]?.job.again).toBe(true);
  });

  it.each<[string, Position, Position, string]>([
    ["an older one", at(9, "b"), at(8, "a"), "late"],
    ["a newer one", at(9, "b"), at(10, "c", "b"), "queued"],
    ["one of the same second that it replaced", at(9, "b", "a"), at(9, "a"), "late"],
    ["one of the same second that replaced it", at(9, "b", "a"), at(9, "c", "b"), "queued"],
    ["one that goes back in the same second", at(9, "b", "a"), at(9, "a", "b"), "queued"],
  ])("after a delivery takes %s by its place", async (_, first, second, expected) => {
    const { queue } = queueWith();
    await queue.add(job({ version: first.head, position: first }));
    expect(await queue.add(job({ version: second.head, position: second }))).toBe(expected);
  });

  it("drops and ends what is cancelled, unless that is told late", async () => {
    const { queue, begun, ids } = queueWith({ concurrency: 1 });
    await queue.add(job({ position: at(9, "a") }));
    const waiting = job({ key: "two", position: at(9, "a") });
    await queue.add(waiting);
    await queue.cancel("one", "closed", at(8, "a"));
    await queue.cancel("two", "closed", at(8, "a"));
    expect(begun[0]?.signal.aborted).toBe(false);
    await queue.cancel("one", "closed", at(10, "a"));
    await queue.cancel("two", "closed", at(10, "a"));
    expect(begun[0]?.signal.reason).toMatchObject({ message: "closed" });
    begun[0]?.end();
    await soon();
    expect(ids()).not.toContain(waiting.id);
    expect(await queue.add(job({ position: at(9, "a") }))).toBe("late");
  });

  it("does so many at a time", async () => {
    const { queue, begun } = queueWith({ concurrency: 2 });
    for (const key of ["one", "two", "three"]) await queue.add(job({ key }));
    expect(begun).toHaveLength(2);
    begun[1]?.end();
    await soon();
    expect(begun.map(({ job: { key } }) => key)).toEqual(["one", "two", "three"]);
  });

  it("tries again what failed, as often as there are delays, unless something newer came", async () => {
    const { queue, begun, failures, ids } = queueWith({ delays: [0] });
    const first = job();
    await queue.add(first);
    begun[0]?.end(new Error("no"));
    await soon();
    begun[1]?.end(new Error("no"));
    await soon();
    expect(failures).toEqual([
      [first.id, true],
      [first.id, false],
    ]);
    expect(begun.map(({ isLast }) => isLast)).toEqual([false, true]);
    const [replaced, newer] = [job({ version: "b" }), job({ version: "c" })];
    await queue.add(replaced);
    await queue.add(newer);
    begun[2]?.end(new Error("no"));
    await soon();
    expect(failures.at(-1)).toEqual([replaced.id, false]);
    expect(ids()).toEqual([first.id, first.id, replaced.id, newer.id]);
  });

  it("that is closed takes nothing more, lets what runs end, and ends what takes too long", async () => {
    const { queue, begun } = queueWith({ concurrency: 1 });
    await queue.add(job());
    await queue.add(job({ key: "two" }));
    const closed = queue.close(10);
    expect([queue.isAccepting, await queue.add(job({ key: "three" }))]).toEqual([false, "closed"]);
    expect(begun[0]?.signal.aborted).toBe(false);
    await new Promise<void>((resolve) =>
      begun[0]?.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    expect(begun[0]?.signal.reason).toMatchObject({
      message: expect.stringContaining("shut down"),
    });
    begun[0]?.end();
    await closed;
    expect(begun).toHaveLength(1);
  });
});
