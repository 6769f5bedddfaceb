import assert from "node:assert/strict";
import { debuggerVariables, unsafeVariables } from "../../src/service/runtime-variables.ts";

describe("a debugger's variables", () => {
  it("are those of Bun's that are set to something", () => {
    const env = {
      BUN_INSPECT: "x",
      BUN_JSC_useJIT: "0",
      BUN_OPTIONS: "",
      BUN_INSTALL: "x",
      MY_BUN_INSPECT: "x",
    };
    assert.deepEqual(debuggerVariables(env), ["BUN_INSPECT", "BUN_JSC_useJIT"]);
    assert.deepEqual(debuggerVariables({ BUN_OPTIONS: "--smol", NODE_OPTIONS: "x" }), ["BUN_OPTIONS"]);
  });

  it("are among those that services unset, as far as their names are known", () => {
    for (const name of ["BUN_INSPECT", "BUN_INSPECT_CONNECT_TO", "BUN_OPTIONS"]) {
      assert.ok(unsafeVariables.includes(name));
    }
  });
});
