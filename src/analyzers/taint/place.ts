/** Where in a text data stands: that decides what it has to lack to do no harm there. */
import type { Guard } from "../../core/models.ts";
import type { Value } from "../../python/index.ts";

export interface Place {
  /** What stands before it in the text; a letter stands for what is not known. */
  readonly before: string;
  /** What stands behind it, up to the next thing that is not known; undefined where that follows at once. */
  readonly after: string | undefined;
  /** True where the text is put into something else, of which the same is not known. */
  readonly isPart: boolean;
  /** True where the text may name a folder too. */
  readonly isFolder: boolean;
}

/** What is not known of a text, and where it stands in there. */
export function* holesIn(
  parts: readonly (string | Value)[],
  around: { readonly before: string; readonly isPart: boolean; readonly isFolder: boolean },
): Generator<readonly [Value, Place]> {
  let { before } = around;
  for (const [index, part] of parts.entries()) {
    if (typeof part === "string") {
      before += part;
      continue;
    }
    const next = index + 1 < parts.length ? parts[index + 1] : "";
    yield [part, { ...around, before, after: typeof next === "string" ? next : undefined }];
    before += "x";
  }
}

/** True where data that lacks a text does no harm, by where that text has to be kept from. */
export function isKeptOut(where: Guard["where"], text: string, place: Place | undefined): boolean {
  switch (where) {
    case undefined:
      return true;
    case "quoted": {
      const quote = place && quoteAround(place.before);
      return quote === undefined ? place === undefined || place.isPart : quote === text;
    }
    case "below":
      return place !== undefined && staysBelow(place);
    case "beside-host":
      return place === undefined || !isHost(place);
    case "behind-slash":
      return place?.before === "/";
    default: {
      const never: never = where;
      return never;
    }
  }
}

/** The quote that is open at the end of a text. */
function quoteAround(before: string): string | undefined {
  let open: string | undefined;
  for (const char of before)
    if (open === undefined ? char === "'" || char === '"' : char === open)
      open = open === undefined ? char : undefined;
  return open;
}

/**
 * True for data that begins no path, so that it cannot begin at the root, and that makes no `../` together with what stands
 * around it. What is left is a `..` at the end: a folder, which no file is.
 */
function staysBelow({ before, after, isPart, isFolder }: Place): boolean {
  if (isPart || isFolder || before === "" || after === undefined) return false;
  return !/(?:^|\/)\.{1,2}$/.test(before) && !/^\.?\//.test(after);
}

/** True for data that alone stands between the `//` of an address and its path: letters and dots are a host there. */
function isHost({ before, after }: Place): boolean {
  return (
    /^(?:[a-z][\w+.-]*:)?\/\/$/i.test(before) && after !== undefined && /^(?:$|[/?#])/.test(after)
  );
}
