import { describe, expect, it } from "vitest";
import { bindingIn } from "../../src/python/index.ts";
import { runModule } from "../support/python.ts";

describe("a check that a variable is set", () => {
  it.each([
    ["is None", 'S = os.environ.get("S")\nif S is None:\n    raise ValueError("S")\n'],
    ["not", 'S = os.environ.get("S", "")\nif not S:\n    raise ValueError("S")\n'],
    [
      "a default",
      'S = os.environ.get("S", "x")\nif True and S == "x":\n    raise ValueError("S")\n',
    ],
    [
      "within",
      'S = os.environ.get("S")\nif not None:\n    if not S:\n        raise ValueError("S")\n',
    ],
  ])("does not end the module, and the variable counts as set: %s", (_what, source) => {
    const { scope } = runModule({ "m.py": `import os\n${source}A = 1\n` }, "m.py");
    expect(bindingIn(scope, "A")).toBeDefined();
    expect(bindingIn(scope, "S")?.value.kind).toBe("environment");
  });

  it("ends the module where nothing of the environment decides it", () => {
    const { scope } = runModule(
      { "m.py": "S = None\nif S is None:\n    raise ValueError\nA = 1\n" },
      "m.py",
    );
    expect(bindingIn(scope, "A")).toBeUndefined();
  });

  it("counts where the error is taken", () => {
    const source =
      'import os\nS = os.environ.get("S")\ntry:\n    if not S:\n        raise KeyError("S")\n    A = 1\nexcept KeyError:\n    A = 2\n';
    const { scope } = runModule({ "m.py": source }, "m.py");
    expect(bindingIn(scope, "A")?.value).toMatchObject({ value: 2 });
  });
});
