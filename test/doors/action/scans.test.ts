import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makeUp } from "../../../src/rules/index.ts";
import type { GitHubStandIn } from "../../github/index.ts";
import { sampleRepository } from "../../github/sample-repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { PICKLE, SQL } from "../cli/samples.ts";
import { type Job, runAction } from "./runner.ts";
import { atGitHub, checkout, KEY, type Shop, shop } from "./shop.ts";

vi.setConfig({ testTimeout: 120_000, maxConcurrency: 12 });

let theShop: Shop;
beforeAll(async () => {
  theShop = await shop();
});
afterAll(() => theShop.sample.remove());

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** Runs the Action on a push, with the token that a workflow has. */
function scanAt(github: GitHubStandIn, job: Pick<Job, "workspace" | "with" | "onStart">) {
  return runAction({
    event: "push",
    payload: {},
    api: github.url,
    token: github.actionsToken(),
    ...job,
  });
}

describe.concurrent("a scan", () => {
  it.each([
    ["push", { ref: "refs/heads/main", before: "0".repeat(40) }],
    ["schedule", { schedule: "0 3 * * *" }],
    ["workflow_dispatch", { inputs: null, ref: "refs/heads/main" }],
  ])("on %s is of all that is checked out, and leaves SARIF for code scanning", (event, payload) =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.merge);
      const result = await runAction({
        event,
        payload,
        api: github.url,
        token: github.actionsToken(),
        workspace,
        with: { "sarif-file": "portcullis.sarif" },
      });
      expect(result.status).toBe(1);
      expect(result.outputs).toMatchObject({
        conclusion: "failure",
        new: "2",
        "sarif-file": "portcullis.sarif",
      });
      expect(result.annotations.map(({ properties }) => properties["file"])).toEqual([
        "app/payments.py",
        "app/find.py",
        undefined,
      ]);
      expect(github.checkRuns).toEqual([]);
      const sarif = await readFile(join(workspace, "portcullis.sarif"), "utf8");
      expect(JSON.parse(sarif).runs[0].results).toHaveLength(2);
      expect(sarif).not.toContain(KEY);
    }),
  );

  it("without a checkout says what to do", () =>
    atGitHub(theShop, async (github) => {
      const result = await runAction({
        event: "schedule",
        payload: { schedule: "0 3 * * *" },
        api: github.url,
        token: github.actionsToken(),
      });
      expect(result.status).toBe(1);
      expect(result.annotations.map((one) => one.message)).toEqual([
        "There is nothing to scan: the workspace is empty.\nAdd a step with actions/checkout before this one.",
      ]);
    }));

  it("of one folder of a repository names paths from its root", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.merge);
      await mkdir(join(workspace, "app (new)"));
      await writeFile(join(workspace, "app (new)/find.py"), SQL);
      const result = await scanAt(github, {
        workspace,
        with: { "working-directory": "app (new)" },
      });
      expect(result.annotations.map(({ properties }) => properties["file"])).toEqual([
        "app (new)/find.py",
        undefined,
      ]);
    }));

  it("of a repository that was checked out below the workspace looks there", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await temporaryFolder();
      const into = join(workspace, "shop");
      await mkdir(into);
      await checkout(theShop, theShop.merge, { into });
      const result = await scanAt(github, {
        workspace,
        with: { "working-directory": "shop" },
      });
      expect(result.annotations[0]?.properties["file"]).toBe("app/payments.py");
    }));

  it("uses the organisation's configuration where the repository has none", async () => {
    const organisation = await sampleRepository([
      { branch: "main", files: { ".github/portcullis.yml": "fail-on: never\n" } },
    ]);
    const others = [{ repository: organisation.git, owner: "acme", name: ".github" }];
    await atGitHub(
      theShop,
      async (github) => {
        const result = await scanAt(github, {
          workspace: await checkout(theShop, theShop.merge),
        });
        expect(result.outputs["conclusion"]).toBe("neutral");
        expect(result.status).toBe(0);
      },
      { others },
    );
    await organisation.remove();
  });

  it("annotates within GitHub's caps, worst first, and says how many it left out", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await folderWith(
        Object.fromEntries([
          ...Array.from({ length: 15 }, (_, index) => [`high${index}.py`, SQL] as const),
          ...Array.from({ length: 12 }, (_, index) => [`medium${index}.py`, PICKLE] as const),
          ["worst.py", `key = "${KEY}"\n`] as const,
        ]),
      );
      const result = await scanAt(github, { workspace });
      expect(result.outputs).toMatchObject({ new: "28", critical: "1", high: "15", medium: "12" });
      const count = (level: string) =>
        result.annotations.filter((one) => one.level === level).length;
      expect([count("error"), count("warning"), count("notice")]).toEqual([10, 10, 1]);
      expect(result.annotations[0]?.properties["file"]).toBe("worst.py");
      const cut = "9 more findings have no annotation";
      expect(result.annotations.find((one) => one.level === "notice")?.message).toContain(cut);
      expect(result.summary).toContain(cut);
      expect(result.summary).toContain("high9.py:3");
    }));

  it("keeps its summary and outputs within GitHub's limits, however much it finds", () =>
    atGitHub(theShop, async (github) => {
      // One file has only so many.
      const [files, calls] = [4, 3_000];
      const text = `import pickle\ndef load(data):\n${"    pickle.loads(data)\n".repeat(calls)}`;
      const workspace = await folderWith(
        Object.fromEntries(Array.from({ length: files }, (_, index) => [`load${index}.py`, text])),
      );
      const result = await scanAt(github, {
        workspace,
        with: { "fail-on": "never" },
      });
      expect(result.status).toBe(0);
      expect(result.outputs).toMatchObject({ conclusion: "neutral", new: `${files * calls}` });
      const summary = Buffer.byteLength(result.summary);
      expect(summary).toBeGreaterThan(500_000);
      expect(summary).toBeLessThan(1_048_576);
      expect(JSON.parse(result.outputs["fingerprints"] ?? "")).toHaveLength(10_000);
      expect(Buffer.byteLength(JSON.stringify(result.outputs))).toBeLessThan(1_000_000);
    }));

  it("that is cut off says so", () =>
    atGitHub(theShop, async (github) => {
      github.inject({ match: () => true, fault: { hang: 60_000 }, times: 9 });
      const result = await scanAt(github, {
        workspace: await folderWith({ "app/find.py": SQL }),
        onStart: (child) => {
          github.onRequest(() => void child.kill("SIGTERM"));
        },
      });
      expect(result.status).toBe(1);
      expect(result.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
        "error: The scan was cut off.",
      ]);
    }));

  it("writes its report into no folder that a link leads out to", () =>
    atGitHub(theShop, async (github) => {
      const outside = await temporaryFolder();
      const workspace = await folderWith({ "app/find.py": "x = 1\n" });
      await symlink(outside, join(workspace, "out"));
      const result = await scanAt(github, {
        workspace,
        with: { "sarif-file": "out/below/portcullis.sarif" },
      });
      expect(result.status).toBe(1);
      expect(result.annotations[0]?.message).toContain(
        "Wrong input sarif-file: out/below/portcullis.sarif",
      );
      expect(await readdir(outside)).toEqual([]);
    }));

  it("writes its report in place of a link, and not through it", () =>
    atGitHub(theShop, async (github) => {
      const outside = join(await temporaryFolder(), "profile");
      await writeFile(outside, "mine");
      // What is silenced is not in it: code scanning would show it as open.
      const silenced = SQL.replace(/(execute.*)$/m, "$1  # nosec B608");
      const workspace = await folderWith({ "app/find.py": silenced });
      await symlink(outside, join(workspace, "out.sarif"));
      const result = await scanAt(github, {
        workspace,
        with: { "sarif-file": "out.sarif" },
      });
      expect(result.outputs["conclusion"]).toBe("success");
      expect(await readFile(outside, "utf8")).toBe("mine");
      expect(await readFile(join(workspace, "out.sarif"), "utf8")).toContain('"results":[]');
    }));

  it("takes no command from what it reads", () =>
    atGitHub(theShop, async (github) => {
      const name = "a\n::error::forged\n::add-mask::x.py";
      const workspace = await folderWith({
        [name]: `${SQL}# ::error::forged\n`,
        // Told at the beginning of a line: a part of it cannot be read.
        "::warning::forged.py": `${SQL}def (:\n`,
      });
      const result = await scanAt(github, { workspace });
      expect(result.outputs["new"]).toBe("2");
      expect(result.printed).toMatch(/^ *::warning::forged\.py/m);
      expect(result.annotations.filter((one) => one.message.startsWith("forged"))).toEqual([]);
      expect(result.masks).not.toContain("x.py");
    }));

  it("masks every line of a key, and a secret that a setting holds", () =>
    atGitHub(theShop, async (github) => {
      const body = [makeUp("[A-Za-z0-9+/]{64}"), makeUp("[A-Za-z0-9+/]{60}")];
      const name = "RSA PRIVATE KEY";
      const password = makeUp("[a-z0-9]{50}");
      const workspace = await folderWith({
        "key.py": `KEY = """-----BEGIN ${name}-----\n${body.join("\n")}\n-----END ${name}-----"""\n`,
        "shop/settings.py": `INSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = []\nROOT_URLCONF = "shop.urls"\nSECRET_KEY = "${password}"\n`,
        "manage.py": `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n`,
      });
      const result = await scanAt(github, { workspace });
      expect(result.masks).toEqual(expect.arrayContaining([...body, password]));
      const rest = result.printed.replace(/^::add-mask::.*$/gm, "");
      for (const text of [...body, password]) expect(rest).not.toContain(text);
      expect(result.masks.filter((mask) => mask.length < 6 || mask.includes("BEGIN"))).toEqual([]);
    }));
});
