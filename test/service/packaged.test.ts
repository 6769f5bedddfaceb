import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packagedUnit, systemctlLine } from "../../src/service/packaged.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("packagedUnit", () => {
  const folder = useTempFolder();
  const root = () => `${folder()}/`;
  const account = { name: "ci", uid: 1000, home: "/home/ci" };
  const places = () => ({ configHome: join(folder(), "home/.config"), home: join(folder(), "home") });
  const find = (isSystem: boolean) => packagedUnit({ isSystem, account }, places(), root());

  function write(path: string): string {
    const full = join(folder(), path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, "");
    return full;
  }

  function link(target: string, path: string): void {
    const full = join(folder(), path);
    mkdirSync(dirname(full), { recursive: true });
    symlinkSync(target, full);
  }

  const template = "docker-credential-ecr@.service";
  const instance = "docker-credential-ecr@ci.service";
  const wants = (scope: string, target: string) => `etc/systemd/${scope}/${target}.target.wants`;

  for (const lib of ["usr/lib", "lib"]) {
    it(`finds the template of a package in /${lib}, and whether this user's instance is enabled`, () => {
      assert.equal(find(true), undefined);
      const path = write(`${lib}/systemd/system/${template}`);
      link(path, `${wants("system", "multi-user")}/docker-credential-ecr@other.service`);
      assert.deepEqual(find(true), { unit: instance, isSystem: true, path, isEnabled: false });
      link(path, `${wants("system", "multi-user")}/${instance}`);
      assert.deepEqual(find(true), { unit: instance, isSystem: true, path, isEnabled: true });
      assert.equal(find(false), undefined);
    });

    it(`finds the user's unit of a package in /${lib}, enabled for one user or for all`, () => {
      const path = write(`${lib}/systemd/user/docker-credential-ecr.service`);
      const expected = { unit: "docker-credential-ecr.service", isSystem: false, path };
      assert.deepEqual(find(false), { ...expected, isEnabled: false });
      link(path, "home/.config/systemd/user/default.target.wants/docker-credential-ecr.service");
      assert.deepEqual(find(false), { ...expected, isEnabled: true });
    });
  }

  it("finds a user's unit that is enabled for all users", () => {
    const path = write("usr/lib/systemd/user/docker-credential-ecr.service");
    link(path, `${wants("user", "default")}/docker-credential-ecr.service`);
    assert.equal(find(false)?.isEnabled, true);
  });

  it("prefers the administrator's file: of the template, and of one instance", () => {
    write(`usr/lib/systemd/system/${template}`);
    const ofTemplate = write(`etc/systemd/system/${template}`);
    assert.equal(find(true)?.path, ofTemplate);
    const ofInstance = write(`etc/systemd/system/${instance}`);
    assert.equal(find(true)?.path, ofInstance);
  });

  it("finds no masked unit, and none whose package was removed", () => {
    const path = write(`usr/lib/systemd/system/${template}`);
    link(path, `${wants("system", "multi-user")}/${instance}`);
    link("/dev/null", `etc/systemd/system/${instance}`);
    assert.equal(find(true), undefined);
    link("/usr/lib/absent", "usr/lib/systemd/user/docker-credential-ecr.service");
    assert.equal(find(false), undefined);
  });

  it("is controlled by systemctl, in the manager of the system or of the user", () => {
    const sudo = process.geteuid?.() === 0 ? "" : "sudo ";
    assert.equal(
      systemctlLine("restart", { unit: instance, isSystem: true }),
      `${sudo}systemctl restart ${instance}`,
    );
    assert.equal(
      systemctlLine("restart", { unit: "x.service", isSystem: false }),
      "systemctl --user restart x.service",
    );
  });
});
