import { join } from "node:path";
import { sameAsGolden } from "../support/program/golden.ts";
import { Installer } from "../support/program/installer.ts";
import { onScreen, session } from "../support/program/session.ts";
import { otherRegistry, publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";

/** What somebody sees who sets it up, at a terminal of 80 columns, kept in golden/. */
describe("the screens of setting up:", () => {
  const standing = useStanding();
  let user: User;
  beforeEach(() => {
    user = standing.user();
    // The tester's own engine has no say.
    user.env["PATH"] = "/nowhere";
  });

  it("what there is", async () => {
    sameAsGolden(await session(user, "--help", ""), "help", user);
  });

  for (const command of ["configure-docker", "service", "service install", "completion"]) {
    it(`${command} --help`, async () => {
      sameAsGolden(await session(user, `${command} --help`), `help-${command.replace(" ", "-")}`, user);
    });
  }

  it("mistyped", async () => {
    const lines = ["confgure-docker", "configure-docker --dryrun", "service instal", "completion bahs"];
    sameAsGolden(
      await session(user, ...lines, "status --wtach", "configure-docker --undo --all"),
      "mistyped",
      user,
    );
  });

  it("configure-docker from nothing and back", async () => {
    const wiring = `configure-docker ${registry} ${publicRegistry}`;
    const lines = [
      "configure-docker",
      `${wiring} --dry-run`,
      wiring,
      wiring,
      "configure-docker --undo --dry-run",
      "configure-docker --undo",
      "configure-docker --undo",
    ];
    sameAsGolden(await session(user, ...lines), "configure-docker", user);
  });

  it("configure-docker beside others", async () => {
    const token = btoa(`AWS:${btoa(JSON.stringify({ expiration: 1_000_000_000 }))}`);
    const config = {
      auths: { [registry]: { auth: token }, "ghcr.io": { auth: btoa("me:x") } },
      credsStore: "desktop",
      credHelpers: { [otherRegistry]: "pass", [publicRegistry]: "ecr-login" },
    };
    user.write(".docker/config.json", `${JSON.stringify(config, null, 2)}\n`);
    user.write(".ecr/cache.json", "{}");
    user.env["AWS_ECR_DISABLE_CACHE"] = "1";
    const lines = [
      "configure-docker --all",
      `configure-docker ${otherRegistry}`,
      `configure-docker ${publicRegistry}`,
      `configure-docker ${registry} --dry-run`,
      "configure-docker --replace-ecr-login",
    ];
    // The age of the expired token changes by the day.
    const shown = (await session(user, ...lines)).replace(/expired \d+h \d+m/, "expired 1h 0m");
    sameAsGolden(shown, "configure-docker-beside-others", user);
  });

  it("configure-docker --podman", async () => {
    user.env["XDG_RUNTIME_DIR"] = join(user.home, "run");
    const lines = [
      `configure-docker --podman ${registry}`,
      "configure-docker --podman --all --dry-run",
      "configure-docker --podman --all",
      "configure-docker --podman --undo --dry-run",
      "configure-docker --podman --undo",
    ];
    sameAsGolden(await session(user, ...lines), "configure-docker-podman", user);
  });

  it("service where none is installed", async function () {
    // launchd has other words.
    if (process.platform !== "linux") this.skip();
    const lines = [
      "service status",
      "service uninstall --dry-run",
      "service uninstall",
      "service install --system",
    ];
    sameAsGolden(await session(user, ...lines), "service-none", user);
  });

  it("install.sh and --uninstall", function () {
    this.timeout(120_000);
    // Elsewhere services lie in other places.
    if (process.platform !== "linux") this.skip();
    const installer = new Installer(user);
    user.write(".docker/config.json", `{"credHelpers":{"${registry}":"ecr-login"}}`);
    user.write(configPath, "version: 1\n");
    let shown = "";
    for (const line of [
      "--help",
      "--all --replace-ecr-login",
      "--replace-ecr-login --dry-run",
      "--replace-ecr-login",
      "--uninstall --dry-run",
      "--uninstall",
      "--uninstall",
    ]) {
      const { stdout, stderr, status } = installer.run(line.split(" "));
      shown += `$ ./install.sh ${line}\n${onScreen(stdout + stderr, user)}${status === 0 ? "" : `[exit ${status}]\n`}\n`;
    }
    sameAsGolden(shown, "install", user);
  });
});
