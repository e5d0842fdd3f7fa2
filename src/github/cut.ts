const ELLIPSIS = "…";

/** At most `most` UTF-16 units, which are never fewer than characters; an ellipsis ends what was cut. */
export function cutCharacters(text: string, most: number): string {
  const clean = withoutNul(text);
  if (clean.length <= most) return clean;
  // Half a surrogate pair would become a replacement character on the way.
  return clean.slice(0, most - ELLIPSIS.length).replace(/[\uD800-\uDBFF]$/, "") + ELLIPSIS;
}

/** At most `most` bytes of UTF-8; an ellipsis ends what was cut. */
export function cutBytes(text: string, most: number): string {
  const clean = withoutNul(text);
  if (Buffer.byteLength(clean) <= most) return clean;
  let end = most - Buffer.byteLength(ELLIPSIS);
  const bytes = Buffer.from(clean);
  // The second to fourth byte of a character begin with the bits 10.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end) + ELLIPSIS;
}

/** GitHub's database takes no NUL in a text. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
