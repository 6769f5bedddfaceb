import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { editOutput } from "../../../src/clients/files/output-file.ts";
import type { Failure } from "../../../src/token/failure.ts";
import {
  itAsRoot,
  modeOf,
  otherUserId,
  useTempFolder,
  writeWithMode,
} from "../../support/fakes/temp-folder.ts";

describe("a file that tokens are written to", () => {
  const folder = useTempFolder();
  const config = () => `${folder()}/config.json`;
  const write = (path: string, text = "new") => editOutput(path, async () => text);

  async function refused(path: string, code: string, ...parts: readonly (string | RegExp)[]): Promise<void> {
    const failure = await write(path).then(
      () => assert.fail("written"),
      (error: Failure) => error,
    );
    assert.equal(failure.code, code, failure.oneLine);
    assert.ok(failure.message.startsWith(`output ${path}`), failure.message);
    for (const part of parts) assert.match(failure.oneLine, new RegExp(part));
  }

  it("is created with mode 0600, and no other file remains", async () => {
    await write(config());
    assert.equal(readFileSync(config(), "utf8"), "new");
    assert.equal(modeOf(config()), "0600");
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
  });

  it("gets mode 0600 if others could read it, even if nothing else changes", async () => {
    for (const text of ["old", "new"]) {
      writeWithMode(config(), text, 0o644);
      await write(config());
      assert.equal(modeOf(config()), "0600");
    }
  });

  it("is not touched if nothing changes", async () => {
    await write(config());
    const { ino, ctimeMs } = lstatSync(config());
    await write(config());
    const after = lstatSync(config());
    assert.deepEqual({ ino: after.ino, ctimeMs: after.ctimeMs }, { ino, ctimeMs });
    await editOutput(`${folder()}/none.json`, async () => undefined);
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
  });

  it("is removed if the edit returns undefined", async () => {
    await write(config());
    await editOutput(config(), async () => undefined);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it("is the target of a link, even if it does not exist yet, and the link stays", async () => {
    mkdirSync(`${folder()}/real`);
    symlinkSync("real", `${folder()}/dir`);
    for (const name of ["there.json", "missing.json"]) {
      if (name === "there.json") writeFileSync(`${folder()}/real/${name}`, "old");
      symlinkSync(`dir/../real/${name}`, `${folder()}/${name}`);
      await write(`${folder()}/${name}`);
      assert.ok(lstatSync(`${folder()}/${name}`).isSymbolicLink());
      assert.equal(readFileSync(`${folder()}/real/${name}`, "utf8"), "new");
    }
  });

  it("is edited again if another program writes it meanwhile", async () => {
    writeFileSync(config(), "old");
    const seen: unknown[] = [];
    await editOutput(config(), async (text) => {
      seen.push(text);
      if (seen.length === 1) writeFileSync(config(), "theirs");
      return `${text}+ours`;
    });
    assert.deepEqual(seen, ["old", "theirs"]);
    assert.equal(readFileSync(config(), "utf8"), "theirs+ours");
  });

  it("is not edited if another program writes it repeatedly", async () => {
    let count = 0;
    const edit = async () => {
      writeFileSync(config(), `theirs ${++count}`);
      return "ours";
    };
    await assert.rejects(editOutput(config(), edit), { code: "OUTPUT_FILE" });
    assert.equal(readFileSync(config(), "utf8"), `theirs ${count}`);
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
  });

  it("is not removed after another program has written it", async () => {
    await write(config());
    let isFirst = true;
    const edit = async (text: string | undefined) => {
      if (isFirst) writeFileSync(config(), "theirs");
      isFirst = false;
      return text === "new" ? undefined : text;
    };
    await editOutput(config(), edit);
    assert.equal(readFileSync(config(), "utf8"), "theirs");
  });

  it("loses the temporary files of killed writers, and no other file", async () => {
    const left = [`${config()}.0123456789ab.tmp`, `${config()}.ba9876543210.tmp`, `${config()}.tmp`];
    for (const path of left) writeFileSync(path, "token");
    for (const path of [left[0], left[2]]) utimesSync(path ?? "", 1, 1);
    await write(config());
    assert.deepEqual(
      left.map((path) => existsSync(path)),
      [false, true, true],
    );
  });

  it("needs its folder, which is not created", async () => {
    await refused(
      `${folder()}/a/b/config.json`,
      "OUTPUT_FOLDER",
      "/a does not exist",
      `mkdir -p ${folder()}/a/b \\[`,
    );
    writeFileSync(`${folder()}/a`, "");
    await refused(`${folder()}/a/config.json`, "OUTPUT_FOLDER", "/a is not a folder");
    symlinkSync("nowhere/config.json", config());
    await refused(config(), "OUTPUT_FOLDER", `mkdir -p ${folder()}/nowhere \\[`);
    assert.deepEqual(readdirSync(folder()).sort(), ["a", "config.json"]);
  });

  for (const [mode, fix] of [
    [0o770, "run: chmod go-w"],
    [0o702, "run: chmod go-w"],
    // With the sticky bit, like /tmp, which all users share on purpose.
    [0o1777, "choose a folder that belongs to this user"],
  ] as const) {
    // The user's own group has no other members; only root certainly has another group.
    const itByMode = (mode & 0o002) !== 0 ? it : itAsRoot;
    itByMode(
      `is never written to a folder of mode ${mode.toString(8)}, which other users can write to`,
      async () => {
        mkdirSync(`${folder()}/open`);
        chmodSync(`${folder()}/open`, mode);
        await refused(`${folder()}/open/config.json`, "OUTPUT_UNSAFE", `: ${fix}.* \\[`);
        symlinkSync("open/config.json", config());
        await refused(config(), "OUTPUT_UNSAFE", "/open");
        assert.deepEqual(readdirSync(`${folder()}/open`), []);
      },
    );
  }

  it("is never written below a folder that other users can write to, unless they can only add files", async () => {
    mkdirSync(`${folder()}/open/own`, { recursive: true });
    for (const mode of process.geteuid?.() === 0 ? [0o777, 0o775] : [0o777]) {
      chmodSync(`${folder()}/open`, mode);
      await refused(`${folder()}/open/own/config.json`, "OUTPUT_UNSAFE", "/open \\(mode");
    }
    chmodSync(`${folder()}/open`, 0o1777);
    await write(`${folder()}/open/own/config.json`);
  });

  itAsRoot("never uses a link, folder or file of another user", async () => {
    chmodSync(folder(), 0o755);
    writeFileSync(config(), "theirs");
    chownSync(config(), otherUserId, otherUserId);
    await refused(config(), "OUTPUT_UNSAFE", `belongs to user ${otherUserId}`);
    assert.equal(readFileSync(config(), "utf8"), "theirs");

    mkdirSync(`${folder()}/theirs/own`, { recursive: true });
    chownSync(`${folder()}/theirs`, otherUserId, otherUserId);
    await refused(`${folder()}/theirs/config.json`, "OUTPUT_UNSAFE", "run the daemon as that user");
    await refused(`${folder()}/theirs/own/config.json`, "OUTPUT_UNSAFE", "run the daemon as that user");

    mkdirSync(`${folder()}/shared`);
    chmodSync(`${folder()}/shared`, 0o1777);
    mkdirSync(`${folder()}/own`);
    symlinkSync(`${folder()}/own`, `${folder()}/shared/link`);
    await write(`${folder()}/shared/link/config.json`);
    const { lchownSync } = await import("node:fs");
    lchownSync(`${folder()}/shared/link`, otherUserId, otherUserId);
    await refused(`${folder()}/shared/link/config.json`, "OUTPUT_UNSAFE", "shared/link belongs to user");
  });

  it("is not a folder, a pipe, a loop of links, a file that is not UTF-8, or a file without write permission", async () => {
    mkdirSync(`${folder()}/folder`);
    await refused(`${folder()}/folder`, "OUTPUT_FILE", "is a folder");
    Bun.spawnSync(["mkfifo", `${folder()}/pipe`]);
    await refused(`${folder()}/pipe`, "OUTPUT_FILE", "is a pipe, not a plain file");
    symlinkSync("round", `${folder()}/round`);
    await refused(`${folder()}/round`, "OUTPUT_UNSAFE", "loop");
    writeFileSync(config(), Buffer.from([0x7b, 0xff, 0x7d]));
    await refused(config(), "OUTPUT_FILE", "not UTF-8");
    assert.deepEqual(readFileSync(config()), Buffer.from([0x7b, 0xff, 0x7d]));
    writeWithMode(config(), "old", 0o400);
    await refused(config(), "OUTPUT_FILE", `chmod u\\+w ${config()}`);
    assert.equal(readFileSync(config(), "utf8"), "old");
  });
});
