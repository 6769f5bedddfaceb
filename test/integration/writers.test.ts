import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { letOtherWrite } from "../support/fakes/access-list.ts";
import { otherUserId } from "../support/fakes/temp-folder.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { useStanding } from "../support/program/standing.ts";
import { contentOf, make, put, type Said, userOf, type Writer, writers } from "../support/program/writers.ts";

// Device nodes, files of other users and disks of one's own are for root to make.
const isRoot = process.geteuid?.() === 0 && process.platform === "linux" && ownMounts() !== undefined;

const kinds = ["device", "pipe", "socket", "folder"] as const;

(isRoot ? describe : describe.skip)("commands that write files of other programs", function () {
  this.timeout(120_000);
  const standing = useStanding();
  const all = writers();

  /** Asserts a refusal that names the place and a way out of it. */
  function refused({ exitCode, text }: Said, { codes }: Writer, why: RegExp): void {
    assert.notEqual(exitCode, 0, text);
    assert.match(text, codes);
    assert.match(text, why);
  }

  const identityOf = (path: string) => {
    const { ino, mode, uid, rdev, mtimeMs } = lstatSync(path);
    return { ino, mode, uid, rdev, mtimeMs };
  };

  for (const [name, writer] of Object.entries(all)) {
    describe(name, () => {
      for (const kind of [...kinds, ...kinds.map((each) => `link to a ${each}`)]) {
        it(`refuses a ${kind}, and does not change it`, async () => {
          const user = await userOf(writer, standing);
          const path = join(user.home, writer.file);
          rmSync(path, { force: true });
          make(kind, path);
          const before = [identityOf(path), readdirSync(dirname(path))];
          refused(await writer.run(user, []), writer, new RegExp(basename(path)));
          assert.deepEqual([identityOf(path), readdirSync(dirname(path))], before);
          if (kind.startsWith("link")) {
            const target = join(dirname(path), "..", `the-${kind.split(" ").at(-1)}`);
            assert.ok(!lstatSync(target).isFile());
          }
        });
      }

      for (const [what, why, seed] of [
        [
          "another user's file",
          /user 12345|is there already|already exists/,
          (path: string) => chownSync(path, otherUserId, 0),
        ],
        [
          "a file that is not UTF-8 text",
          /not UTF-8|is there already|already exists|was not created by/,
          (path: string) => put(path, '{"HttpHeaders":{"X-Name":"J\xf6rg"}}'),
        ],
        [
          "a read-only file",
          /chmod u\+w|is there already|already exists/,
          (path: string) => chmodSync(path, 0o444),
        ],
      ] as const) {
        // What install.sh places is not edited but replaced.
        if (name.startsWith("install.sh") && !what.startsWith("another")) continue;
        if (writer.onlyOnce && what === "a read-only file") continue;
        it(`refuses ${what}, and does not change it`, async () => {
          const user = await userOf(writer, standing);
          const path = join(user.home, writer.file);
          put(path, writer.text);
          seed(path);
          const before = [contentOf(path), identityOf(path), readdirSync(dirname(path))];
          refused(await writer.run(user, []), writer, why);
          assert.deepEqual([contentOf(path), identityOf(path), readdirSync(dirname(path))], before);
        });
      }

      for (const [what, why, seed] of [
        ["to which all users can write", /chmod g?o-w/, (path: string) => chmodSync(path, 0o777)],
        [
          "that belongs to another user",
          /user 12345/,
          (path: string) => chownSync(path, otherUserId, otherUserId),
        ],
        [
          "into which an access control list lets another user write",
          /other users can write to|others can write|access control list/,
          letOtherWrite,
        ],
      ] as const) {
        it(`refuses a folder ${what}`, async function () {
          const user = await userOf(writer, standing);
          const folder = dirname(join(user.home, writer.file));
          const before = readdirSync(folder);
          if (seed(folder) === false) return this.skip();
          refused(await writer.run(user, []), writer, why);
          assert.deepEqual(readdirSync(folder), before);
        });
      }

      for (const [what, why, mount] of [
        [
          "that has no room left",
          /ENOSPC|No space left/,
          (folder: string) =>
            `cp -a "${folder}" "${folder}.was" && mount -t tmpfs -o size=16k,mode=755 none "${folder}" && cp -a "${folder}.was/." "${folder}"; cp /dev/zero "${folder}/filler" 2>/dev/null`,
        ],
        [
          "that is read-only",
          /EROFS|Read-only/,
          (folder: string) => `mount --bind "${folder}" "${folder}" && mount -o remount,bind,ro "${folder}"`,
        ],
        [
          "of which the file is a mount of its own",
          /EBUSY|[Bb]usy/,
          (_: string, path: string) => `mount --bind "${path}" "${path}"`,
        ],
      ] as const) {
        // There it must be a file already, and one that is to be replaced.
        if (what.includes("mount") && (writer.onlyNew || writer.onlyOnce)) continue;
        it(`changes nothing on a disk ${what}`, async () => {
          const user = await userOf(writer, standing);
          const path = join(user.home, writer.file);
          const folder = dirname(path);
          if (!writer.onlyNew) put(path, writer.text);
          const names = readdirSync(folder);
          const script = `${mount(folder, path)}; "$@"; ended=$?; ls -A "${folder}" | sed 's/^/left: /'; exit $ended`;
          const said = await writer.run(user, ["unshare", "-m", ...shell(script)]);
          refused(said, writer, why);
          const left = [...said.text.matchAll(/^left: (.*)$/gm)].map(([, each = ""]) => each);
          for (const each of names) assert.ok(left.includes(each), said.text);
          assert.deepEqual(
            left.filter((each) => each.startsWith(basename(path)) && !names.includes(each)),
            [],
            said.text,
          );
          assert.equal(contentOf(path), writer.onlyNew ? undefined : writer.text);
        });
      }

      it("succeeds without problems", async () => {
        const user = await userOf(writer, standing);
        const path = join(user.home, writer.file);
        const { exitCode, text } = await writer.run(user, []);
        if (!writer.onlyNew) assert.equal(exitCode, 0, text);
        assert.notEqual(contentOf(path), name.endsWith("--undo") ? writer.text : undefined);
      });
    });
  }
});
