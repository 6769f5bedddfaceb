import assert from "node:assert/strict";
import { createAppContext } from "../../src/provider/context.ts";
import { DiskLimit } from "../../src/provider/disk-limit.ts";
import { TokenProvider } from "../../src/provider/token-provider.ts";
import { parseHost } from "../../src/registry/host.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";
import { programAlone, programPath } from "../support/program/program.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import { stuckDisk } from "../support/program/stuck-disk.ts";

const sigkill = 9;
const sigalrm = 14;

const never = () => new Promise<never>(() => {});

describe("a disk on which writes hang", () => {
  const standing = useStanding();

  it("does not keep a new token back", async () => {
    const { env, home, state } = standing.user(keys("alice"));
    const app = await createAppContext(env, home);
    const store = Object.assign(Object.create(app.store), { writeAuthorization: never });
    const provider = new TokenProvider({ ...app, store }, { disk: new DiskLimit(state, 50) });
    const host = parseHost(registry) ?? assert.fail("not a registry");
    const until = performance.now() + 10_000;
    const deadlines = { fetch: until, lock: until };
    const token = await provider.getOrFetchToken(host, await provider.resolveRegistration(host), deadlines);
    assert.ok(token.secret.length > 800);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });
});

describe("a disk that answers no request", function () {
  this.timeout(120_000);
  const temp = useTempFolder();

  it("ends a get after 20 seconds, with and without the native front", async function () {
    const disk = stuckDisk(temp());
    if (!disk) return this.skip();
    const env = { PATH: "/usr/bin:/bin", HOME: "/", XDG_STATE_HOME: temp() };
    const ends = [programPath(), programAlone()].map(async (program) => {
      const [command = "", ...args] = [...disk, program, "get"];
      const input = Buffer.from(registry);
      const child = Bun.spawn([command, ...args], { stdin: input, stdout: "pipe", env });
      const timer = setTimeout(() => child.kill("SIGKILL"), 50_000);
      await child.exited;
      clearTimeout(timer);
      return [child.exitCode, child.signalCode];
    });
    // The number of the signal that ended the program: the prefix itself was not ended.
    const [front, alone] = await Promise.all(ends);
    assert.ok(
      [1, sigkill, sigalrm].some((each) => each === front?.[0]),
      String(front),
    );
    assert.deepEqual(alone, [sigalrm, null]);
  });
});
