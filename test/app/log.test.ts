import { describe, expect, it } from "vitest";
import { createLog } from "../../src/app/log.ts";
import { PortcullisError } from "../../src/core/errors.ts";

/** The lines that are written, in the form for people or for machines. */
function logged(logFormat: "json" | "pretty") {
  const lines: string[] = [];
  const log = createLog({ logLevel: "trace", logFormat }, { write: (line) => lines.push(line) });
  return { log, text: () => lines.join("") };
}

const content = {
  payload: { comment: { body: "quoted" } },
  body: "quoted",
  request: { data: "quoted" },
  msg: "quoted",
};

describe.each(["json", "pretty"] as const)("the log as %s", (format) => {
  it("has the fields that it knows by name, and no others", () => {
    const { log, text } = logged(format);
    log.info({ delivery: "d-1", job: "acme/shop#1", ...content }, "delivery");
    expect(text()).toMatch(/d-1.*acme\/shop#1/);
    expect(text()).not.toContain("quoted");
  });

  it("quotes no error but our own", () => {
    const { log, text } = logged(format);
    const foreign = Object.assign(new Error("quoted"), { status: 422, code: "E_ODD", ...content });
    log.error({ err: new AggregateError([foreign, "quoted"], "quoted") }, "failed");
    log.error({ err: foreign }, "failed");
    log.error({ err: "quoted" }, "failed");
    log.error({ err: new PortcullisError("what we say", { cause: foreign }) }, "failed");
    expect(text()).toMatch(/422[\s\S]*E_ODD[\s\S]*what we say/);
    expect(text()).not.toContain("quoted");
  });
});
