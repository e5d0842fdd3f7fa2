// A comment of ours says in its last line what it is about, in an HTML comment that nobody sees. The line is JSON in which nothing can
// end the comment; it counts only as the last line, so that quoted code in the body cannot pass for it. That the comment is
// ours is another question, which only the author answers: anyone can paste a marker.
import { z } from "zod";
import { cutCharacters } from "./cut.ts";

const MarkerShape = z.object({
  fingerprint: z.string().min(1).max(200),
  /** Further findings that a dismissal is of, which have no comment of their own. */
  also: z.array(z.string().min(1).max(200)).max(1_000).optional(),
  state: z.enum(["open", "fixed", "dismissed"]),
  rule: z.string().max(200).optional(),
  /** Who dismissed it, and why. */
  by: z.string().max(100).optional(),
  reason: z.string().max(2_000).optional(),
  /** The commit that fixed it. */
  commit: z.string().max(64).optional(),
});
const Stored = MarkerShape.extend({ version: z.literal(1) });

/** What a comment of ours is about. */
export type Marker = Readonly<z.infer<typeof MarkerShape>>;

/** Of a review, a review comment and a comment on the conversation (observed). */
export const MAX_BODY_CHARACTERS = 65_536;
const MAX_REASON = 1_000;
const LAST_LINE = /(?:^|\n)<!-- portcullis (\{[^\n]*\}) -->\s*$/;

/** The body with its marker at the end in place of one that it has, cut to what GitHub takes. */
export function withMarker(body: string, marker: Marker): string {
  const { reason, ...rest } = marker;
  const stored = {
    version: 1,
    ...rest,
    ...(reason !== undefined && { reason: cutCharacters(reason, MAX_REASON) }),
  } satisfies z.input<typeof Stored>;
  const json = JSON.stringify(stored).replace(/[<>&@]|-(?=-)/g, escapeUnit);
  const line = `<!-- portcullis ${json} -->`;
  return `${cutCharacters(withoutMarker(body), MAX_BODY_CHARACTERS - line.length - 2)}\n\n${line}`;
}

/** The body as a person sees it. */
export function withoutMarker(body: string): string {
  return body.replace(LAST_LINE, "").trimEnd();
}

/** The marker at the end of a body; undefined without one, and for one that this version does not understand. */
export function readMarker(body: string): Marker | undefined {
  const json = LAST_LINE.exec(body)?.[1];
  if (json === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const stored = Stored.safeParse(value);
  if (!stored.success) return undefined;
  const { version: _, ...marker } = stored.data;
  return marker;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
