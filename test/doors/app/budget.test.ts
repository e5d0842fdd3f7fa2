// What a review costs: calls to GitHub, without those for tokens.
import { describe, expect, it } from "vitest";
import { mergeGroupPayload } from "../../github/index.ts";
import { SQL, setting } from "./setting.ts";

/** A module of 1 to 10 kB; every eighth one has words that rules look for. None has anything to say. */
function moduleOf(index: number, word: string): string {
  const text = "Returns what the page shows, and nothing else, to whoever asks for it.\n";
  const query = `def handle(request, cursor):
    cursor.execute("SELECT id FROM page WHERE name = %s", [request.GET["name"]])
    return cursor.fetchall()
`;
  return `"""\n${text.repeat(15 + ((index * 37) % 125))}"""\n${index % 8 === 0 ? query : ""}
def name():
    return "${word}"
`;
}

const files = (count: number, word: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `package_${index % 40}/module_${index}.py`,
      moduleOf(index, word),
    ]),
  );
const loud = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`loud/module_${index}.py`, `${SQL}# ${index}\n`]),
);
/** Modules whose first line alone decides whether there is a problem, far below. */
const distant = (from: string) =>
  Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      `distant/module_${index}.py`,
      SQL.replace("from flask import request\n", `from ${from} import request\n${"#\n".repeat(9)}`),
    ]),
  );
/** Files that are changed, and calls that this may cost: six, and one for each further hundred. */
const SIZES = [
  [1, 6],
  [100, 6],
  [300, 8],
  [3_000, 35],
] as const;
/** More than one page of GitHub's, and more than it lists in some tests. */
const MANY = 750;

/** Settings that are put together from modules of which each names the next. */
const settings = (word: string) => ({
  "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings.live")\n',
  "site/settings/live.py": `from .shared import *\nWORD = "${word}"\nDEBUG = read_debug()\n`,
  "site/settings/shared.py": `from tools.options.reading import *
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
`,
  "tools/options/__init__.py": "",
  "tools/options/reading.py": "from .names import FALSE\ndef read_debug():\n    return FALSE\n",
  "tools/options/names.py": "from .values import FALSE\n",
  "tools/options/values.py": "FALSE = False\n",
});
/** A lock file with more packages than one question holds, and a workflow. */
const packages = (version: string) => ({
  "web/package.json": '{"dependencies": {"one": "1"}}',
  "web/package-lock.json": JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [
        `node_modules/package-${index}`,
        { version: index === 7 ? version : "1.0.0" },
      ]),
    ),
  }),
  "requirements.txt": `django==4.2.${version.length}\nflask==3.0.0\n`,
  ".github/workflows/ci.yml": `jobs:\n  test:\n    steps:\n      - uses: owner/action@v${version}\n`,
});
/** A lock file that is too large to come with others, written anew by another program's version: GitHub shows no lines of it. */
const largeLock = (version: string, mark: string) => {
  const packages = Array.from(
    { length: 1_700 },
    (_, index) => `[[package]]
name = "package-${index}"
version = "${index === 7 ? version : "1.0.0"}"
files = [
    {file = "package_${index}.whl", hash = "sha256:${mark.repeat(64)}"},
    {file = "package_${index}.tar.gz", hash = "sha256:${mark.repeat(64)}"},
    {file = "package-${index}.zip", hash = "sha256:${mark.repeat(64)}"},
]
`,
  );
  return { "api/poetry.lock": packages.join("\n") };
};
/** Each is a call of its own: GraphQL gives no other bytes than those of UTF-8. */
const latin = (word: string) =>
  Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `latin/module_${index}.py`,
      Buffer.from(`# -*- coding: latin-1 -*-\nNAME = "\u00e9 ${index} ${word}"\n`, "latin1"),
    ]),
  );
/** Lists of 600 kB that no rule looks at but those for secrets; one line in the middle of each changes. */
const list = (line: string) => {
  const half = `{"id": 1, "name": "${"list".repeat(7)}", "isShown": true}\n`.repeat(5_000);
  return `${half}${line}\n${half}`;
};
const lists = (line: string) =>
  Object.fromEntries(["one", "two", "three"].map((name) => [`data/${name}.json`, list(line)]));
/** A page that another one includes, which is shown far from where its view changes. */
const pages = (given: string, word: string) => ({
  ...Object.fromEntries(
    Array.from({ length: 260 }, (_, index) => [
      `shop/templates/shop/page_${index}.html`,
      `<p>${index}</p>\n${"<br>\n".repeat(20)}`,
    ]),
  ),
  "theme/templates/theme/list.html": '<h1>{{ form }}</h1>{% include "theme/parts/entry.html" %}\n',
  "theme/templates/theme/parts/entry.html": "<p>{{ query|safe }}</p>\n",
  "shop/forms.py": "class SearchForm:\n    def __init__(self, data):\n        self.data = data\n",
  "shop/views.py": `from django.shortcuts import render
from .forms import SearchForm

def search(request):
    return render(request, "theme/list.html", ${given})
${"#\n".repeat(9)}
def name():
    return "${word}"
`,
});
const FORM = '{"form": SearchForm(request.GET)}';
/** Each page includes one that lies far from it. */
const deepPages = (word: string) => ({
  ...Object.fromEntries(
    ["one", "two", "three"].map((name, index, all) => [
      `part_${name}/templates/part_${name}/page.html`,
      `<p>{{ query }}</p>{% include "part_${all[index + 1]}/page.html" %}\n`,
    ]),
  ),
  "shop/deep.py": `from django.shortcuts import render

def deep(request):
    return render(request, "part_one/page.html", {"query": request.GET["q"]})
${"#\n".repeat(9)}
def name():
    return "${word}"
`,
});
/** What makes data harmless stands in the last of modules of which each lies far from the one that imports it. */
const deepModules = (value: string) => ({
  ...Object.fromEntries(
    ["one", "two", "three"].map((name, index, all) => {
      const next = all[index + 1];
      const begin =
        next === undefined ? "" : `from far_${next}.parts.${next} import clean as deeper\n`;
      const body = `\ndef clean(value):\n    return ${next === undefined ? "int" : "deeper"}(value)\n`;
      return [`far_${name}/parts/${name}.py`, begin + body];
    }),
  ),
  "shop/search.py": `from far_one.parts.one import clean

def search(request, cursor):
    cursor.execute("SELECT * FROM t WHERE id = " + ${value})
`,
});
const PASSWORD = ["Xk9", "vQ2", "mZ7", "pL4"].join("");
const advisories = [
  {
    ghsa_id: "GHSA-aaaa-bbbb-cccc",
    summary: "Old packages tell too much",
    severity: "high",
    vulnerabilities: [
      {
        package: { ecosystem: "npm", name: "package-7" },
        vulnerable_version_range: "< 1.5.0",
        first_patched_version: "1.5.0",
      },
    ],
  },
];

const { start: startNew, commit } = setting([
  {
    branch: "main",
    files: {
      ...files(3_000, "before"),
      ...settings("before"),
      ...packages("1.0.0"),
      ...lists('{"word": "before"}'),
      ...latin("before"),
      ...distant("known"),
      ...pages(FORM, "before"),
      ...deepPages("before"),
      ...deepModules('"1"'),
    },
  },
  ...[...SIZES.map(([count]) => count), MANY].map((count) => ({
    branch: `change-${count}`,
    from: "main",
    files: files(count, "after"),
  })),
  { branch: "settings", from: "main", files: settings("after") },
  { branch: "packages", from: "main", files: packages("1.10.0") },
  {
    branch: "packages-and-settings",
    from: "main",
    files: { ...packages("1.10.0"), ...settings("after") },
  },
  {
    branch: "lists",
    from: "main",
    files: { ...files(1, "after"), ...lists('{"word": "after"}') },
  },
  {
    branch: "lists-and-secret",
    from: "main",
    files: {
      ...files(1, "after"),
      ...lists('{"word": "after"}'),
      "data/three.json": list(`{"url": "postgres://shop:${PASSWORD}@db.acme-shop.net/shop"}`),
    },
  },
  {
    branch: "new-list-and-secret",
    from: "main",
    files: {
      ...files(1, "after"),
      "data/four.json": list(`{"url": "postgres://shop:${PASSWORD}@db.acme-shop.net/shop"}`),
    },
  },
  {
    branch: "lists-alone",
    from: "main",
    files: Object.fromEntries(
      ["one", "two", "three", "four", "five"].map((name) => [
        `data/${name}.json`,
        list('{"word": "after"}'),
      ]),
    ),
  },
  { branch: "locked", from: "main", files: largeLock("1.0.0", "a") },
  { branch: "large-lock", from: "locked", files: largeLock("1.1.0", "b") },
  {
    branch: "large-lock-and-modules",
    from: "locked",
    files: { ...largeLock("1.1.0", "b"), ...files(20, "after") },
  },
  { branch: "beside-large-lock", from: "locked", files: settings("after") },
  { branch: "latin", from: "main", files: latin("after") },
  { branch: "pages", from: "main", files: pages(FORM, "after") },
  { branch: "deep-pages", from: "main", files: deepPages("after") },
  { branch: "deep-modules", from: "main", files: deepModules('clean(request.GET["q"])') },
  {
    branch: "pages-and-data",
    from: "main",
    files: pages('{"query": request.GET["q"]}', "after"),
  },
  { branch: "loud", from: "main", files: loud },
  { branch: "distant", from: "main", files: distant("flask") },
  {
    branch: "both",
    from: "main",
    files: {
      ...Object.fromEntries(Object.entries(distant("flask")).slice(0, 18)),
      ...Object.fromEntries(Object.entries(loud).slice(0, 12)),
    },
  },
  { branch: "pages-and-many", from: `change-${MANY}`, files: pages(FORM, "after") },
  { branch: "loud-and-large", from: `change-${MANY}`, files: loud },
]);
const HUNDRED = 2;
/** In the first minute a process asks once more: it does not know yet what one before it has done. */
const start = () =>
  startNew({
    minutes: 5,
    github: { advisories },
    // On a busy machine what is asked again for want of an answer would count twice.
    env: { PORTCULLIS_REQUEST_TIMEOUT_SECONDS: "600" },
  });

describe("a pull request with nothing to say", () => {
  it.concurrent.each(SIZES)("of %i files costs at most %i calls", async (count, most) => {
    const app = await start();
    await app.github.openPullRequest({ head: `change-${count}` });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("success");
    expect(check?.summary).toMatch(new RegExp(`\\b${count} files?\\b`));
    expect(check?.summary).not.toContain("not reviewed");
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(most);
  });

  it.concurrent("costs no more on the head of a merge queue, which does not tell how many files it has", async () => {
    const app = await start();
    const { number, headSha } = await app.github.openPullRequest({ head: "pages-and-many" });
    await app.send(
      "merge_group",
      await mergeGroupPayload(app.github, "checks_requested", { number, headSha }),
    );
    const [check] = await app.concluded();
    expect(check?.summary).toMatch(/\b75\d files\b/);
    expect(check?.summary).not.toContain("not read");
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6 + 7);
  });

  it.concurrent("says so where GitHub lists only a part of it", async () => {
    const limits = { treeEntries: 100, pullFiles: 500 };
    const app = await startNew({ minutes: 5, github: { limits } });
    await app.github.openPullRequest({ head: `change-${MANY}` });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.summary).toContain("touches more files than are looked at");
    expect(check?.summary).toMatch(/\b500 files\b/);
  });

  it.concurrent("is left to its newer head where GitHub lists the files of that already", async () => {
    const app = await startNew({ minutes: 5, github: { limits: { treeEntries: 100 } } });
    await app.github.openPullRequest({ head: `change-${MANY}` });
    const stop = app.github.onRequest(async ({ operation }) => {
      if (operation !== "pulls/list-files") return;
      stop();
      await app.github.push(1, "change-1");
    });
    await app.sendPullRequest("opened");
    const [old, now] = await app.concluded(2);
    expect(old).toMatchObject({ conclusion: "cancelled", title: "Superseded", completions: 1 });
    expect(now?.summary).toMatch(/\b1 file\b/);
  });

  it.concurrent("of settings that need other files costs at most six calls, and of packages", async () => {
    const app = await start();
    for (const [index, head] of ["settings", "packages"].entries()) {
      app.github.resetCalls();
      await app.github.openPullRequest({ head });
      await app.sendPullRequest("opened", index + 1);
      // What the settings are made of is known to the second review: it would have to read it before it asks about packages.
      const check = (await app.concluded(index + 1))[index];
      expect(check?.conclusion).toBe("success");
      expect(check?.summary).not.toContain("not read");
      expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
    }
  });

  it.concurrent.each([
    ["packages-and-settings", undefined],
    ["lists", undefined],
    ["pages", undefined],
    ["deep-pages", "One file beside the change was not read"],
    ["lists-alone", undefined],
    ["large-lock", "1 file was not read", "locked"],
    ["large-lock-and-modules", "1 file was not read", "locked"],
    ["beside-large-lock", "One file beside the change was not read", "locked"],
    ["latin", "11 files were not read"],
  ])("of %s costs at most six calls, and tells %s", async (head, unread, base = "main") => {
    const app = await start();
    await app.github.openPullRequest({ head, base });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("success");
    const told = /[\w ]+ not read/.exec(check?.summary ?? "")?.[0].trim();
    expect(told).toBe(unread);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
  });

  it.concurrent("reads only what is new when it is pushed to", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "change-100" });
    await app.sendPullRequest("opened");
    await app.concluded();
    app.github.resetCalls();
    await app.github.push(1, "change-1");
    await app.sendPullRequest("synchronize", 1, { before: commit(HUNDRED) });
    await app.concluded(2);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
  });
});

/** As GitHub's dependency graph tells of the large lock file. */
const changeOfLock = (kind: "added" | "removed", version: string, flaws: readonly string[]) => ({
  change_type: kind,
  manifest: "api/poetry.lock",
  ecosystem: "pip",
  name: "package-7",
  version,
  package_url: `pkg:pypi/package-7@${version}`,
  license: null,
  source_repository_url: null,
  scope: "runtime",
  vulnerabilities: flaws.map((id) => ({
    severity: "high",
    advisory_ghsa_id: id,
    advisory_summary: "Packages tell too much",
    advisory_url: `https://github.com/advisories/${id}`,
  })),
});
const [OLD_FLAW, NEW_FLAW] = ["GHSA-2222-3333-4444", "GHSA-5555-6666-7777"];

describe("a lock file that costs too much to be read", () => {
  it.concurrent.each([
    ["large-lock", [], 0],
    ["large-lock", [OLD_FLAW], 0],
    ["large-lock", [OLD_FLAW, NEW_FLAW], 1],
    ["large-lock-and-modules", [OLD_FLAW, NEW_FLAW], 1],
  ] as const)("is told of by the dependency graph: on %s with %j", async (head, flaws, count) => {
    const app = await start();
    app.github.repository().dependencyChanges = [
      changeOfLock("removed", "1.0.0", [OLD_FLAW]),
      changeOfLock("added", "1.1.0", flaws),
    ];
    await app.github.openPullRequest({ head, base: "locked" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe(count === 0 ? "success" : "failure");
    const bodies = app.github.reviewComments.map(({ path, body }) => [
      path,
      body.includes(OLD_FLAW),
      body.includes(NEW_FLAW),
    ]);
    expect(bodies).toEqual(count === 0 ? [] : [["api/poetry.lock", false, true]]);
    const said = `${check?.summary} ${check?.text}`;
    expect(said).toContain("only its packages were compared");
    const most = 6 + (count === 0 ? 0 : 3);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(most);
  });

  it.concurrent("is left where the repository has no such graph, which is asked for once", async () => {
    const app = await start();
    app.github.repository().dependencyChanges = "forbidden";
    for (const [index, head] of ["large-lock", "large-lock-and-modules"].entries()) {
      app.github.resetCalls();
      await app.github.openPullRequest({ head, base: "locked" });
      await app.sendPullRequest("opened", index + 1);
      const check = (await app.concluded(index + 1))[index];
      expect(check?.title).toContain("1 file was not read");
      const calls = app.calls();
      expect(calls.length, calls.join("\n")).toBeLessThanOrEqual(6);
      const asked = calls.filter((call) => call.includes("dependency-graph"));
      expect(asked).toHaveLength(1 - index);
    }
  });
});

it.concurrent.each([
  ["lists-and-secret", "data/three.json", 5_001],
  ["new-list-and-secret", "data/four.json", undefined],
])(
  "finds a secret in a file of %s that is too large to come with others",
  async (head, path, line) => {
    const app = await start();
    await app.github.openPullRequest({ head });
    await app.sendPullRequest("opened");
    await app.concluded();
    const anchors = app.github.reviewComments.map(({ path, anchor }) => [path, anchor?.line]);
    expect(anchors).toEqual([[path, line]]);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6 + 3);
  },
);

it.concurrent("waits for a page that is included where data of a request goes into it", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "pages-and-data" });
  await app.sendPullRequest("opened");
  await app.concluded();
  const anchors = app.github.reviewComments.map(({ path, anchor }) => [path, anchor?.line]);
  expect(anchors).toEqual([["shop/views.py", 5]]);
  expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6 + 3);
});

it.concurrent("tells without a comment, and at no further call, what a module that was not read may make harmless", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "deep-modules" });
  await app.sendPullRequest("opened");
  const [check] = await app.concluded();
  expect(check?.title).toMatch(/^1 new finding/);
  expect(check?.summary).toContain("a module that may make its data harmless was not read");
  expect(app.github.reviewComments).toEqual([]);
  expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
});

describe("thirty comments", () => {
  it.concurrent.each([
    ["loud", 6, 30],
    ["loud-and-large", 13, 30],
    ["distant", 6, 0],
    ["both", 6, 12],
  ])("on %s add at most three calls to its %i", async (head, most, onLines) => {
    const app = await start();
    await app.github.openPullRequest({ head });
    await app.sendPullRequest("opened");
    await app.concluded();
    expect(app.github.reviewComments).toHaveLength(30);
    const anchored = app.github.reviewComments.filter(({ anchor }) => anchor !== undefined);
    expect(anchored).toHaveLength(onLines);
    expect(app.github.reviews).toHaveLength(1);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(most + 3);
  });
});
