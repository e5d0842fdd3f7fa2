// What a manifest says beside its packages: indexes, other files, options; and what is read of files beside it.
import { describe, expect, it } from "vitest";
import { formatOf, readManifest } from "../../../src/dependencies/manifests/index.ts";
import { manifestOf, places, rows } from "./rows.ts";

const indexesOf = (path: string, text: string) =>
  manifestOf(path, text).indexes.map(({ url, kind, name, explicit, region }) =>
    [kind, url, name ?? "", explicit ? "explicit" : "", region.startLine].join(" "),
  );

describe("indexes", () => {
  it("of uv", () => {
    const text = [
      "[tool.uv]",
      'extra-index-url = ["https://token@two.example/simple"]',
      'find-links = ["./wheels"]',
      "[tool.uv.pip]",
      'index-url = "http://three.example/simple"',
      "[[tool.uv.index]]",
      'url = "https://one.example/simple"',
      "default = true",
      "[[tool.uv.index]]",
      'name = "torch"',
      'url = "https://download.pytorch.org/whl/cpu"',
      "explicit = true",
    ].join("\n");
    expect(indexesOf("pyproject.toml", text)).toEqual([
      "primary https://one.example/simple   7",
      "extra https://download.pytorch.org/whl/cpu torch explicit 11",
      "extra https://two.example/simple  explicit 2",
      "links ./wheels   3",
      "primary http://three.example/simple   5",
    ]);
  });

  it.each([
    ["", "primary https://a.example/simple a  3"],
    ['priority = "supplemental"', "extra https://a.example/simple a  3"],
    ['priority = "explicit"', "extra https://a.example/simple a explicit 3"],
    ['priority = "secondary"', "extra https://a.example/simple a  3"],
    ["default = true", "primary https://a.example/simple a  3"],
  ])("of Poetry, with %s", (line, expected) => {
    const text = `[[tool.poetry.source]]\nname = "a"\nurl = "https://a.example/simple"\n${line}\n`;
    expect(indexesOf("pyproject.toml", text)).toEqual([expected]);
  });

  it("of PDM", () => {
    const text =
      '[[tool.pdm.source]]\nname = "pypi"\nurl = "https://a.example/simple"\n[[tool.pdm.source]]\ntype = "find_links"\nurl = "./wheels"\n';
    expect(indexesOf("pyproject.toml", text)).toEqual([
      "primary https://a.example/simple pypi  3",
      "links ./wheels   6",
    ]);
  });

  it("of Pipenv", () => {
    const text =
      '[[source]]\nurl = "https://pypi.org/simple"\nname = "pypi"\n[[source]]\nurl = "http://u:p@b.example"\nverify_ssl = false\n';
    expect(indexesOf("Pipfile", text)).toEqual([
      "primary https://pypi.org/simple pypi  2",
      "extra http://b.example  explicit 5",
    ]);
    expect(manifestOf("Pipfile", text).options).toMatchObject([
      { name: "verify_ssl", value: "b.example" },
    ]);
  });
});

describe("options and indexes of pip", () => {
  it("in the environment of conda", () => {
    const text =
      "dependencies:\n- pip:\n  - --extra-index-url=http://a.example\n  - --trusted-host b.example\n";
    expect(indexesOf("environment.yml", text)).toEqual(["extra http://a.example   3"]);
    expect(manifestOf("environment.yml", text).options).toMatchObject([
      { name: "--trusted-host", value: "b.example", region: { startLine: 4 } },
    ]);
  });

  it("in commands and variables of images", () => {
    const text = [
      "FROM python:3.13",
      "ARG PIP_INDEX_URL=https://u:p@a.example",
      "ENV PIP_EXTRA_INDEX_URL http://b.example",
      "ENV PIP_TRUSTED_HOST=$HOST",
      "RUN true; pip3 install \\",
      "  -i http://c.example \\",
      "  # a remark",
      "  --extra-index-url http://d.example shop && curl -i http://e.example",
      "RUN curl -i http://f.example",
    ].join("\n");
    expect(indexesOf("Dockerfile", text)).toEqual([
      "primary https://a.example   2",
      "extra http://b.example   3",
      "primary http://c.example   6",
      "extra http://d.example   8",
    ]);
    expect(manifestOf("Dockerfile", text).options).toEqual([]);
  });

  it("in commands and variables of images that use uv, which asks an index of its own first", () => {
    const text = [
      "FROM python:3.13",
      "ENV UV_EXTRA_INDEX_URL=http://a.example UV_INSECURE_HOST=a.example",
      "ENV UV_INDEX_STRATEGY=unsafe-best-match UV_INDEX=http://b.example",
      "RUN uv pip install --index ours=http://c.example --default-index http://d.example shop",
      "RUN uv sync --index-strategy unsafe-first-match --extra-index-url http://e.example",
      "RUN pip config set global.extra-index-url http://f.example && pip config set global.timeout 9",
      "RUN echo uv --index http://g.example",
    ].join("\n");
    const { indexes, options } = manifestOf("Dockerfile", text);
    expect(
      indexes.map(({ url, kind, explicit = false, region: { startLine } }) =>
        [kind, url, explicit, startLine].join(" "),
      ),
    ).toEqual([
      "extra http://a.example true 2",
      "extra http://b.example false 3",
      "extra http://c.example true 4",
      "primary http://d.example false 4",
      "extra http://e.example false 5",
      "extra http://f.example false 6",
    ]);
    expect(options).toMatchObject([{ name: "--trusted-host", value: "a.example" }]);
  });

  it("in sources of PDM that are not checked, and of Poetry before 1.5", () => {
    const pdm = '[[tool.pdm.source]]\nurl = "https://a.example"\nverify_ssl = false\n';
    expect(manifestOf("pyproject.toml", pdm).options).toMatchObject([
      { name: "verify_ssl", value: "a.example", region: { startLine: 3 } },
    ]);
    const poetry =
      '[[tool.poetry.source]]\nname = "a"\nurl = "https://a.example"\nsecondary = true\n';
    expect(manifestOf("pyproject.toml", poetry).indexes).toMatchObject([{ kind: "extra" }]);
  });

  it("in its configuration", () => {
    const text =
      "[global]\nindex-url = http://a.example\nextra-index-url =\n  http://b.example\n  http://c.example\ntimeout = 60\n[install]\ntrusted-host = a.example d.example\n";
    expect(indexesOf("etc/pip.conf", text)).toEqual([
      "primary http://a.example   2",
      "extra http://b.example   4",
      "extra http://c.example   5",
    ]);
    expect(manifestOf("etc/pip.conf", text).options).toMatchObject([
      { name: "--trusted-host", value: "a.example", region: { startLine: 8 } },
      { name: "--trusted-host", value: "d.example" },
    ]);
  });
});

describe("other files", () => {
  it.each([
    [
      "app/pyproject.toml",
      '[tool.setuptools.dynamic]\ndependencies = {file = ["base.txt", "../more.txt"]}\noptional-dependencies.dev = {file = "dev.txt"}',
      ["app/base.txt", "more.txt", "app/dev.txt"],
    ],
    [
      "app/setup.cfg",
      "[options]\ninstall_requires = file: base.txt, more.txt\n",
      ["app/base.txt", "app/more.txt"],
    ],
    [
      "app/environment.yml",
      "dependencies:\n  - pip:\n    - -r base.txt\n    - --requirement=more.txt\n",
      ["app/base.txt", "app/more.txt"],
    ],
  ])("are named by %s", (path, text, expected) => {
    expect(manifestOf(path, text).includes.map(({ target }) => target)).toEqual(expected);
  });

  it("outside of the tree are refused", () => {
    const text = '[tool.setuptools.dynamic]\ndependencies = {file = "../../etc/passwd"}';
    expect(manifestOf("app/pyproject.toml", text)).toMatchObject({
      includes: [],
      problems: [{ line: 2 }],
    });
  });
});

describe("a lock", () => {
  const lock =
    '[[package]]\nname = "a"\nversion = "1"\n[package.dependencies]\nb = "*"\n[[package]]\nname = "b"\nversion = "2"\n';

  it("without its manifest does not say what is direct", () => {
    expect(rows("poetry.lock", lock)).toEqual(["a 1 locked unknown", "b 2 locked unknown <- a@1"]);
  });

  it("takes what is direct, and for whom, from the manifest beside it", () => {
    const files = {
      "api/pyproject.toml": '[tool.poetry.group.dev.dependencies]\nA = "*"\n',
      "pyproject.toml": "",
    };
    expect(rows("api/poetry.lock", lock, files)).toEqual([
      "a 1 locked dev group:dev",
      "b 2 locked dev group:dev indirect <- a@1",
    ]);
  });

  it("is the word on its own groups", () => {
    const text =
      '[[package]]\nname = "a"\nversion = "1"\ncategory = "dev"\n[[package]]\nname = "b"\nversion = "2"\ngroups = ["dev", "main"]\n[[package]]\nname = "c"\nversion = "3"\ngroups = ["tests"]\n';
    expect(rows("poetry.lock", text)).toEqual([
      "a 1 locked dev group:dev unknown",
      "b 2 locked unknown",
      "c 3 locked test group:tests unknown",
    ]);
  });

  it("keeps the block of a package as its place, and the line that names it", () => {
    const [first, second] = places("poetry.lock", lock);
    expect(first).toMatchObject({ lines: "1-5", name: 'name = "a"', version: "" });
    expect(second).toMatchObject({ lines: "6-8", name: 'name = "b"' });
  });

  it("of many versions that all ask for each other is read in bounds", () => {
    const names = Array.from(
      { length: 3000 },
      (_, index) =>
        `[[package]]\nname = "a"\nversion = "${index}"\n[package.dependencies]\na = "*"\n`,
    );
    expect(rows("poetry.lock", names.join(""))).toHaveLength(3000);
  });
});

it("a file that is larger than any real one is left alone", () => {
  const format = formatOf("poetry.lock");
  if (format === undefined) throw new Error("no format");
  const found = readManifest(format, "#".repeat(40_000_001), "poetry.lock", {
    read: () => undefined,
  });
  expect(found).toMatchObject({
    packages: [],
    problems: [{ reason: expect.stringMatching(/larger/) }],
  });
});
