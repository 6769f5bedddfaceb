import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { askOtherHelper, findOtherHelper } from "../../src/logins/run-helper.ts";
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

  it("that is not there, or can't be run, is told of by name", () => {
    const missing = { code: "FALLBACK_MISSING", message: /docker-credential-stub/ };
    assert.throws(() => findOtherHelper("stub", options()), missing);
    writeWithMode(join(folder(), "docker-credential-stub"), "", 0o644);
    assert.throws(() => findOtherHelper("stub", options()), missing);
    assert.throws(() => findOtherHelper("stub", options({ env: {} })), missing);
  });

  it("is never this program, be it by a link", () => {
    const self = helper("", "ecr");
    symlinkSync(self, join(folder(), "docker-credential-stub"));
    assert.throws(() => findOtherHelper("stub", options()), { code: "FALLBACK_ITSELF" });
    assert.throws(() => findOtherHelper("ecr", options()), { code: "FALLBACK_ITSELF" });
  });

  it("that comes back here is told so, be it by a copy", async () => {
    const program = helper('echo "$DOCKER_CREDENTIAL_ECR_FALLBACK"');
    const { stdout } = await askOtherHelper(program, "get", "", options());
    const env = { ...options().env, DOCKER_CREDENTIAL_ECR_FALLBACK: stdout.trim() };
    assert.throws(() => findOtherHelper("stub", options({ env })), { code: "FALLBACK_ITSELF" });
  });

  it("gets the action, the input and the environment, but for what loads code", async () => {
    const program = helper('echo "$* $A $BUN_OPTIONS"; cat');
    const env = { ...options().env, A: "a", BUN_OPTIONS: "b" };
    const reply = await askOtherHelper(program, "store", "the input", options({ env }));
    assert.deepEqual(reply, { stdout: "store a \nthe input", stderr: "", exitCode: 0 });
  });

  it("that does not read its input is none the worse", async () => {
    const program = helper("exec <&-; echo done");
    assert.equal((await askOtherHelper(program, "store", "x".repeat(500_000), options())).stdout, "done\n");
  });

  it("that hangs is ended, with what it has started", async () => {
    const program = helper(`sleep 30 & echo $! >"$HOME/pid"; wait`);
    const began = performance.now();
    const provider = askOtherHelper(program, "get", "", options({ limit: 500 }));
    await assert.rejects(provider, { code: "FALLBACK_TIMEOUT", message: /0\.5 seconds/ });
    assert.ok(performance.now() - began < 4_000);
    const pid = readFileSync(join(folder(), "pid"), "utf8").trim();
    await eventually(
      "its end",
      () => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z"),
    );
  });

  for (const [script, how] of [
    ["exit 3", /get ended with exit code 3 and said nothing/],
    ["kill -KILL $$", /get was ended by SIGKILL and said nothing/],
  ] as const) {
    it(`that fails without a word is told of: ${script}`, async () => {
      const provider = askOtherHelper(helper(script), "get", "", options());
      await assert.rejects(provider, { code: "FALLBACK_FAILED", message: how });
    });
  }

  it("that can't be started is told of", async () => {
    const path = join(folder(), "docker-credential-stub");
    writeWithMode(path, "#!/nonexistent/interpreter\n", 0o755);
    await assert.rejects(askOtherHelper(path, "get", "", options()), { code: "FALLBACK_FAILED" });
  });
});
