import assert from "node:assert/strict";
import { join } from "node:path";
import { type PackageRoot, packageRoot } from "../../scripts/package-roots.ts";
import {
  buildRelease,
  builtRelease,
  newReleaseFolder,
  releaseVersion,
  withEveryPlatform,
} from "../support/release/build-release.ts";
import { PackageSystem } from "../support/release/package-system.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const newer = "9.8.8";

/** How a system's package manager is called; FILE is a package. */
interface Manager {
  readonly file: (version: string) => string;
  readonly install: string;
  readonly upgrade: string;
  readonly downgrade: string;
  readonly verify: string;
  readonly remove: string;
  /** What lists the files that the package owns. */
  readonly files: string;
  /** What remains of a removed package; empty output: nothing. */
  readonly rest: string;
}

const apt = "apt-get install --yes --no-install-recommends -o Dpkg::Options::=--force-confdef";
const deb: Manager = {
  file: (version) => `docker-credential-ecr_${version}-1_amd64.deb`,
  install: `${apt} FILE`,
  upgrade: `${apt} FILE`,
  downgrade: `${apt} --allow-downgrades FILE`,
  verify: "dpkg --verify docker-credential-ecr | grep -v ' c /etc/default/' || true",
  remove: "apt-get purge --yes docker-credential-ecr",
  files: "dpkg -L docker-credential-ecr",
  rest: "dpkg-query --show docker-credential-ecr 2>/dev/null || true",
};
const rpm: Manager = {
  file: (version) => `docker-credential-ecr-${version}-1.x86_64.rpm`,
  // glibc is Debian's here, which rpm does not know.
  install: "rpm --install --nodeps FILE",
  upgrade: "rpm --upgrade --nodeps FILE",
  downgrade: "rpm --upgrade --oldpackage --nodeps FILE",
  verify: "rpm --verify --nodeps docker-credential-ecr | grep -v ' c /etc/default/' || true",
  remove: "rpm --erase docker-credential-ecr",
  files: "rpm --query --list docker-credential-ecr",
  rest: "rpm --query docker-credential-ecr | grep -v 'is not installed' || true",
};

const systems: Readonly<Record<PackageRoot, Manager>> = { "debian-12": deb, "debian-13": deb, rpm };

const asUser = (command: string) => `su ci -c '${command}'`;
const get = asUser(`echo ${host} | docker-credential-ecr get`);
const login = JSON.stringify({ ServerURL: host, Username: "AWS", Secret: "made-up login" });

describe("packages", function () {
  this.timeout(900_000);
  let newerRelease: string;

  before(function () {
    if (!withEveryPlatform || process.platform !== "linux" || process.arch !== "x64") return this.skip();
    newerRelease = join(newReleaseFolder(), "newer");
    buildRelease(["linux-x64"], newerRelease, {}, newer);
  });

  for (const [name, manager] of Object.entries(systems) as [PackageRoot, Manager][]) {
    it(`are installed, used, upgraded, downgraded and removed in the root ${name}`, () => {
      const root = packageRoot(name);
      assert.ok(root !== undefined, "run: node scripts/bun.mjs scripts/package-roots.ts");
      const system = new PackageSystem(root, join(newReleaseFolder(), name));
      const paths = new Map([
        [releaseVersion, system.add(join(builtRelease(), manager.file(releaseVersion)))],
        [newer, system.add(join(newerRelease, manager.file(newer)))],
      ]);
      const change = (kind: "install" | "upgrade" | "downgrade", version: string) => {
        system.run(manager[kind].replace("FILE", paths.get(version) ?? ""));
        assert.equal(system.run(manager.verify), "");
        const printed = system.run("docker-credential-ecr version; docker-credential-ecr-login version");
        assert.equal(printed.match(/ \d\S*$/gm)?.join(), ` ${version}, ${version}`);
      };

      change("install", releaseVersion);
      system.run("useradd --create-home ci");
      system.run(asUser(`docker-credential-ecr configure-docker ${host} --yes --no-check`));
      system.run(
        `cat > /tmp/login <<'END'\n${login}\nEND\n${asUser("docker-credential-ecr store < /tmp/login")}`,
      );
      assert.match(system.run(get), /made-up login/);
      assert.match(system.try(asUser("docker-credential-ecr status")).output, /docker login/);
      system.run("echo AWS_REGION=us-west-2 >> /etc/default/docker-credential-ecr");

      change("upgrade", newer);
      assert.match(system.run(get), /made-up login/);
      assert.match(system.run("cat /etc/default/docker-credential-ecr"), /AWS_REGION=us-west-2/);

      change("downgrade", releaseVersion);
      assert.match(system.run(get), /made-up login/);
      assert.match(system.run("cat /etc/default/docker-credential-ecr"), /AWS_REGION=us-west-2/);

      const owned = system
        .run(manager.files)
        .split("\n")
        .filter((path) => path.includes("docker-credential-ecr"));
      assert.ok(owned.length > 5, owned.join());
      system.run(manager.remove);
      assert.equal(system.run(manager.rest), "");
      const left = system.run(
        `ls -d ${[...owned, "/usr/bin/docker-credential-ecr-login"].join(" ")} 2>/dev/null || true`,
      );
      assert.deepEqual(left.split("\n").filter(Boolean), []);
      assert.notEqual(system.run("ls -A /home/ci/.local/state/docker-credential-ecr"), "");
    });
  }
});
