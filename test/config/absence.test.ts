import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { absenceOf, isWithoutConfig } from "../../src/config/absence.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../support/fakes/temp-folder.ts";

describe("absenceOf", () => {
  const folder = useTempFolder();
  const path = () => join(folder(), "home/.config/app/config.yaml");
  const place = () => ({ configFile: path(), homeOfConfig: join(folder(), "home") });
  const error = (code: string) => Object.assign(new Error(code), { code });

  async function refused(pattern: RegExp, code = "ENOENT"): Promise<void> {
    const absence = await absenceOf(place(), error(code));
    assert.ok(absence.kind === "unreadable", absence.kind);
    assert.equal(absence.failure.code, "CONFIG_UNREADABLE");
    assert.match(absence.failure.oneLine, pattern);
    assert.equal(await isWithoutConfig(place()), false);
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
    "a HOME that is a file": () => writeFileSync(join(folder(), "home"), ""),
    "a HOME below a file, behind a link": () => {
      writeFileSync(join(folder(), "file"), "");
      symlinkSync("file/below", join(folder(), "home"));
    },
    "a HOME that is a device": () => symlinkSync("/dev/null", join(folder(), "home")),
  })) {
    it(`is no config if ${what} is missing`, async () => {
      make();
      for (const code of ["ENOENT", "ENOTDIR"])
        assert.equal((await absenceOf(place(), error(code))).kind, "none");
      assert.ok(await isWithoutConfig(place()));
    });
  }

  for (const code of ["EMFILE", "ENFILE", "EIO", "ESTALE", "ENOMEM", "ELOOP", "EACCES", "unknown error"]) {
    it(`is unreadable if the file is missing by its name, but open reported ${code}`, async () => {
      const absence = await absenceOf(place(), error(code));
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
    it(`is unreadable if ${name} is a link to a missing folder, and ${name === "home" ? "is no config for" : "for"} a file`, async () => {
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
      // The home of a system account may be /bin/false.
      if (name === "home") return assert.ok(await isWithoutConfig(place()));
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
    assert.equal((await absenceOf({ configFile: long }, error("ENAMETOOLONG"))).kind, "unreadable");
  });

  describe("behind a folder that this user can't enter", () => {
    /** The kind and the fix for a user who is not root. */
    function asOther(file: string, home?: string): string {
      const given = JSON.stringify({ configFile: file, homeOfConfig: home });
      const script = `import { absenceOf } from ${JSON.stringify(import.meta.resolve("../../src/config/absence.ts"))};
      process.setgid(${otherUserId}); process.setuid(${otherUserId});
      const { kind, failure } = await absenceOf(${given}, { code: "EACCES" });
      console.log(kind, failure?.oneLine);`;
      return spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim();
    }
    const name = "docker-credential-ecr";
    const folders = ["top", "top/home", "top/home/.config", `top/home/.config/${name}`];
    const stranger = otherUserId + 1;
    const self = otherUserId;
    const chown = `chown -R ${self}`;
    const cases = [
      { owners: [0, self, self, self], barred: 2, mode: 0o000, kind: "unreadable", fix: "chmod u+rwx" },
      { owners: [0, self, self, self], barred: 2, mode: 0o600, kind: "unreadable", fix: "chmod u+rwx" },
      { owners: [0, self, 0, 0], barred: 2, mode: 0o700, kind: "unreadable", fix: chown },
      { owners: [0, self, stranger, 0], barred: 2, mode: 0o700, kind: "unreadable", fix: chown },
      { owners: [0, self, self, 0], barred: 3, mode: 0o700, kind: "unreadable", fix: chown },
      // A file in an image that was built with umask 077, below a home folder of root.
      { owners: [0, 0, 0, 0], barred: 3, mode: 0o700, kind: "unreadable", fix: "chmod -R a+rX" },
      { owners: [0, 0, 0, 0], barred: 2, mode: 0o700, kind: "unreadable", fix: "chmod a+x" },
      { owners: [0, stranger, stranger, 0], barred: 2, mode: 0o700, kind: "unreadable", fix: "chmod a+x" },
      // `sudo -u`, which keeps HOME.
      { owners: [0, 0, 0, 0], barred: 1, mode: 0o700, kind: "foreign", fix: "set HOME" },
      { owners: [0, stranger, stranger, 0], barred: 1, mode: 0o700, kind: "foreign", fix: "set HOME" },
      { owners: [0, 0, 0, 0], barred: 0, mode: 0o700, kind: "foreign", fix: "set HOME" },
    ] as const;
    for (const { owners, barred, mode, kind, fix } of cases) {
      const at = folders[barred] ?? "";
      itAsRoot(`${at} of mode ${mode.toString(8)} among owners ${owners}, is ${kind}`, () => {
        const all = folders.map((each) => join(folder(), each));
        const file = join(folder(), `${folders[3]}/config.yaml`);
        mkdirSync(all[3] ?? "", { recursive: true });
        writeFileSync(file, "version: 1\n", { mode: 0o600 });
        chmodSync(folder(), 0o755);
        for (const [index, one] of all.entries()) {
          chownSync(one, owners[index] ?? 0, owners[index] ?? 0);
          chmodSync(one, index === barred ? mode : 0o755);
        }
        const answer = asOther(file, all[1]);
        assert.ok(answer.startsWith(`${kind} `) && answer.includes(fix), answer);
        assert.ok(answer.includes(`can't enter ${all[barred]} (EACCES)`), answer);
        // With XDG_CONFIG_HOME, or without a home folder, each barred folder may contain this user's config.
        const elsewhere = asOther(file);
        assert.ok(elsewhere.startsWith("unreadable "), elsewhere);
        const [, command = "false"] =
          /run(?: as root)?: (ch\w+ [^;]*?)(?:;.*)? \[CONFIG_UNREADABLE\]$/.exec(elsewhere) ?? [];
        const isOwnFix = command.startsWith("chmod u");
        assert.equal(spawnSync("sh", ["-c", command]).status, 0, elsewhere);
        if (isOwnFix) return;
        const opened = asOther(file, all[1]);
        assert.doesNotMatch(opened, /can't enter/, `after ${command}`);
      });
    }
  });
});
