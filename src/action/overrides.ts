import type { Config } from "../core/config.ts";
import type { Inputs } from "./inputs.ts";

/** The repository's configuration as the inputs change it. `prefix` is the folder that is wanted; empty for all. */
export function overrideConfig(config: Config, inputs: Inputs, prefix: string): Config {
  const { failOn, commentOn, advisories } = inputs;
  return {
    ...config,
    ...(failOn !== undefined && { "fail-on": failOn }),
    ...(commentOn !== undefined && { "comment-on": commentOn }),
    ...(advisories !== undefined && { advisories }),
    ...(prefix !== "" && {
      // What is outside is excluded, since the configuration may have an `include` of its own.
      paths: { ...config.paths, exclude: [...config.paths.exclude, `!${literal(prefix)}/**`] },
    }),
  };
}

/** A glob that means these characters only. */
function literal(path: string): string {
  return path.replace(/[[\]{}()*?!+@\\|]/g, (character) =>
    character === "\\" ? "\\\\" : `[${character}]`,
  );
}
