import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/temporary-folders.ts"],
    reporters: ["default"],
    // Isolation costs several times the run time. Without it no module may hold state or be mocked.
    pool: "threads",
    isolate: false,
  },
});
