/**
 * True when a qualified name is what a pattern means: a name (`subprocess.run`; without a dot, a built-in one: `eval`), or `*` and
 * the end of one: `*.objects.raw`, which any owner satisfies, or `*session[]`, which `user_session[]` does, too. In the middle a `*`
 * stands for whatever is called in between: `*.objects.*.order_by`.
 */
export function nameMatches(pattern: string, name: string): boolean {
  if (pattern.startsWith("*")) {
    const { ending, within } = endingOf(pattern);
    return name.endsWith(ending) && (within === undefined || holdsBefore(name, ending, within));
  }
  return name === pattern || (!pattern.includes(".") && name === `builtins.${pattern}`);
}

/** What a name has to end in, for a pattern that begins with `*`, and what has to stand before that. */
export function endingOf(pattern: string): { readonly ending: string; readonly within?: string } {
  const at = pattern.indexOf(".*.");
  if (at < 0) return { ending: pattern.slice(1) };
  return { ending: pattern.slice(at + 2), within: pattern.slice(1, at + 1) };
}

/** True where a name has some parts before its ending, be it right before it. */
export function holdsBefore(name: string, ending: string, within: string): boolean {
  const at = name.indexOf(within);
  return at >= 0 && at + within.length <= name.length - ending.length + 1;
}
