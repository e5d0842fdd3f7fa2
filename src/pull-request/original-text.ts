/** A comment's text without our marker. */
export function originalText(body: string): string {
  return body.replace(/\s*<!--\s*portcullis\b[\s\S]*?-->\s*/g, "").trim();
}
