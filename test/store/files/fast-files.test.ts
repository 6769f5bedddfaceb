import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { FastFiles } from "../../../src/store/files/fast-files.ts";
import { libcFiles } from "../../../src/store/files/libc-files.ts";
import { nodeFiles } from "../../../src/store/files/node-files.ts";
import { openFastFiles } from "../../../src/store/files/open-fast-files.ts";
import {
  itAsRoot,
  nextTick,
  otherUserId,
  useTempFolder,
  writeWithMode,
} from "../../support/fakes/temp-folder.ts";

const libc = libcFiles();
const ways: [name: string, files: FastFiles | undefined][] = [
  ["libc's calls", libc],
  ["node:fs", nodeFiles()],
];
const largest = 1024 * 1024;

for (const [name, files] of ways) {
  (files ? describe : describe.skip)(`the quick files by ${name}`, () => {
    const temp = useTempFolder();
    const file = () => `${temp()}/file`;
    const read = (path = file()) => files?.read(path);
    const stamp = (path = file()) => files?.stamp(path);

    for (const text of [
      "",
      "text",
      "\u{2713} über\n",
      "x".repeat(4095),
      "x".repeat(4096),
      "x".repeat(70_000),
    ]) {
      it(`read a file of ${text.length} characters`, () => {
        writeWithMode(file(), text, 0o600);
        assert.deepEqual(read(), { text, uid: process.geteuid?.(), mode: 0o600 });
      });
    }

    itAsRoot("tell whose a file is, that of a link's target", () => {
      writeWithMode(file(), "text", 0o600);
      chownSync(file(), otherUserId, 0);
      symlinkSync(file(), `${temp()}/link`);
      assert.equal(files?.owner(`${temp()}/link`), otherUserId);
      assert.equal(files?.owner(`${temp()}/none`), undefined);
    });

    it("read a non-ASCII path", () => {
      writeWithMode(`${temp()}/ü \u{2713}`, "text", 0o600);
      assert.equal(read(`${temp()}/ü \u{2713}`)?.text, "text");
    });

    it("read a file whose size the system does not report", () => {
      assert.match(read("/proc/uptime")?.text ?? "", /^\d+\.\d+ /);
    });

    for (const mode of [0o644, 0o666, 0o4600]) {
      it(`return the mode: ${mode.toString(8)}`, () => {
        writeWithMode(file(), "text", mode);
        assert.equal(read()?.mode, mode);
      });
    }

    itAsRoot("tell the owner", () => {
      writeWithMode(file(), "text", 0o600);
      chownSync(file(), otherUserId, otherUserId);
      assert.equal(read()?.uid, otherUserId);
    });

    it("read no missing file, folder, link or named pipe", () => {
      mkdirSync(`${temp()}/folder`);
      writeWithMode(file(), "text", 0o600);
      symlinkSync(file(), `${temp()}/link`);
      execFileSync("mkfifo", [`${temp()}/pipe`]);
      for (const path of ["none", "folder", "link", "pipe", "file/below"]) {
        assert.equal(read(`${temp()}/${path}`), undefined, path);
      }
    });

    it("read at most 1 MiB", () => {
      writeWithMode(file(), "x".repeat(largest), 0o600);
      assert.equal(read()?.text.length, largest);
      writeWithMode(file(), "x".repeat(largest + 1), 0o600);
      assert.equal(read(), undefined);
    });

    it("return the same stamp for an unchanged file", () => {
      writeFileSync(file(), "one");
      assert.equal(stamp(), stamp());
    });

    const edits: [edit: string, work: (path: string) => void][] = [
      ["the same size and time of modification", (path) => rewrite(path, "two")],
      ["another size", (path) => writeFileSync(path, "longer")],
      ["another file of the same size and times", (path) => replace(path, "two")],
      ["taken away", (path) => rmSync(path)],
      ["a folder in its place", (path) => putFolder(path)],
    ];
    for (const [edit, work] of edits) {
      it(`return another stamp after an edit: ${edit}`, () => {
        writeFileSync(file(), "one");
        const before = stamp();
        nextTick(file());
        work(file());
        assert.notEqual(stamp(), before);
      });
    }

    it("return the stamp of a link's target", () => {
      writeFileSync(file(), "one");
      symlinkSync(file(), `${temp()}/link`);
      assert.equal(stamp(`${temp()}/link`), stamp());
    });

    it('return "absent" until the file exists', () => {
      const before = stamp();
      for (const path of ["none", "none/none"]) assert.equal(stamp(`${temp()}/${path}`), before);
      writeFileSync(file(), "");
      assert.notEqual(stamp(), before);
      assert.equal(stamp(`${file()}/below`), before);
    });
  });
}

function putFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

function rewrite(path: string, text: string): void {
  const { mtime, atime } = lstatSync(path);
  writeFileSync(path, text);
  utimesSync(path, atime, mtime);
}

function replace(path: string, text: string): void {
  const { mtime, atime } = lstatSync(path);
  writeFileSync(`${path}.new`, text);
  utimesSync(`${path}.new`, atime, mtime);
  renameSync(`${path}.new`, path);
}

describe("the two implementations of FastFiles", () => {
  const temp = useTempFolder();

  (libc ? it : it.skip)("stamp alike, so that a token outlives a change from one to the other", () => {
    const path = `${temp()}/file`;
    writeFileSync(path, "one");
    for (const name of [path, temp(), `${temp()}/none`])
      assert.equal(libc?.stamp(name), nodeFiles().stamp(name));
  });

  it("are selected by what the system supports", async () =>
    assert.equal(typeof (await openFastFiles()).read, "function"));
});

/** The kernel ends the process by the shorter of its limits. */
(libc?.endWithin ? describe : describe.skip)("a limit of the kernel", () => {
  const source = import.meta.resolve("../../../src/store/files/libc-files.ts");
  for (const limits of [[300], [300, 3_600_000], [3_600_000, 300]]) {
    it(`ends a process that hangs, with the limits ${limits.join(" and ")}`, () => {
      const script = `import { libcFiles } from ${JSON.stringify(source)};
        const files = libcFiles();
        for (const limit of ${JSON.stringify(limits)}) files.endWithin(limit);
        for (;;) Bun.sleepSync(1000);`;
      const { signal } = spawnSync(process.execPath, ["-e", script], { timeout: 20_000 });
      assert.equal(signal, "SIGALRM");
    }).timeout(25_000);
  }
});
