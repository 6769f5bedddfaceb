import assert from "node:assert/strict";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { inspectFile } from "../../../src/store/files/inspect.ts";
import { removeAbandoned, removeState, writeDurable, writeState } from "../../../src/store/files/write.ts";
import { minute, second } from "../../support/fakes/clock.ts";
import { itAsRoot, modeOf, otherUserId, underUmask, useTempFolder } from "../../support/fakes/temp-folder.ts";

for (const writes of [writeState, writeDurable]) {
  describe(writes.name, () => {
    const temp = useTempFolder();
    const state = () => `${temp()}/state`;
    const path = () => `${state()}/tokens/host.json`;
    const write = (content: unknown = { a: 1 }) => writes(state(), path(), content);
    const temporaries = () => readdirSync(`${state()}/tmp`);

    for (const mask of [0o000, 0o022, 0o077]) {
      it(`under umask ${mask.toString(8).padStart(3, "0")}: file 0600, folders 0700`, async () => {
        await underUmask(mask, () => write());
        assert.equal(readFileSync(path(), "utf8"), '{"a":1}');
        assert.equal(modeOf(path()), "0600");
        for (const folder of ["", "/tokens", "/tmp"]) assert.equal(modeOf(state() + folder), "0700", folder);
      });
    }

    it("leaves no temporary file", async () => {
      await write();
      await write({ a: 2 });
      assert.deepEqual(temporaries(), []);
      assert.deepEqual(readdirSync(`${state()}/tokens`), ["host.json"]);
    });

    it("writes again if its temporary file is removed meanwhile", async () => {
      await write();
      let swept = 0;
      const content = {
        toJSON: () => {
          if (swept++ === 0) rmSync(`${state()}/tmp`, { recursive: true });
          return { a: 2 };
        },
      };
      await write(content);
      assert.equal(readFileSync(path(), "utf8"), '{"a":2}');
      assert.equal(swept, 2);
    });

    it("replaces a file that others can access, and a link, instead of writing to it", async () => {
      await write();
      const outside = `${temp()}/outside`;
      writeFileSync(outside, "mine");
      await removeState(path());
      symlinkSync(outside, path());
      await write({ a: 2 });
      assert.equal(readFileSync(outside, "utf8"), "mine");
      assert.ok(lstatSync(path()).isFile());
      assert.equal(modeOf(path()), "0600");
    });

    it("is atomic for concurrent readers", async () => {
      const contents = Array.from({ length: 40 }, (_, index) => ({
        index,
        filler: `${index}`.repeat(20_000),
      }));
      await write(contents[0]);
      let writing = true;
      const writes = (async () => {
        for (const content of contents) await write(content);
        writing = false;
      })();
      let reads = 0;
      while (writing) {
        const found = await inspectFile(path());
        assert.equal(found.kind, "text");
        if (found.kind === "text") assert.ok(contents[JSON.parse(found.text).index]);
        reads++;
      }
      await writes;
      assert.ok(reads > 0);
    });

    it("allows concurrent writers: one of them wins completely", async () => {
      await Promise.all(Array.from({ length: 30 }, (_, index) => write({ index })));
      assert.ok(Number.isInteger(JSON.parse(readFileSync(path(), "utf8")).index));
      assert.deepEqual(temporaries(), []);
    });

    const refused = async (code: string) => {
      await assert.rejects(write({ secret: "made-up" }), (error: { code?: string; message: string }) => {
        assert.equal(error.code, code);
        assert.ok(!error.message.includes("made-up"));
        return true;
      });
    };

    it("fails with STATE_WRITE if there is a folder instead of the file, and cleans up", async () => {
      mkdirSync(path(), { recursive: true });
      await refused("STATE_WRITE");
      assert.deepEqual(temporaries(), []);
    });

    for (const place of ["", "/tokens", "/tmp"]) {
      it(`fails with STATE_FOLDER if state${place} is a file or a link`, async () => {
        mkdirSync(state());
        const at = `${temp()}/state${place}`;
        if (place === "") await removeFolder(at);
        writeFileSync(at, "");
        await refused("STATE_FOLDER");
        await removeState(at);
        mkdirSync(`${temp()}/real`);
        symlinkSync(`${temp()}/real`, at);
        await refused("STATE_FOLDER");
        assert.deepEqual(readdirSync(`${temp()}/real`), []);
      });

      itAsRoot(`fails with STATE_FOLDER if state${place} belongs to another user`, async () => {
        mkdirSync(`${state()}${place}`, { recursive: true, mode: 0o700 });
        chownSync(`${state()}${place}`, otherUserId, otherUserId);
        await refused("STATE_FOLDER");
        assert.equal(existsSync(path()), false);
      });
    }
  });
}

async function removeFolder(path: string): Promise<void> {
  const { rmdir } = await import("node:fs/promises");
  await rmdir(path);
}

describe("removeState", () => {
  const temp = useTempFolder();

  it("removes a file and returns true", async () => {
    writeFileSync(`${temp()}/file`, "");
    assert.equal(await removeState(`${temp()}/file`), true);
    assert.equal(existsSync(`${temp()}/file`), false);
  });

  it("accepts a missing file or folder", async () => {
    assert.equal(await removeState(`${temp()}/none`), false);
    assert.equal(await removeState(`${temp()}/none/none`), false);
  });

  it("removes a link, not its target", async () => {
    writeFileSync(`${temp()}/file`, "");
    symlinkSync(`${temp()}/file`, `${temp()}/link`);
    await removeState(`${temp()}/link`);
    assert.ok(existsSync(`${temp()}/file`));
  });

  it("fails with STATE_WRITE if the file can't be removed", async () => {
    mkdirSync(`${temp()}/folder`);
    await assert.rejects(removeState(`${temp()}/folder`), { code: "STATE_WRITE" });
  });
});

describe("removeAbandoned", () => {
  const temp = useTempFolder();

  it("removes temporary files of killed writers, and keeps those of active ones", async () => {
    mkdirSync(`${temp()}/tmp`);
    const ages = { abandoned: 61 * second, living: 59 * second, "of a clock ahead": -10 * minute };
    for (const [name, age] of Object.entries(ages)) {
      writeFileSync(`${temp()}/tmp/${name}`, "half an ent");
      const modified = (Date.now() - age) / 1000;
      utimesSync(`${temp()}/tmp/${name}`, modified, modified);
    }
    await removeAbandoned(temp(), Date.now());
    assert.deepEqual(readdirSync(`${temp()}/tmp`).sort(), ["living", "of a clock ahead"]);
  });

  it("touches only temporary files", async () => {
    mkdirSync(`${temp()}/tokens`);
    writeFileSync(`${temp()}/tokens/old`, "");
    utimesSync(`${temp()}/tokens/old`, 1, 1);
    await removeAbandoned(temp(), Date.now());
    assert.deepEqual(readdirSync(`${temp()}/tokens`), ["old"]);
  });

  it("never fails, without the folder or with a folder instead of a file", async () => {
    await removeAbandoned(`${temp()}/none`, Date.now());
    mkdirSync(`${temp()}/tmp/folder`, { recursive: true });
    utimesSync(`${temp()}/tmp/folder`, 1, 1);
    await removeAbandoned(temp(), Date.now());
  });
});
