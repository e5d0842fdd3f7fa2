import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: { "#rules": fileURLToPath(new URL("test/support/rule-files.ts", import.meta.url)) },
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/temporary-folders.ts"],
    reporters: ["default"],
    // Isolation costs several times the run time. Without it no module may hold state or be mocked.
    // Many tests start programs; a busy machine must not fail them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "threads",
    isolate: false,
    // One for each processor: much of the time is that of the programs that tests start.
    maxWorkers: "100%",
    // As many as there are faults in test/doors/app: a matrix of them mostly waits, and must not do so twice.
    maxConcurrency: 8,
  },
});
