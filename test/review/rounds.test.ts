// What a review asks for at the same time. For a tree on a server each time is a call.
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { review } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { changesBetween } from "../support/changes.ts";

type Files = Readonly<Record<string, string>>;

const rules = loadRules(ruleFiles, matchSchemas);
/** A view that needs a helper, settings that need another module, a page that stands in another, and packages. */
const site = (word: string): Files => ({
  "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
  "requirements.txt": `django==4.2.${word.length}\n`,
  "shop/settings.py": `from shop.flags import debug
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
DEBUG = debug
WORD = "${word}"
`,
  "shop/flags.py": "debug = False\n",
  "shop/queries.py": "def by_name(name):\n    return 'SELECT 1'\n",
  "shop/views.py": `from django.db import connection
from django.shortcuts import render
from shop.queries import by_name
def page(request):
    connection.cursor().execute(by_name(request.GET["${word}"]))
    return render(request, "page.html", {"text": request.GET["${word}"]})
`,
  "shop/templates/page.html": "{{ text }}\n",
});

/** Answers whatever is asked at the same time in one turn, and notes the turns. */
class Server {
  readonly turns: string[][] = [];
  #asked: string[] = [];
  #turn: Promise<void> | undefined;

  tree(files: Files, revision: string): SourceTree {
    const tree = memoryTree(files, revision);
    return {
      ...tree,
      read: async (paths) => {
        await this.ask(paths.map((path) => `${revision} ${path}`));
        return tree.read(paths);
      },
    };
  }

  ask(what: readonly string[]): Promise<void> {
    this.#asked.push(...what);
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.turns.push(this.#asked);
        this.#asked = [];
        this.#turn = undefined;
        resolve();
      });
    });
    return this.#turn;
  }
}

describe("a review", () => {
  it("asks at once for what its files and the surveys of both sides need, and about packages", async () => {
    const server = new Server();
    const [before, after] = [site("one"), site("three")];
    await review({
      base: server.tree(before, "base"),
      head: server.tree(after, "head"),
      changes: changesBetween(before, after, {}),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
      advisories: {
        name: "nobody",
        ask: async (questions) => {
          await server.ask(questions.map(({ name }) => `about ${name}`));
          return { advisories: [], unanswered: [] };
        },
      },
    });
    const [first = [], second = [], third = [], ...others] = server.turns;
    expect(first).toEqual(expect.arrayContaining(["base shop/views.py", "head shop/views.py"]));
    expect(second).toEqual(
      expect.arrayContaining(["head shop/queries.py", "head manage.py", "base requirements.txt"]),
    );
    // Of a package is known what the manifests say, and of settings what imports others.
    expect(third).toEqual(expect.arrayContaining(["about django", "head shop/flags.py"]));
    expect(others).toEqual([]);
  });

  const before = 'by_name("rings")';
  it.each([
    ["where a module that it goes through was not read", /flags|queries|manage/, before, ["low"]],
    ["but where others were not", /flags|manage/, before, ["high"]],
    ["where it is not new", /flags|queries|manage/, undefined, []],
  ])("doubts a flow, and says what its tree spared: %s", async (_, spared, old, told) => {
    const files = (word: string, call?: string): Files => {
      const { "shop/views.py": view = "", ...others } = site(word);
      const own = call === undefined ? view : view.replace(/by_name\(.*\]\)(?=\))/, call);
      const queries = "def by_name(name):\n    return 'SELECT ' + name\n";
      return { ...others, "shop/views.py": own, "shop/queries.py": queries };
    };
    const sparing = (all: Files, revision: string): SourceTree => ({
      ...memoryTree(all, revision),
      free: async () => [],
      readBeside: async (paths) => {
        const whole = await memoryTree(all, revision).read(paths);
        const content = { kind: "unreadable", reason: "dear", isSpared: true } as const;
        return new Map(
          Array.from(whole, ([path, one]) => [path, spared.test(path) ? content : one]),
        );
      },
    });
    const [base, head] = [files("one", old), files("three")];
    const reviewed = await review({
      base: sparing(base, "base"),
      head: sparing(head, "head"),
      changes: changesBetween(base, head, {}),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(reviewed.new.map(({ confidence }) => confidence)).toEqual(told);
    expect(reviewed.skipped).toEqual([]);
    const count = spared.test("queries") ? 3 : 2;
    expect(reviewed.notes).toEqual([
      ...(told.some((one) => one === "low")
        ? ["shop/views.py: a module that may make its data harmless was not read."]
        : []),
      `${count} files beside the change were not read: the review would have cost more calls to the server than it may.`,
    ]);
  });
});
