// What a folder depends on, in every format, and where the advisories come from.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { portcullis } from "../../support/command-line.ts";
import { pullRequest } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";

const record = {
  id: "GHSA-aaaa-bbbb-cccc",
  aliases: ["CVE-2024-1"],
  summary: "Prices can be changed by anyone",
  modified: "2024-05-01T00:00:00Z",
  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N" }],
  affected: [
    {
      package: { ecosystem: "PyPI", name: "Shop" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "2.1" }] }],
      versions: ["1.0", "2.0", "9.9"],
    },
  ],
};

let folder = "";
let advisories = "";
beforeAll(async () => {
  folder = await temporaryFolder();
  advisories = join(await temporaryFolder(), "advisories.json");
  await writeFile(join(folder, "requirements.txt"), "Shop==2.0\nflask>=2\n");
  await writeFile(advisories, JSON.stringify(record));
});

/** Without what the machine may have set or stored. */
const quiet = async () => ({
  GITHUB_TOKEN: "",
  GH_TOKEN: "",
  XDG_CACHE_HOME: await temporaryFolder(),
});

describe.concurrent("portcullis deps", () => {
  it("reads locks that are larger than any source file", async () => {
    const large = await temporaryFolder();
    const block = (index: number) =>
      `[[package]]\nname = "a-${index}"\nversion = "1"\nsource = { registry = "https://pypi.org/simple" }\nsdist = { hash = "sha256:${"0".repeat(200)}" }\n`;
    const blocks = Array.from({ length: 20_000 }, (_, index) => block(index));
    await writeFile(
      join(large, "uv.lock"),
      `${blocks.join("")}[[package]]\nname = "shop"\nversion = "2.0"\nsource = { registry = "x" }\n`,
    );
    const { status, stdout } = await portcullis(
      ["deps", large, "--format", "json", "--advisories", advisories],
      { env: await quiet() },
    );
    expect(status).toBe(0);
    const listed = z
      .array(z.object({ name: z.string(), line: z.number() }))
      .parse(JSON.parse(stdout));
    expect(listed).toHaveLength(20_001);
    expect(listed.find(({ name }) => name === "shop")?.line).toBe(20_000 * 5 + 2);
  });

  it("lists dependencies as data", async () => {
    const { status, stdout } = await portcullis([
      "deps",
      folder,
      "--format",
      "json",
      "--advisories",
      advisories,
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        ecosystem: "PyPI",
        name: "shop",
        version: "2.0",
        file: "requirements.txt",
        line: 1,
        kind: "requirement",
        scope: "main",
        direct: true,
        source: { kind: "registry" },
        advisories: [
          {
            id: "GHSA-aaaa-bbbb-cccc",
            aliases: ["CVE-2024-1"],
            severity: "high",
            fixed: "2.1",
            summary: "Prices can be changed by anyone",
            url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
          },
        ],
      },
      expect.objectContaining({ name: "flask", range: ">=2", line: 2 }),
    ]);
  });

  it.each(["json", "cyclonedx"])("names what could not be read beside %s", async (format) => {
    const broken = await temporaryFolder();
    await writeFile(join(broken, "pnpm-lock.yaml"), "a: [");
    await writeFile(join(broken, "requirements.txt"), "");
    const { stderr, stdout } = await portcullis(["deps", broken, "--format", format], {
      env: await quiet(),
    });
    expect(stderr).toBe(
      "portcullis: pnpm-lock.yaml: line 1: brackets that are not closed on their line\n",
    );
    if (format === "json") expect(JSON.parse(stdout)).toEqual([]);
  });

  it("lists them as a table, and says how old the advisories are", async () => {
    const { stdout } = await portcullis(["deps", folder, "--advisories", advisories]);
    expect(stdout).toContain(
      "GHSA-aaaa-bbbb-cccc: high; fixed in 2.1; Prices can be changed by anyone",
    );
    expect(stdout).toContain("Advisories: advisories.json of 2024-05-01.");
    expect(stdout).toContain("2 entries, 1 with advisories, 1 not looked up.");
  });

  it("writes a bill of materials", async () => {
    const { stdout } = await portcullis([
      "deps",
      folder,
      "--format",
      "cyclonedx",
      "--advisories",
      advisories,
    ]);
    const bom: unknown = JSON.parse(stdout);
    expect(bom).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      components: [{ purl: "pkg:pypi/flask" }, { purl: "pkg:pypi/shop@2.0", version: "2.0" }],
      vulnerabilities: [
        {
          id: "GHSA-aaaa-bbbb-cccc",
          ratings: [{ severity: "high" }],
          affects: [{ ref: "pkg:pypi/shop@2.0" }],
        },
      ],
    });
  });

  it("writes SARIF of the advisories alone", async () => {
    const { stdout } = await portcullis([
      "deps",
      folder,
      "--format",
      "sarif",
      "--advisories",
      advisories,
    ]);
    const Sarif = z.object({
      runs: z.tuple([z.object({ results: z.array(z.object({ ruleId: z.string() })) })]),
    });
    const [run] = Sarif.parse(JSON.parse(stdout)).runs;
    expect(run.results.map(({ ruleId }) => ruleId)).toEqual(["dependencies/vulnerable-package"]);
  });

  it.each([
    [["--fail-on", "high"], 1],
    [["--fail-on", "critical"], 0],
  ])("ends with %j in %i", async (options, expected) => {
    const { status } = await portcullis(["deps", folder, "--advisories", advisories, ...options]);
    expect(status).toBe(expected);
  });

  it("tells what every version of a range has", async () => {
    const old = await temporaryFolder();
    await writeFile(join(old, "requirements.txt"), "shop<2\nshop>=1\n");
    const args = ["deps", old, "--advisories", advisories, "--fail-on", "high"];
    const { status, stdout } = await portcullis(args);
    expect(status).toBe(1);
    expect(stdout).toContain("GHSA-aaaa-bbbb-cccc");
    expect(stdout).toContain("2 entries, 1 with advisories, 1 not looked up.");
  });

  describe.concurrent("honours exceptions", () => {
    const entry = "advisory: CVE-2024-1\n    package: SHOP\n    reason: prices are public";
    const withAllow = async (allow: string, requirement = "shop==2.0") => {
      const allowing = await temporaryFolder();
      await mkdir(join(allowing, ".github"));
      await writeFile(join(allowing, ".github", "portcullis.yml"), `allow:\n  - ${allow}\n`);
      await writeFile(join(allowing, "requirements.txt"), `${requirement}\n`);
      return (...options: string[]) =>
        portcullis(["deps", allowing, "--advisories", advisories, "--fail-on", "low", ...options]);
    };

    it.each([
      ["by advisory and package", entry],
      ["by rule and path", "{ rule: dependencies/*, path: '*.txt', reason: prices are public }"],
      [
        "by fingerprint",
        "{ fingerprint: f4c60ed8db9924c8bc07da8c541d438c, reason: prices are public }",
      ],
      ["that will expire", `${entry}\n    expires: 9999-01-01`],
    ])("%s", async (_, allow) => {
      const deps = await withAllow(allow);
      const { status, stdout } = await deps();
      expect(status).toBe(0);
      expect(stdout).toMatch(
        /GHSA-aaaa-bbbb-cccc: allowed( until 9999-01-01)? \(prices are public\)/,
      );
      expect(stdout).toContain("1 with advisories (1 allowed)");
      expect(JSON.parse((await deps("--format", "json")).stdout)).toMatchObject([
        { advisories: [{ id: "GHSA-aaaa-bbbb-cccc", allowed: { reason: "prices are public" } }] },
      ]);
      expect(JSON.parse((await deps("--format", "cyclonedx")).stdout)).toMatchObject({
        vulnerabilities: [{ analysis: { detail: "prices are public" } }],
      });
    });

    it("in comments", async () => {
      const comment = "# portcullis: ignore[dependencies/vulnerable-package] prices are public";
      const deps = await withAllow("{ fingerprint: x, reason: y }", `shop==2.0  ${comment}`);
      expect(await deps()).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("allowed (prices are public)"),
      });
    });

    it.each([["table"], ["html"]])("until they expire, and says so in %s", async (format) => {
      const deps = await withAllow(`${entry}\n    expires: 2020-01-01`);
      const { status, stdout } = await deps("--format", format);
      expect(status).toBe(1);
      expect(stdout.replaceAll("&quot;", '"')).toContain(
        'The exception "prices are public" expired on 2020-01-01: its findings count again.',
      );
    });

    it("and no others", async () => {
      const deps = await withAllow(entry.replace("SHOP", "flask"));
      expect((await deps()).status).toBe(1);
    });
  });

  it("looks nothing up where nobody is named", async () => {
    const { stdout, status } = await portcullis(["deps", folder], { env: await quiet() });
    expect(status).toBe(0);
    expect(stdout).toContain("2 not looked up");
  });

  it.each([["/no/such/file"], ["."]])("says that %s holds no advisories", async (source) => {
    const { status, stderr } = await portcullis(["deps", folder, "--advisories", source], {
      cwd: folder,
    });
    expect(status).toBe(2);
    expect(stderr).toContain("advisories");
  });
});

describe.concurrent("portcullis advisories pull", () => {
  it("stores what later runs use", async () => {
    const archive = zipSync({ "GHSA-aaaa-bbbb-cccc.json": Buffer.from(JSON.stringify(record)) });
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/PyPI/all.zip" ? 200 : 404).end(archive);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const env = { ...(await quiet()), PORTCULLIS_OSV_EXPORT_URL: `http://127.0.0.1:${port}` };
    const pulled = await portcullis(["advisories", "pull"], { env });
    const missing = await portcullis(["advisories", "pull", "npm"], { env });
    server.close();
    expect(pulled.stdout).toContain("PyPI: 1 advisories, the newest of 2024-05-01");
    expect([missing.status, missing.stderr]).toEqual([
      2,
      expect.stringContaining("cannot be fetched"),
    ]);

    const repo = await pullRequest(
      { "requirements.txt": "shop==2.1\n" },
      { "requirements.txt": "shop==2.0\n" },
    );
    const { stdout, status } = await portcullis(["review", "--repo", repo, "--format", "json"], {
      env,
    });
    expect(status).toBe(1);
    expect(stdout).toContain("GHSA-aaaa-bbbb-cccc");
    // A version that no range holds is kept.
    await mkdir(join(repo, "more"));
    await writeFile(join(repo, "more", "requirements.txt"), "shop==9.9\n");
    const listed = await portcullis(["deps", join(repo, "more"), "--format", "json"], { env });
    expect(listed.stdout).toContain("GHSA-aaaa-bbbb-cccc");
    expect(await readdir(join(env.XDG_CACHE_HOME, "portcullis", "advisories"))).toEqual([
      "PyPI.ndjson.gz",
    ]);
  });

  it("knows which ecosystems there are", async () => {
    const { status, stderr } = await portcullis(["advisories", "pull", "pipy"], {
      env: await quiet(),
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean "PyPI"?')]);
  });
});
