/**
 * What a function of a file is handed by other modules, as `setup(app, ["*"])` hands it an application and the value of a setting.
 * Run on its own, the function does not tell what its parameters are; a module that calls it is run to see.
 */
import type { CallObservation, Site } from "../python/index.ts";
import type { FileUnit } from "./analyzer.ts";
import { askCaller, modulesNaming } from "./taint/index.ts";

/** A call in a function, as it is made when another module calls that. */
export interface HandedIn {
  readonly call: CallObservation;
  /** Where the other module calls the function. */
  readonly by: Site;
  /** All calls that were seen on the way. */
  readonly calls: readonly CallObservation[];
}

/**
 * The first way on which a call is as it is looked for, by way of a module that calls the function around it. Nothing is told of what
 * more modules name than are run. Modules that say what an argument is may be asked for, and not every place that calls it counts.
 */
export function handedIn(
  { site, within }: CallObservation,
  isMeant: (call: CallObservation, enter: (path: string) => void) => boolean,
  counts: (by: Site) => boolean,
  unit: FileUnit,
): HandedIn | undefined {
  if (within === undefined || !isOpenToOthers(within, unit.path)) return undefined;
  const uses = new RegExp(`\\b${within.name}\\b`);
  for (const path of modulesNaming(within.name, unit, true) ?? []) {
    const caller = { path, uses, through: [] };
    const found = askCaller<HandedIn>(caller, unit.path, unit.project, (calls, enter) => {
      const at = calls.findIndex((one) => one.site.node === site.node && isMeant(one, enter));
      const call = calls[at];
      const by = calls
        .slice(0, Math.max(at, 0))
        .findLast(({ callee }) => callee.kind === "function" && callee.node === within.node)?.site;
      return call === undefined || by?.file.path !== path || !counts(by)
        ? undefined
        : { call, by, calls };
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True for a function at the left edge of a file that takes something. */
function isOpenToOthers(
  { file, node, name, closure }: NonNullable<CallObservation["within"]>,
  path: string,
): boolean {
  const { posonlyargs, args, kwonlyargs } = node.args;
  const takes = posonlyargs.length + args.length + kwonlyargs.length > 0;
  return takes && file.path === path && closure.kind === "module" && /^\w+$/.test(name);
}
