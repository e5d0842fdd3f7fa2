import { describe, expect, it } from "vitest";
import {
  type Marker,
  readMarker,
  type Thread,
  withMarker,
  withoutMarker,
} from "../../src/github/index.ts";
import {
  bodyAfter,
  dismissalsIn,
  dismissButtons,
  reasonOfButton,
  withoutDismissed,
} from "../../src/pull-request/dismissal.ts";
import { finding, report } from "../report/samples.ts";

function threadWith(body: string): Thread {
  const marker = readMarker(body);
  if (marker === undefined) throw new Error("no marker");
  const comment = { id: 1, nodeId: "C", author: "portcullis", isOwn: true, isMinimized: false };
  return {
    id: "T",
    path: "a.py",
    line: 1,
    isResolved: false,
    isOutdated: false,
    canResolve: false,
    marker,
    comment: { ...comment, reviewId: undefined, body },
    replies: [],
  };
}

const open = withMarker("A flaw.", { fingerprint: "f", state: "open", rule: "a/b" });

describe("a dismissed comment", () => {
  it("names who did it and why, above what it was, and remembers both", () => {
    const body = bodyAfter(threadWith(open), { by: "ada", reason: "used in tests" });
    expect(withoutMarker(body)).toBe("**Dismissed by ada:** used in tests\n\nA flaw.");
    expect(readMarker(body)).toEqual({
      fingerprint: "f",
      state: "dismissed",
      rule: "a/b",
      by: "ada",
      reason: "used in tests",
    });
  });

  it("mentions nobody, and hides nothing, by its reason", () => {
    const reason = "<!-- @acme/everyone <img src=x> &amp;";
    const body = bodyAfter(threadWith(open), { by: "ada", reason });
    expect(withoutMarker(body)).not.toMatch(/[<>&@]/);
    expect(readMarker(body)?.reason).toBe(reason);
  });

  it("is dismissed anew in place of the first time, and what it was once it is reopened", () => {
    const first = bodyAfter(threadWith(open), { by: "ada", reason: "one" });
    const second = bodyAfter(threadWith(first), { by: "mia", reason: "two" });
    expect(withoutMarker(second)).toBe("**Dismissed by mia:** two\n\nA flaw.");
    expect(bodyAfter(threadWith(second), undefined)).toBe(open);
  });
});

describe("dismissals", () => {
  it("take their findings out, those named along included, and no others", () => {
    const marker: Marker = { fingerprint: "f", state: "dismissed", also: ["g"], by: "ada" };
    const threads = [
      threadWith(withMarker("", marker)),
      threadWith(withMarker("", { fingerprint: "h", state: "fixed" })),
    ];
    const dismissals = dismissalsIn(threads);
    expect(Object.fromEntries(dismissals)).toEqual({
      f: { by: "ada", reason: "" },
      g: { by: "ada", reason: "" },
    });
    const found = ["f", "g", "h"].map((fingerprint) => finding({ fingerprint }));
    const left = withoutDismissed(report({ new: found }).review, dismissals);
    expect(left.new.map(({ fingerprint }) => fingerprint)).toEqual(["h"]);
    expect(left.suppressed.map(({ by }) => by)).toMatchObject([
      { kind: "dismissal", who: "ada" },
      { kind: "dismissal", who: "ada" },
    ]);
  });

  it("by buttons have a reason each, and those of others none", () => {
    expect(dismissButtons).toHaveLength(3);
    for (const { identifier, label, description } of dismissButtons) {
      expect(reasonOfButton(identifier)).not.toBeUndefined();
      expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
        true,
        true,
        true,
      ]);
    }
    expect(reasonOfButton("else")).toBeUndefined();
  });
});
