import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { controls, pulledAs } from "../support/e2e/aws.ts";
import { failed, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry, bobsRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { Newcomer, prepareFreshMachine, restoreMachine } from "../support/e2e/newcomer.ts";
import { newTester } from "../support/e2e/user.ts";
import { blocksOf, blocksUnder, commandsOf } from "../support/program/guide.ts";
import { hour, passTimeIn } from "../support/program/state.ts";

/** The paths of new users, with the commands of the documentation in its order, and nothing else. */
describe("a new user who follows the documentation", function () {
  this.timeout(300_000);
  const images = [`${appRegistry}/app:1`, `${bobsRegistry}/app:1`] as const;

  before(async () => {
    await prepareFreshMachine();
    for (const [index, image] of images.entries()) {
      await makeImage(image);
      succeeded(await newTester(index === 0 ? "alice" : "bob").docker("push", image));
    }
  });
  beforeEach(async () => {
    await removeImage(...images);
    controls().clear();
    controls().reset();
  });
  after(restoreMachine);

  /** Follows commands, and asserts that each succeeds. @returns the output of each */
  async function follow(newcomer: Newcomer, lines: readonly string[]): Promise<readonly string[]> {
    const shown: string[] = [];
    for (const line of lines) shown.push(succeeded(await newcomer.type(line)).stdout);
    return shown;
  }

  const users = { "a user": 4301, root: 0 } as const;

  for (const [who, uid] of Object.entries(users)) {
    it(`${who} on a laptop with two AWS profiles: three commands to the first pull from an account`, async () => {
      const newcomer = new Newcomer(`laptop-${uid}`, uid, { dev: "alice", prod: "bob" });
      const lines = commandsOf(blocksUnder("README.md", "Several AWS accounts"));
      await follow(newcomer, lines);
      assert.equal(newcomer.steps.length, 3, newcomer.steps.join("\n"));
      // The other account needs no further step.
      succeeded(await newcomer.type(`docker pull ${images[0]}`));
      assert.deepEqual(
        [appRegistry, bobsRegistry].map((host) => pulledAs(host)),
        [["alice"], ["bob"]],
      );
      await follow(newcomer, ["./install.sh --uninstall"]);
    });
  }

  for (const [who, uid, prefix] of [
    ["a user with sudo", 4302, "sudo "],
    ["root", 0, ""],
  ] as const) {
    it(`${who} on a build host: six commands, a file and a line for cron; then an outage of hours, recovery and an upgrade`, async () => {
      const page = "docs/tutorials/build-host.md";
      const host = new Newcomer(`build-host-${uid}`, uid, { ci: "alice" });
      const config = blocksOf(page).find(({ language }) => language === "yaml");
      host.write(".config/docker-credential-ecr/config.yaml", config?.text ?? "");
      const [install = ""] = commandsOf(blocksUnder(page, "Without systemd"));
      const [cron = ""] = blocksUnder(page, "Without systemd")
        .filter(({ language }) => language === "cron")
        .map(({ text }) => text.trim().replace("--splay 10m", "--splay 0s"));
      const check = commandsOf(blocksUnder(page, "4. Check it"));

      await follow(host, [`${prefix}${install}`, ...check]);
      assert.equal(host.steps.length, 1 + 5, host.steps.join("\n"));
      assert.equal(pulledAs(bobsRegistry).length, 1, "a session of the role pulls");
      assert.deepEqual(await cronSays(host, cron), "");

      controls().fail("GetAuthorizationToken", { status: 503 });
      passTimeIn(host.state, 7 * hour);
      assert.match(await cronSays(host, cron), /not renewed since .*\[AWS_FAULT\]\n/);
      passTimeIn(host.state, 2 * hour);
      await removeImage(images[0]);
      await follow(host, [`docker pull ${images[0]}`]);
      const [strict = ""] = commandsOf(blocksUnder(page, "During an outage of AWS"));
      failed(await host.type(strict), /2 registries: 2 valid but not renewed\n.*\[AWS_FAULT\]/s);

      controls().clear();
      passTimeIn(host.state, hour);
      assert.deepEqual(await cronSays(host, cron), "");
      assert.match(succeeded(await host.type(strict)).stdout, /2 registries: 2 OK\n/);

      pretendVersion("0.0.1");
      const upgraded = await follow(host, [`${prefix}${install}`]);
      assert.match(upgraded[0] ?? "", /^version \d+\.\d+\.\d+ replaces version 0\.0\.1$/m);
      controls().fail("GetAuthorizationToken");
      await removeImage(images[0]);
      await follow(host, [`docker pull ${images[0]}`]);
      controls().clear();
      await follow(host, [`${prefix}./install.sh --uninstall`]);
    });
  }

  describe("with Packer", () => {
    needs("packer");
    const base = `${appRegistry}/base:1`;
    const result = (tag: number) => `${appRegistry}/app:${tag}`;
    // The engine of the tests has no bridge.
    const forEngine = (line: string) => line.replace(/^packer build /, "$&-var network=none ");

    before(async () => {
      await makeImage(base);
      succeeded(await newTester("alice").docker("push", base));
    });

    for (const [who, uid] of Object.entries(users)) {
      it(`${who}: five commands to the first image that Packer has pushed`, async () => {
        const newcomer = new Newcomer(`packer-${uid}`, uid, { default: "alice" });
        const lines = commandsOf(blocksOf("docs/tutorials/packer.md")).map(forEngine);
        await removeImage(base);
        await follow(newcomer, lines.slice(0, -2));
        assert.equal(newcomer.steps.length, 3, newcomer.steps.join("\n"));
        await removeImage(result(42));
        await follow(newcomer, lines.slice(-2));
        assert.equal(newcomer.steps.length, 5, newcomer.steps.join("\n"));
        assert.equal(controls().calls().GetAuthorizationToken, 1);
        await follow(newcomer, ["./install.sh --uninstall"]);
      });

      it(`${who} with an old template in JSON: three commands after NoCredentialProviders`, async () => {
        const newcomer = new Newcomer(`packer-json-${uid}`, uid, { ci: "alice" });
        newcomer.write(
          ".config/docker-credential-ecr/config.yaml",
          'version: 1\nidentities: { ci: { profile: ci } }\nregistries: [{ account: "111122223333", identity: ci }]\n',
        );
        const page = "docs/packer.md";
        const [install = ""] = commandsOf(blocksUnder(page, "Before the first build"));
        const variables = commandsOf(blocksOf("docs/tutorials/packer.md")).filter((line) =>
          /^export /.test(line),
        );
        await follow(newcomer, [install, ...variables]);
        const before = newcomer.steps.length;
        const old = forEngine("packer build examples/packer/ecr-login.json");
        failed(await newcomer.type(old), /NoCredentialProviders: no valid providers in chain/);
        assert.deepEqual(pulledAs(appRegistry), [], "Packer fails before Docker calls the helper");
        const lines = commandsOf(blocksUnder(page, "NoCredentialProviders")).map(forEngine);
        await follow(newcomer, lines);
        assert.equal(newcomer.steps.length - before - 1, 3);
        await removeImage(result(1));
        await follow(newcomer, [`docker pull ${result(1)}`]);
        // The other way of the page.
        await follow(newcomer, ["export AWS_PROFILE=ci", old, "./install.sh --uninstall"]);
      });
    }
  });

  /** The output of a line of a crontab, which cron mails. */
  async function cronSays(host: Newcomer, line: string): Promise<string> {
    const { stdout, stderr } = await host.cron(line);
    return stdout + stderr;
  }

  function pretendVersion(version: string): void {
    const program = "/usr/local/bin/docker-credential-ecr";
    // A running program can't be overwritten.
    rmSync(program);
    writeFileSync(program, `#!/bin/sh\necho "docker-credential-ecr (docker-credential-ecr) ${version}"\n`, {
      mode: 0o755,
    });
  }
});
