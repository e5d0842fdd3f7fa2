/**
 * True when a qualified name is what a pattern means: a name (`subprocess.run`; without a dot, a built-in one: `eval`), or `*` and
 * the end of one: `*.objects.raw`, which any owner satisfies, or `*session[]`, which `user_session[]` does, too.
 */
export function nameMatches(pattern: string, name: string): boolean {
  if (pattern.startsWith("*")) return name.endsWith(pattern.slice(1));
  return name === pattern || (!pattern.includes(".") && name === `builtins.${pattern}`);
}
