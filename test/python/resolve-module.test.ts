import { describe, expect, it } from "vitest";
import { moduleName, resolveModule } from "../../src/python/resolve-module.ts";

const tree = new Set([
  "manage.py",
  "shop/__init__.py",
  "shop/models.py",
  "shop/views.py",
  "shop/settings/__init__.py",
  "shop/settings/base.py",
  "shop/settings/production.py",
  "plain/tool.py",
  "plain/helper.py",
  "plain/requests.py",
  "src/lib/__init__.py",
  "src/lib/core.py",
  "src/lib/deep/__init__.py",
  "src/lib/deep/leaf.py",
  "both.py",
  "both/__init__.py",
  "bare/inner.py",
]);
const has = (path: string) => tree.has(path);

describe("an import leads to a file of the tree", () => {
  it.each([
    ["manage.py", "shop.models", 0, "shop/models.py"],
    ["shop/views.py", "shop.models", 0, "shop/models.py"],
    ["shop/views.py", "models", 1, "shop/models.py"],
    ["shop/views.py", "", 1, "shop/__init__.py"],
    ["shop/__init__.py", "models", 1, "shop/models.py"],
    ["shop/settings/production.py", "base", 1, "shop/settings/base.py"],
    ["shop/settings/production.py", "models", 2, "shop/models.py"],
    ["shop/settings/production.py", "", 2, "shop/__init__.py"],
    ["shop/settings/__init__.py", "base", 1, "shop/settings/base.py"],
    ["shop/settings/__init__.py", "shop.settings", 0, "shop/settings/__init__.py"],
    ["manage.py", "shop.settings", 0, "shop/settings/__init__.py"],
    ["plain/tool.py", "helper", 0, "plain/helper.py"],
    ["plain/tool.py", "plain.helper", 0, "plain/helper.py"],
    ["src/lib/core.py", "lib.deep.leaf", 0, "src/lib/deep/leaf.py"],
    ["src/lib/deep/leaf.py", "lib.core", 0, "src/lib/core.py"],
    ["manage.py", "bare.inner", 0, "bare/inner.py"],
    ["bare/inner.py", "manage", 0, "manage.py"],
  ])("from %s: %j with %i dots", (from, dotted, level, path) => {
    expect(resolveModule(has, from, dotted, level)).toEqual({ kind: "tree", path });
  });
});

describe("an import leads out of the tree", () => {
  it.each([
    ["manage.py", "django.db", 0, "django.db", false],
    // A file that imports its own name means the installed package.
    ["plain/requests.py", "requests", 0, "requests", false],
    // The folder of a package is not on the path.
    ["shop/views.py", "models", 0, "models", false],
    ["manage.py", "lib.core", 0, "lib.core", false],
    ["shop/views.py", "missing", 1, "shop.missing", true],
    ["shop/settings/production.py", "missing", 2, "shop.missing", true],
    ["shop/views.py", "above", 5, "above", true],
    ["manage.py", "above", 3, "above", true],
  ])("from %s: %j with %i dots", (from, dotted, level, name, absent) => {
    expect(resolveModule(has, from, dotted, level)).toEqual({ kind: "external", name, absent });
  });
});

describe("a module's name counts from the outermost package", () => {
  it.each([
    ["manage.py", "manage"],
    ["shop/models.py", "shop.models"],
    ["shop/__init__.py", "shop"],
    ["shop/settings/base.py", "shop.settings.base"],
    ["src/lib/deep/leaf.py", "lib.deep.leaf"],
    ["src/lib/__init__.py", "lib"],
    ["plain/tool.py", "tool"],
    ["bare/inner.py", "inner"],
  ])("%s is %s", (path, name) => {
    expect(moduleName(has, path)).toBe(name);
  });
});
