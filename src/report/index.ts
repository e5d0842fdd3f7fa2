import { html } from "./html.ts";

export { cycloneDx } from "./cyclonedx.ts";
export { dependencyTable } from "./dependency-table.ts";

import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import type { Format } from "./report.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";

export { visible } from "./escape.ts";
export { suggestionOf } from "./fix.ts";
export { CHECK_RUN_BYTES, renderFinding, renderMarkdown } from "./markdown.ts";
export type { Report } from "./report.ts";
export { renderSarif } from "./sarif.ts";
export { headline } from "./summary.ts";

/** Every report format, in the order in which the command line lists them. */
export const formats = [text, json, sarif, html, markdown] as const satisfies readonly Format[];

export type FormatName = (typeof formats)[number]["id"];
