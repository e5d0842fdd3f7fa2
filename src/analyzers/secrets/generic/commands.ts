import type { Expression, Placed } from "../../../python/index.ts";
import { type OptionPattern, optionOf } from "./formats.ts";
import { writtenText } from "./written-text.ts";

/** The secret that a program is given among its options, in a list of them: `["sshpass", "-p", "...", "ssh"]`. */
export function* commandsIn(
  parts: readonly Expression[],
  options: readonly OptionPattern[],
): Generator<{
  readonly name: string;
  readonly value: string;
  readonly node: Placed;
  readonly beside: ReadonlyMap<string, string>;
}> {
  const program = parts[0] === undefined ? undefined : writtenText(parts[0]);
  if (program === undefined) return;
  const asked = options.filter((option) => option.program.startsWith(`${program} `));
  if (asked.length === 0) return;
  let line = "";
  const ends = parts.map((part) => {
    line += `${writtenText(part) ?? "?"} `;
    return line.length;
  });
  for (const option of asked) {
    for (const { name, value, start } of optionOf(line, option)) {
      const node = parts[ends.findIndex((end) => start < end)];
      if (node !== undefined) yield { name, value, node, beside: new Map() };
    }
  }
}
