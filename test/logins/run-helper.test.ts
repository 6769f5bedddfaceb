import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { findOtherHelper, runOtherHelper } from "../../src/logins/run-helper.ts";
import { eventually } from "../support/eventually.ts";
import { useTempFolder, writeWithMode } from "../support/fakes/temp-folder.ts";

const system = "/usr/bin:/bin";

describe("another credential helper", () => {
  const folder = useTempFolder();
  const options = (more: object = {}) => ({
    env: { PATH: `${folder()}:${system}`, HOME: folder() },
    self: join(folder(), "docker-credential-ecr"),
    limit: 5_000,
    ...more,
  });

  function helper(script: string, name = "stub"): string {
    const path = join(folder(), `docker-credential-${name}`);
    writeWithMode(path, `#!/bin/sh\n${script}\n`, 0o755);
    return path;
  }

  it("is found by its name on the PATH", () => {
    const path = helper("");
    assert.equal(findOtherHelper("stub", options()), path);
  });

  it("is reported by name if it is missing or can't be run", () => {
    const missing = { code: "FALLBACK_MISSING", message: /docker-credential-stub/ };
    assert.throws(() => findOtherHelper("stub", options()), missing);
    writeWithMode(join(folder(), "docker-credential-stub"), "", 0o644);
    assert.throws(() => findOtherHelper("stub", options()), missing);
    assert.throws(() => findOtherHelper("stub", options({ env: {} })), missing);
  });

  it("is never this program, even by a link", () => {
    const self = helper("", "ecr");
    symlinkSync(self, join(folder(), "docker-credential-stub"));
    assert.throws(() => findOtherHelper("stub", options()), { code: "FALLBACK_ITSELF" });
    assert.throws(() => findOtherHelper("ecr", options()), { code: "FALLBACK_ITSELF" });
  });

  it("is refused if it calls this program, even a copy of it", async () => {
    const program = helper('echo "$DOCKER_CREDENTIAL_ECR_FALLBACK"');
    const { stdout } = await runOtherHelper(program, "get", "", options());
    const env = { ...options().env, DOCKER_CREDENTIAL_ECR_FALLBACK: stdout.trim() };
    assert.throws(() => findOtherHelper("stub", options({ env })), { code: "FALLBACK_ITSELF" });
  });

  it("gets the action, the input and the environment without variables that load code", async () => {
    const program = helper('echo "$* $A $BUN_OPTIONS"; cat');
    const env = { ...options().env, A: "a", BUN_OPTIONS: "b" };
    const reply = await runOtherHelper(program, "store", "the input", options({ env }));
    assert.deepEqual(reply, { stdout: "store a \nthe input", stderr: "", exitCode: 0 });
  });

  it("works without reading its input", async () => {
    const program = helper("exec <&-; echo done");
    assert.equal((await runOtherHelper(program, "store", "x".repeat(500_000), options())).stdout, "done\n");
  });

  it("is ended with its children if it hangs", async () => {
    const program = helper(`sleep 30 & echo $! >"$HOME/pid"; wait`);
    const began = performance.now();
    const provider = runOtherHelper(program, "get", "", options({ limit: 500 }));
    await assert.rejects(provider, { code: "FALLBACK_TIMEOUT", message: /0\.5 seconds/ });
    assert.ok(performance.now() - began < 20_000);
    const pid = readFileSync(join(folder(), "pid"), "utf8").trim();
    await eventually(
      "its end",
      () => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z"),
    );
  });

  for (const [script, how] of [
    ["exit 3", /get ended with exit code 3 and printed nothing/],
    ["kill -KILL $$", /get was ended by SIGKILL and printed nothing/],
  ] as const) {
    it(`is reported if it fails without a message: ${script}`, async () => {
      const provider = runOtherHelper(helper(script), "get", "", options());
      await assert.rejects(provider, { code: "FALLBACK_FAILED", message: how });
    });
  }

  it("is reported if it can't be started", async () => {
    const path = join(folder(), "docker-credential-stub");
    writeWithMode(path, "#!/nonexistent/interpreter\n", 0o755);
    await assert.rejects(runOtherHelper(path, "get", "", options()), { code: "FALLBACK_FAILED" });
  });
});
