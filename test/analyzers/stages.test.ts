import { describe, expect, it } from "vitest";
import { asksForDevelopment } from "../../src/analyzers/stages.ts";
import { type Expression, ModuleFile } from "../../src/python/index.ts";
import { models } from "../support/python.ts";

/** Whether what runs where a condition holds runs for developers and tests only, as far as words tell. */
function asks(source: string): boolean {
  const [statement] = new ModuleFile("m.py", `${source}\n`).body;
  const test: Expression | undefined = statement?.nodeType === "Expr" ? statement.value : undefined;
  if (test === undefined) throw new Error(`no expression: ${source}`);
  return asksForDevelopment(test, true, () => undefined, models.stages);
}

describe("a condition asks for a developer's machine or a test", () => {
  it.each([
    "LOCAL",
    "is_local",
    "isLocal",
    "local_dev",
    "settings.LOCAL_ENV",
    "TESTING",
    "running_tests",
    "os.environ.get('RUNNING_TESTS')",
    "'test' in sys.argv",
    "sys.argv[1:2] == ['test']",
    "ENV == 'local'",
    "config['ENVIRONMENT'] in ('local', 'test')",
    "os.getenv('DATABASE_ENV', '').lower() == 'test'",
    "storage.stage == 'local'",
    "STORAGE_MODE_DEV",
    "PROD is False",
    "not is_production",
    "LOCAL or TESTING",
    "local_storage and DEBUG",
  ])("%s", (source) => {
    expect(asks(source)).toBe(true);
  });
});

describe("a condition asks for something else", () => {
  it.each([
    "local_storage",
    "test_bucket",
    "USE_LOCAL_CACHE",
    "os.environ.get('TEST_BUCKET')",
    "settings.is_test_user",
    "STORAGE == 'local'",
    "os.environ['STORAGE_TYPE'] == 'local'",
    "env('EMAIL_BACKEND').lower() == 'test'",
    "config['caches'] == 'local'",
    "LOCAL or local_storage",
    "not LOCAL",
    "not_dev",
    "production",
  ])("%s", (source) => {
    expect(asks(source)).toBe(false);
  });
});
