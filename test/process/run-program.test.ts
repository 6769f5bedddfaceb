import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programsOf } from "../../src/process/run-program.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("programs", () => {
  const temp = useTempFolder();
  const start = process.cwd();
  beforeEach(() => {
    writeFileSync(join(temp(), "tool"), "#!/bin/sh\necho ran\n");
    chmodSync(join(temp(), "tool"), 0o755);
    process.chdir(temp());
  });
  afterEach(() => process.chdir(start));

  it("are run from the folders of the PATH, or by their path", async () => {
    const { stdout } = await programsOf({ PATH: `/nowhere:${temp()}` })("tool", []);
    assert.equal(stdout, "ran");
    assert.equal((await programsOf({})(join(temp(), "tool"), [])).stdout, "ran");
  });

  it("are never run from the working folder", async () => {
    for (const PATH of [".", "./", "", ":", "/nowhere:.:", `../${temp().split("/").at(-1)}`]) {
      assert.equal((await programsOf({ PATH })("tool", [])).isMissing, true, PATH);
    }
  });
});
