import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processConditions } from "../../src/profiles/process-conditions.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("processConditions", () => {
  const temp = useTempFolder();
  const of = (command: string, env: Record<string, string> = {}) =>
    processConditions(command, env, temp(), (path) => `stamp of ${path}`);

  function program(name: string, text: string): string {
    const path = join(temp(), name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }

  it("includes the program, found on PATH, and the files among its arguments", async () => {
    const tool = program("bin/tool", "no script");
    const file = program("creds.json", "{}");
    const { files } = await of(`tool --file "${file}" ~/creds.json --profile ci`, {
      PATH: join(temp(), "bin"),
    });
    assert.deepEqual(
      files.map(({ path }) => path),
      [tool, file],
    );
    assert.equal(files[0]?.stamp, `stamp of ${tool}`);
  });

  it("includes PATH, AWS_*, and the variables in the command and its script, set or not", async () => {
    const script = program("p.sh", '#!/bin/sh\necho "$' + '{WHO}" $OTHER $1\n');
    const { names } = await of(`/bin/sh ${script} "$VAULT"`, { AWS_VAULT: "a", HOME: "/x" });
    assert.deepEqual([...names].sort(), ["AWS_*", "OTHER", "PATH", "VAULT", "WHO"]);
  });

  it("includes a relative path as it is: it is another file in another working directory", async () => {
    for (const path of ["./package.json", "package.json", "src/main.ts"]) {
      assert.deepEqual((await of(`cat ${path}`)).files, [{ path, stamp: `stamp of ${path}` }]);
    }
  });
});
