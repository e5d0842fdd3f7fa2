import { describe, expect, it } from "vitest";
import type { TreeEntry } from "../../src/core/source-tree.ts";
import { readAhead } from "../../src/trees/ahead.ts";

const tree = (...paths: readonly string[]) =>
  new Map(paths.map((path): [string, TreeEntry] => [path, { path, kind: "file", size: 100 }]));
const next = (
  paths: readonly string[],
  listed: ReadonlyMap<string, TreeEntry>,
  more: Partial<Parameters<ReturnType<typeof readAhead>>[0]> = {},
  expected: Parameters<typeof readAhead>[1] = undefined,
  glimpses: Parameters<typeof readAhead>[2] = undefined,
) =>
  readAhead(
    listed,
    expected,
    glimpses,
  )({ paths, asked: [], contentOf: () => undefined, ...more }).map(({ path }) => path);
/** What is here already. */
const here = (texts: Readonly<Record<string, string>>) => ({
  contentOf: ({ path }: TreeEntry) => {
    const text = texts[path];
    return text === undefined ? undefined : Buffer.from(text);
  },
});

describe("what is read ahead", () => {
  it("is what lies near a module, nearest first, where others may import it", () => {
    const listed = tree(
      "other/app/far.py",
      "shop/views.py",
      "shop/models.py",
      "shop/forms/order.py",
      "shop/tests/test_views.py",
      "shop/migrations/0001.py",
      "shop/style.css",
    );
    const near = ["shop/models.py", "shop/forms/order.py", "other/app/far.py"];
    expect(next(["shop/views.py"], listed)).toEqual(near);
    expect(next(["README.md"], listed)).toEqual([]);
  });

  it("begins with what is expected, and goes on with what is imported, near or far", () => {
    const listed = tree(
      "shop/views.py",
      "shop/near.py",
      "shop/__init__.py",
      "core/__init__.py",
      "core/db/__init__.py",
      "core/db/queries.py",
      "core/db/rows.py",
      "core/text.py",
      "site/settings.py",
      "setup.cfg",
    );
    const more = {
      asked: ["shop/views.py"],
      ...here({
        "shop/views.py": `import core.text
import os
from core.db import (
    queries,  # a module
    connection,
)
from . import missing
`,
        "core/db/queries.py": "    from .rows import Row\n",
      }),
    };
    const found = next(["shop/near.py"], listed, more, {
      read: ["setup.cfg", "gone.cfg"],
      searched: [],
    });
    expect(found.slice(0, 5)).toEqual([
      "setup.cfg",
      "core/text.py",
      "core/db/__init__.py",
      "shop/__init__.py",
      "core/db/rows.py",
    ]);
    expect(found).toContain("site/settings.py");
    expect(found).not.toContain("shop/near.py");
  });

  it("is first what a module takes over from others whole, however much else lies on the way", () => {
    const others = Array.from({ length: 400 }, (_, index) => `far/part_${index}.py`);
    const listed = tree(
      "shop/views.py",
      "far/__init__.py",
      ...others,
      "core/__init__.py",
      "core/rows/__init__.py",
      "core/rows/cells.py",
    );
    const more = {
      asked: ["shop/views.py"],
      ...here({
        "shop/views.py": "from far import Part1\nfrom core import Cell\n",
        "far/__init__.py": others.map((_, index) => `from .part_${index} import Part\n`).join(""),
        "core/__init__.py": "from .rows import *  # the rest\n",
        "core/rows/__init__.py": "from .cells import *\nfrom .. import rows\n",
      }),
    };
    const found = next(["README.md"], listed, more);
    expect(found.slice(0, 2)).toEqual(["core/rows/cells.py", "far/part_0.py"]);
  });

  it("is what is imported by what is read in any case, before what a changed module imports", () => {
    const others = Array.from({ length: 400 }, (_, index) => `far/part_${index}.py`);
    const listed = tree("shop/views.py", "site/settings.py", "core/texts.py", ...others);
    const more = {
      asked: ["shop/views.py"],
      ...here({
        "shop/views.py": others.map((_, index) => `import far.part_${index}\n`).join(""),
        "site/settings.py": "from core.texts import LANGUAGES\n",
      }),
    };
    const read = ["site/settings.py"];
    const found = next(["README.md"], listed, more, { read, searched: [] });
    expect(found.slice(0, 2)).toEqual(["core/texts.py", "far/part_0.py"]);
  });

  it("is first what lies on the way from a change, before what was looked at by the way imports", () => {
    const others = Array.from({ length: 400 }, (_, index) => `far/part_${index}.py`);
    const listed = tree("shop/views.py", "core/texts.py", "core/rows.py", "far/all.py", ...others);
    const more = {
      asked: ["shop/views.py", "far/all.py"],
      ...here({
        "shop/views.py": "import core.texts\n",
        "core/texts.py": "import core.rows\n",
        "far/all.py": others.map((_, index) => `import far.part_${index}\n`).join(""),
      }),
    };
    const found = next(["README.md"], listed, more, undefined, new Map([["shop/views.py", "@@"]]));
    expect(found.slice(0, 2)).toEqual(["core/rows.py", "far/part_0.py"]);
  });

  it("is in part what stands beside a module of which nothing is known yet", () => {
    const others = Array.from({ length: 400 }, (_, index) => `far/part_${index}.py`);
    const listed = tree("shop/views.py", "core/rows.py", "core/cells.py", ...others);
    const imports = others.map((_, index) => `import far.part_${index}\n`).join("");
    const more = {
      asked: ["shop/views.py", "core/rows.py"],
      ...here({ "shop/views.py": imports }),
    };
    const found = next(["core/rows.py"], listed, more);
    expect(found[0]).toBe("far/part_0.py");
    expect(found).toContain("core/cells.py");
  });

  it("is what is searched, whose imports are not followed, and what a module names as a text", () => {
    const listed = tree(
      "shop/views.py",
      "far/away/urls.py",
      "far/other/middleware.py",
      "off/its/way.py",
      "elsewhere/templates/shop/cart.html",
      "themes/elsewhere/templates/shop/cart.html",
      "themes/elsewhere/templates/shop/other.html",
    );
    const more = {
      asked: ["shop/views.py"],
      ...here({
        "shop/views.py": `render("shop/cart.html")\nMIDDLEWARE = ["far.other.middleware.Limits"]\n`,
        "far/away/urls.py": "from off.its import way\n",
      }),
    };
    const expected = { read: [], searched: ["far/away/urls.py"] };
    const found = next(["README.md"], listed, more, expected);
    expect(found.slice(0, 2)).toEqual([
      "far/other/middleware.py",
      "elsewhere/templates/shop/cart.html",
    ]);
    const cold = next(["README.md"], listed, { asked: ["shop/views.py"] }, expected);
    expect(cold.slice(0, 2)).toEqual(["far/away/urls.py", "shop/views.py"]);
  });

  it("is what pages lie near, which take a part of the room from modules", () => {
    const listed = tree(
      "shop/orders/views.py",
      ...Array.from({ length: 400 }, (_, index) => `shop/orders/module_${index}.py`),
      ...Array.from({ length: 400 }, (_, index) => `shop/templates/orders/page_${index}.html`),
      ...Array.from({ length: 400 }, (_, index) => `shop/templates/blog/page_${index}.html`),
    );
    const found = next(["shop/orders/views.py"], listed);
    const pages = found.filter((path) => path.endsWith(".html"));
    expect(found).toHaveLength(229);
    expect(pages.length).toBeGreaterThan(40);
    expect(pages.length).toBeLessThan(60);
    expect(pages.every((path) => path.startsWith("shop/templates/orders/"))).toBe(true);
  });

  it("is what a page includes that is here, and what stands beside a page that is asked for", () => {
    const others = Array.from({ length: 400 }, (_, index) => `shop/part_${index}.py`);
    const listed = tree(
      "shop/views.py",
      ...others,
      "theme/templates/theme/list.html",
      "theme/templates/theme/entry.html",
      "theme/templates/theme/detail.html",
      "parts/templates/parts/head.html",
      "parts/templates/parts/logo.html",
      "parts/templates/parts/mark.html",
    );
    const texts = {
      "shop/views.py": 'render("theme/list.html")\nrender("theme/detail.html")\n',
      "theme/templates/theme/list.html": '{% include "parts/head.html" %}',
      "parts/templates/parts/head.html": '{% extends "parts/logo.html" %}',
    };
    const more = { asked: ["shop/views.py"], ...here(texts) };
    const found = next(["theme/templates/theme/detail.html"], listed, more);
    expect(found[0]).toBe("parts/templates/parts/logo.html");
    expect(found).toContain("theme/templates/theme/entry.html");
    expect(found.at(-1)).toMatch(/^shop/);
    const withoutPage = next(["shop/part_0.py"], listed, more);
    expect(withoutPage.slice(0, 2)).toEqual([
      "theme/templates/theme/detail.html",
      "parts/templates/parts/logo.html",
    ]);
  });

  it("is what lies near what is expected where no module is asked for", () => {
    const listed = tree("site/settings.py", "site/tools.py", "requirements.txt");
    const expected = { read: ["site/settings.py"], searched: [] };
    expect(next(["requirements.txt"], listed, {}, expected)).toEqual([
      "site/settings.py",
      "site/tools.py",
    ]);
  });

  it("is what the patch of a module names that is not here yet", () => {
    const listed = tree(
      "shop/views.py",
      "shop/near.py",
      "far/away/rules.py",
      "far/gone.py",
      "far/templates/shop/cart.html",
      "far/templates/shop/old.html",
    );
    const patch = `@@ -1,3 +1,4 @@
 import os
+from far.away import rules
 def cart(request):
-    return render(request, "shop/old.html")
+    return render(request, "shop/cart.html")
`;
    const found = next(
      ["shop/views.py"],
      listed,
      {},
      undefined,
      new Map([["shop/views.py", patch]]),
    );
    expect(found.slice(0, 2)).toEqual(["far/away/rules.py", "far/templates/shop/cart.html"]);
    expect(next(["shop/views.py"], listed)[0]).toBe("shop/near.py");
  });

  it("is of what lies equally near the largest first", () => {
    const listed = new Map<string, TreeEntry>([
      ["shop/views.py", { path: "shop/views.py", kind: "file", size: 10 }],
      ["shop/names.py", { path: "shop/names.py", kind: "file", size: 20 }],
      ["shop/models.py", { path: "shop/models.py", kind: "file", size: 2_000 }],
    ]);
    expect(next(["shop/views.py"], listed)).toEqual(["shop/models.py", "shop/names.py"]);
  });

  it("may be large where it is expected or imported, as far as a text comes whole", () => {
    const listed = new Map<string, TreeEntry>([
      ["a.py", { path: "a.py", kind: "file", size: 10 }],
      ["large.py", { path: "large.py", kind: "file", size: 200_000 }],
      ["near.py", { path: "near.py", kind: "file", size: 200_000 }],
      ["poetry.lock", { path: "poetry.lock", kind: "file", size: 400_000 }],
      ["package-lock.json", { path: "package-lock.json", kind: "file", size: 600_000 }],
    ]);
    const more = { asked: ["a.py"], ...here({ "a.py": "import large\n" }) };
    const expected = { read: ["poetry.lock", "package-lock.json"], searched: [] };
    expect(next(["README.md"], listed, more, expected)).toEqual(["poetry.lock", "large.py"]);
  });

  it("is not what is here already, too large, or no file", () => {
    const listed = new Map<string, TreeEntry>([
      ["a.py", { path: "a.py", kind: "file" }],
      ["known.py", { path: "known.py", kind: "file", id: "k" }],
      ["large.py", { path: "large.py", kind: "file", size: 200_000 }],
      ["link.py", { path: "link.py", kind: "symlink" }],
    ]);
    const contentOf = ({ id }: TreeEntry) => (id === "k" ? ("coming" as const) : undefined);
    expect(next(["a.py"], listed, { contentOf })).toEqual([]);
  });

  it("is no more than one question should weigh", () => {
    const many = tree(...Array.from({ length: 500 }, (_, index) => `shop/module_${index}.py`));
    expect(next(["shop/module_0.py"], many)).toHaveLength(229);
    const heavy = [...many].map(([path, entry]): [string, TreeEntry] => [
      path,
      { ...entry, size: 50_000 },
    ]);
    expect(next(["shop/module_0.py"], new Map(heavy))).toHaveLength(60);
  });
});
