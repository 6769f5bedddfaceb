import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyConfig } from "../../src/config/config.ts";
import { readConfig } from "../../src/config/read.ts";
import { Failure } from "../../src/token/failure.ts";
import { itAsRoot, otherUserId, useTempFolder, writeWithMode } from "../support/fakes/temp-folder.ts";
import { example } from "./example.ts";

describe("readConfig", () => {
  const folder = useTempFolder();
  const file = () => join(folder(), "config.yaml");

  async function refusal(path: string): Promise<Failure> {
    const failure = await readConfig({ configFile: path }).then(
      () => assert.fail("it was not refused"),
      (error) => error,
    );
    assert.ok(failure instanceof Failure, `${failure}`);
    assert.doesNotMatch(failure.message, /[\r\n]/);
    return failure;
  }

  it("returns the default config if there is no file or folder", async () => {
    assert.equal(await readConfig({ configFile: file() }), emptyConfig);
    assert.equal(await readConfig({ configFile: join(folder(), "a/b/config.yaml") }), emptyConfig);
    assert.equal(await readConfig({ configFile: "/dev/null/config.yaml" }), emptyConfig);
  });

  for (const mode of [0o400, 0o600, 0o644, 0o755]) {
    it(`reads a file of mode ${mode.toString(8)}`, async () => {
      writeWithMode(file(), example, mode);
      assert.equal((await readConfig({ configFile: file() })).registries.length, 3);
    });
  }

  for (const mode of [0o602, 0o620, 0o664, 0o666, 0o777]) {
    it(`refuses a file of mode ${mode.toString(8)}, with a fix`, async () => {
      writeWithMode(file(), example, mode);
      const { code, oneLine } = await refusal(file());
      assert.equal(code, "CONFIG_WRITABLE");
      assert.ok(oneLine.includes(`(mode 0${mode.toString(8)})`), oneLine);
      assert.ok(oneLine.includes(`chmod go-w ${file()}`), oneLine);
    });
  }

  itAsRoot("refuses a file of another user, even if only that user can write it", async () => {
    writeWithMode(file(), example, 0o600);
    chownSync(file(), otherUserId, otherUserId);
    const { code, oneLine } = await refusal(file());
    assert.equal(code, "CONFIG_WRITABLE");
    assert.match(oneLine, /belongs to user 12345/);
  });

  describe("in folders that another user", () => {
    const path = () => join(folder(), "app", "config.yaml");
    beforeEach(() => {
      mkdirSync(join(folder(), "app"), { mode: 0o755 });
      writeWithMode(path(), example, 0o600);
    });

    for (const mode of [0o757, 0o777]) {
      it(`can write to (mode ${mode.toString(8)}), refuses the file`, async () => {
        chmodSync(join(folder(), "app"), mode);
        const { code, oneLine } = await refusal(path());
        assert.equal(code, "CONFIG_WRITABLE");
        assert.ok(oneLine.includes(`chmod go-w ${join(folder(), "app")}`), oneLine);
      });
    }

    it("can write to, but not remove this user's file from, reads it", async () => {
      chmodSync(join(folder(), "app"), 0o1777);
      assert.equal((await readConfig({ configFile: path() })).registries.length, 3);
    });

    itAsRoot("owns, or has a link in, refuses the file", async () => {
      const link = join(folder(), "link");
      symlinkSync("app", link);
      lchownSync(link, otherUserId, otherUserId);
      assert.match((await refusal(join(link, "config.yaml"))).oneLine, /user 12345.*\[CONFIG_WRITABLE\]$/);
      chownSync(join(folder(), "app"), otherUserId, otherUserId);
      assert.match((await refusal(path())).oneLine, /user 12345.*\[CONFIG_WRITABLE\]$/);
    });
  });

  itAsRoot(
    "reads for another user what root has written, and tells what that user may not read",
    async () => {
      const script = `import { readConfig } from ${JSON.stringify(import.meta.resolve("../../src/config/read.ts"))};
      await import(${JSON.stringify(import.meta.resolve("../../src/config/parse.ts"))});
      process.setgid(${otherUserId}); process.setuid(${otherUserId});
      console.log(await readConfig({ configFile: process.argv[1] }).then((config) => config.registries.length, (error) => error.oneLine));`;
      const asSomebodyElse = () =>
        spawnSync(process.execPath, ["-e", script, file()], { encoding: "utf8" }).stdout.trim();
      chmodSync(folder(), 0o755);
      writeWithMode(file(), example, 0o644);
      assert.equal(asSomebodyElse(), "3");
      chmodSync(file(), 0o600);
      assert.match(asSomebodyElse(), /can't be read \(EACCES\).*\[CONFIG_UNREADABLE\]$/);
    },
  );

  it("follows a link, as dotfile managers create them", async () => {
    writeWithMode(join(folder(), "real"), example, 0o600);
    symlinkSync("real", file());
    assert.equal((await readConfig({ configFile: file() })).registries.length, 3);
  });

  it("refuses a config.yml without a config.yaml", async () => {
    const path = join(folder(), "config.yaml");
    writeFileSync(join(folder(), "config.yml"), "version: 1\n");
    await assert.rejects(readConfig({ configFile: path }), {
      code: "CONFIG_UNREADABLE",
      message: /config\.yml is not read: the name of the file must be config\.yaml$/,
    });
    writeFileSync(path, "version: 1\n");
    await readConfig({ configFile: path });
  });

  it("refuses a dangling link, because the intended config is missing", async () => {
    symlinkSync("nothing", file());
    assert.match(
      (await refusal(file())).oneLine,
      /link to a file that does not exist.*\[CONFIG_UNREADABLE\]/,
    );
  });

  it("refuses a folder, and a pipe without waiting", async () => {
    mkdirSync(file());
    assert.equal((await refusal(file())).code, "CONFIG_UNREADABLE");
    const pipe = join(folder(), "pipe");
    if (spawnSync("mkfifo", ["-m", "600", pipe]).status !== 0) return;
    assert.match((await refusal(pipe)).oneLine, /is not a plain file/);
  });

  it("reads a file of 1 MiB and refuses a larger one", async () => {
    const text = `version: 1\n#${"x".repeat(1024 * 1024 - 12)}`;
    writeWithMode(file(), text, 0o600);
    assert.equal((await readConfig({ configFile: file() })).version, 1);
    writeWithMode(file(), `${text}x`, 0o600);
    assert.match((await refusal(file())).oneLine, /larger than 1 MiB.*\[CONFIG_UNREADABLE\]/);
  });

  it("refuses a folder whose name is not UTF-8 in the environment: the runtime can't open it", async () => {
    const { code, message } = await refusal(join(folder(), "j\ufffdrg", "config.yaml"));
    assert.equal(code, "CONFIG_UNREADABLE");
    assert.match(message, /XDG_CONFIG_HOME/);
  });

  it("refuses bytes that are not UTF-8", async () => {
    writeFileSync(file(), Buffer.from([0x61, 0xff, 0xfe]), { mode: 0o600 });
    assert.equal((await refusal(file())).code, "CONFIG_SYNTAX");
  });

  it("reports path, line and column of a problem", async () => {
    writeWithMode(file(), "version: 1\nstore: vault\n", 0o600);
    assert.ok(
      (await refusal(file())).oneLine.startsWith(`${file()}:2:8: store ("vault") is not known here. Fix: `),
    );
  });
});
