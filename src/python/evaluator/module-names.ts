/** The names that a module has before it runs: `__name__`, `__file__` and the like. */
import { sequence } from "./containers.ts";
import { cellOf } from "./machine.ts";
import { fileText } from "./paths.ts";
import { constant, type Scope, type Site, union, type Value } from "./values.ts";

/** Binds them. A rule that looks for flaws wants to see the program that a file is, too; settings are imported. */
export function bindModuleNames(
  scope: Scope,
  path: string,
  name: string,
  site: Site,
  isImported: boolean,
): void {
  const bind = (own: string, value: Value) => {
    cellOf(scope, own).content = { value, site, when: [] };
  };
  const own = constant(name, site);
  const asProgram = [{ value: own }, { value: constant("__main__", site) }];
  bind("__name__", isImported ? own : union(asProgram, site));
  bind("__file__", fileText(path, site));
  const isPackage = path.endsWith("__init__.py");
  bind("__package__", constant(isPackage ? name : name.replace(/\.?[^.]*$/, ""), site));
  if (isPackage && isImported)
    bind(
      "__path__",
      sequence("list", [fileText(path.replace(/\/?__init__\.py$/, ""), site)], site),
    );
}
