import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { absenceOf, isWithoutConfig } from "../../src/config/absence.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../support/fakes/temp-folder.ts";

describe("absenceOf", () => {
  const folder = useTempFolder();
  const path = () => join(folder(), "home/.config/app/config.yaml");
  const error = (code: string) => Object.assign(new Error(code), { code });

  async function refused(pattern: RegExp, code = "ENOENT"): Promise<void> {
    const absence = await absenceOf(path(), error(code));
    assert.ok(absence.kind === "unreadable", absence.kind);
    assert.equal(absence.failure.code, "CONFIG_UNREADABLE");
    assert.match(absence.failure.oneLine, pattern);
    assert.equal(await isWithoutConfig(path()), false);
  }

  for (const [what, make] of Object.entries({
    HOME: () => {},
    "~/.config": () => mkdirSync(join(folder(), "home")),
    "the program's folder": () => mkdirSync(join(folder(), "home/.config"), { recursive: true }),
    "the file": () => mkdirSync(join(folder(), "home/.config/app"), { recursive: true }),
    "the file, behind a link to a folder": () => {
      mkdirSync(join(folder(), "elsewhere/app"), { recursive: true });
      mkdirSync(join(folder(), "home"));
      symlinkSync("../elsewhere/./../elsewhere", join(folder(), "home/.config"));
    },
    "a HOME that is a device": () => symlinkSync("/dev/null", join(folder(), "home")),
  })) {
    it(`is no config if ${what} is missing`, async () => {
      make();
      for (const code of ["ENOENT", "ENOTDIR"])
        assert.equal((await absenceOf(path(), error(code))).kind, "none");
      assert.ok(await isWithoutConfig(path()));
    });
  }

  for (const code of ["EMFILE", "ENFILE", "EIO", "ESTALE", "ENOMEM", "ELOOP", "EACCES", "unknown error"]) {
    it(`is unreadable if the file is missing by its name, but open reported ${code}`, async () => {
      const absence = await absenceOf(path(), error(code));
      assert.ok(absence.kind === "unreadable");
      assert.ok(absence.failure.message.endsWith(`can't be read (${code})`), absence.failure.message);
    });
    it(`is unreadable if the file exists, and open reported ${code}`, async () => {
      mkdirSync(join(folder(), "home/.config/app"), { recursive: true });
      writeFileSync(path(), "");
      await refused(/can't be read/, code);
    });
  }

  for (const name of ["home", "home/.config", "home/.config/app"]) {
    it(`is unreadable if ${name} is a link to a missing folder, or a file`, async () => {
      const at = join(folder(), name);
      mkdirSync(join(at, ".."), { recursive: true });
      const named = new RegExp(`can't be reached: \\S*/${name} is a `);
      symlinkSync("nowhere/at/all", at);
      await refused(new RegExp(`${named.source}link to a folder that does not exist`));
      spawnSync("rm", [at]);
      symlinkSync(at, at);
      await refused(new RegExp(`${named.source}loop of links`), "ELOOP");
      spawnSync("rm", [at]);
      writeFileSync(at, "version: 1\n");
      await refused(new RegExp(`${named.source}file, not a folder`), "ENOTDIR");
    });
  }

  it("is unreadable if the file is a link to a missing file, over several links", async () => {
    mkdirSync(join(folder(), "home/.config/app"), { recursive: true });
    symlinkSync("second", path());
    symlinkSync("third/config.yaml", join(folder(), "home/.config/app/second"));
    await refused(/config\.yaml is a link to a file that does not exist.*ls -ld \S*config\.yaml'/);
  });

  it("is unreadable if a name is too long", async () => {
    const long = join(folder(), "x".repeat(300), "config.yaml");
    assert.equal((await absenceOf(long, error("ENAMETOOLONG"))).kind, "unreadable");
  });

  describe("behind a folder that this user can't enter", () => {
    /** The kind and the fix for a user who is not root. */
    function asOther(): string {
      const script = `import { absenceOf } from ${JSON.stringify(import.meta.resolve("../../src/config/absence.ts"))};
      process.setgid(${otherUserId}); process.setuid(${otherUserId});
      const { kind, failure } = await absenceOf(process.argv[1], { code: "EACCES" });
      console.log(kind, failure?.oneLine);`;
      return spawnSync(process.execPath, ["-e", script, path()], { encoding: "utf8" }).stdout.trim();
    }
    const stranger = otherUserId + 1;
    const cases = [
      { owners: [0, otherUserId, otherUserId], mode: 0o000, kind: "unreadable", fix: "chmod u+rwx" },
      { owners: [0, otherUserId, otherUserId], mode: 0o600, kind: "unreadable", fix: "chmod u+rwx" },
      { owners: [0, otherUserId, 0], mode: 0o700, kind: "unreadable", fix: `chown -R ${otherUserId}` },
      { owners: [0, otherUserId, stranger], mode: 0o700, kind: "unreadable", fix: `chown -R ${otherUserId}` },
      { owners: [0, stranger, stranger], mode: 0o700, kind: "foreign", fix: "set HOME" },
      { owners: [0, 0, 0], mode: 0o700, kind: "foreign", fix: "set HOME" },
    ] as const;
    for (const { owners, mode, kind, fix } of cases) {
      itAsRoot(`of mode ${mode.toString(8)} below owners ${owners}, is ${kind}`, () => {
        const folders = [folder(), join(folder(), "home"), join(folder(), "home/.config")];
        mkdirSync(join(folder(), "home/.config/app"), { recursive: true });
        writeFileSync(path(), "version: 1\n");
        chmodSync(folder(), 0o755);
        chmodSync(join(folder(), "home"), 0o755);
        for (const [index, owner] of owners.entries()) chownSync(folders[index] ?? "", owner, owner);
        chmodSync(join(folder(), "home/.config"), mode);
        const answer = asOther();
        assert.ok(answer.startsWith(`${kind} `) && answer.includes(fix), answer);
        assert.match(answer, /can't enter \S*home\/\.config \(EACCES\)/);
      });
    }
  });
});
