import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, symlinkSync } from "node:fs";
import { inspectFile, inspectSync } from "../../../src/store/files/inspect.ts";
import { openFastFiles } from "../../../src/store/files/open-fast-files.ts";
import { itAsRoot, otherUserId, useTempFolder, writeWithMode } from "../../support/fakes/temp-folder.ts";

const largest = 1024 * 1024;

const WAYS = {
  inspectFile: async () => inspectFile,
  inspectSync: async () => inspectSync(await openFastFiles()),
};

for (const [name, way] of Object.entries(WAYS))
  describe(name, () => {
    let inspect = inspectFile;
    before(async () => {
      inspect = await way();
    });

    const folder = useTempFolder();
    const file = () => `${folder()}/file`;
    const why = async (path: string) => {
      const found = await inspect(path);
      return found.kind === "refused" ? found.why : found.kind;
    };

    for (const mode of [0o600, 0o400, 0o700]) {
      it(`reads a file of mode ${mode.toString(8)}`, async () => {
        writeWithMode(file(), "text\u{2713}\n", mode);
        assert.deepEqual(await inspect(file()), { kind: "text", text: "text\u{2713}\n" });
      });
    }

    it("reads an empty file", async () => {
      writeWithMode(file(), "", 0o600);
      assert.deepEqual(await inspect(file()), { kind: "text", text: "" });
    });

    it("reports a missing file, or a file where a folder should be, as absent", async () => {
      writeWithMode(file(), "", 0o600);
      for (const path of [`${folder()}/none`, `${folder()}/none/none`, `${file()}/none`]) {
        assert.deepEqual(await inspect(path), { kind: "absent" }, path);
      }
    });

    for (const mode of [0o604, 0o602, 0o601, 0o640, 0o620, 0o644, 0o666, 0o777]) {
      it(`refuses a file that others can access: ${mode.toString(8)}`, async () => {
        writeWithMode(file(), "text", mode);
        assert.equal(await why(file()), `other users can access it (mode ${mode.toString(8)})`);
      });
    }

    itAsRoot("refuses a file of another user", async () => {
      writeWithMode(file(), "text", 0o600);
      chownSync(file(), otherUserId, otherUserId);
      assert.equal(await why(file()), `it belongs to user ${otherUserId}`);
    });

    it("refuses a symbolic link, valid or dangling", async () => {
      writeWithMode(file(), "text", 0o600);
      symlinkSync(file(), `${folder()}/link`);
      symlinkSync(`${folder()}/none`, `${folder()}/dangling`);
      assert.equal(await why(`${folder()}/link`), "it is a symbolic link");
      assert.equal(await why(`${folder()}/dangling`), "it is a symbolic link");
    });

    it("refuses a folder", async () => {
      mkdirSync(file(), { mode: 0o700 });
      assert.equal(await why(file()), "not a plain file");
    });

    it("refuses a named pipe without waiting for a writer", async () => {
      execFileSync("mkfifo", ["-m", "600", file()]);
      assert.equal(await why(file()), "not a plain file");
    });

    it("reads up to 1 MiB and refuses what is larger", async () => {
      writeWithMode(file(), "x".repeat(largest), 0o600);
      assert.equal((await inspect(file())).kind, "text");
      writeWithMode(file(), "x".repeat(largest + 1), 0o600);
      assert.equal(await why(file()), `it is larger than ${largest} bytes`);
    });

    it("never throws", async () => {
      for (const path of ["", "\0", `${folder()}/${"x".repeat(5000)}`]) await inspect(path);
    });
  });
