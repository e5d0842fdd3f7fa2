/** A flow as a finding, with the steps of its trace. */
import type { RawFinding, Step } from "../../core/finding.ts";
import type { CallObservation, Site, Value } from "../../python/index.ts";
import { shownName } from "../observed-call.ts";
import { normalise, quotable } from "../subject.ts";
import type { Flow } from "./flow.ts";
import type { Handover } from "./handovers.ts";
import type { CodePlace } from "./markup.ts";
import type { Sink, TaintRule } from "./match.ts";
import { originIn } from "./origin.ts";
import type { Shown } from "./shown.ts";

/** Where data stands in markup, in words. */
const INSIDE: Readonly<Record<CodePlace, string>> = {
  address: "as an address",
  bare: "in an attribute without quotes",
  handler: "in an attribute that is code",
  script: "in a script",
};

/** What is reported of a flow into a call; `handovers` are the calls behind each of its places. */
export function report(
  rule: TaintRule,
  sink: Sink,
  call: CallObservation,
  name: string,
  flow: Flow & { readonly shown?: Shown },
  handovers: readonly (readonly Handover[])[],
): RawFinding {
  const { file, node } = call.site;
  const shown = shownName(name.replace(/=$|->$/, ""));
  const last: Step = {
    ...file.location(node),
    message: sink.return === undefined ? `reaches \`${shown}\`` : "is returned",
  };
  const segment = flow.isSegment ? rule.match.segment : undefined;
  const ofSegment = sink.folder === true ? segment?.folder : segment?.file;
  const told = flow.inside === "address" ? rule.match.address : ofSegment;
  const severity = told?.severity ?? sink.severity;
  const source = flow.sites[0];
  const origin = originIn(file, flow);
  const maker = makerOf(call);
  const place = rule.match.report === "source" && source?.file === file ? source.node : node;
  return {
    ruleId: rule.id,
    ...file.location(place),
    subject: normalise(file.source(node)),
    values: {
      sink: shown,
      data: flow.data,
      shown: flow.shown?.text ?? "",
      place: INSIDE[flow.inside ?? "script"],
    },
    confidence: told?.confidence ?? flow.confidence,
    ...(told !== undefined && { message: told.message }),
    within: call.within?.name ?? "",
    ...(origin !== undefined && { origin }),
    ...(flow.parameters !== undefined && { measure: flow.parameters }),
    ...(severity !== undefined && { severity }),
    ...(flow.entry !== undefined && { entry: flow.entry }),
    ...(maker !== undefined && { related: [toMaker(maker)] }),
    trace: [
      ...flow.sites.flatMap((site, index) => [
        toStep(site, index === 0 ? flow.data : ""),
        ...(handovers[index] ?? []).map(toHandover),
      ]),
      last,
      ...(flow.shown === undefined
        ? []
        : [{ ...flow.shown.location, message: `is shown by \`${flow.shown.text}\`` }]),
    ],
  };
}

/** Where another file makes the object that a method is called on. */
function makerOf({ callee, site: { file } }: CallObservation): Site | undefined {
  for (let at: Value | undefined = callee; at?.kind === "symbol"; at = at.base)
    if (at.call !== undefined && at.site !== undefined && at.site.file !== file) return at.site;
  return undefined;
}

function toMaker({ file, node }: Site): Step {
  return { ...file.location(node), message: "makes what it is called on" };
}

function toHandover({ site, goes }: Handover): Step {
  const shown = quotable(site.file.source(site.node));
  const message = goes === "in" ? `goes into \`${shown}\`` : `comes out of \`${shown}\``;
  return { ...site.file.location(site.node), message };
}

function toStep(site: Site, data: string): Step {
  const shown = quotable(site.file.source(site.node));
  return {
    ...site.file.location(site.node),
    message: data === "" ? `goes into \`${shown}\`` : `\`${shown}\` is ${data}`,
  };
}
