import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keys, publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import { answered, silent, told } from "../support/program/verdicts.ts";

const name = "docker-credential-ecr";
const manifest = fileURLToPath(new URL("../../package.json", import.meta.url));
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
const versionLine = `${name} (${name}) ${version}\n`;
const usageLine = `Usage: ${name} <store|get|erase|list|version>\n`;

describe("Docker's protocol", () => {
  const standing = useStanding();

  /** Runs without credentials anywhere. */
  const run = async (args: readonly string[], input = "") => {
    const { stdout, stderr, exitCode } = await standing.user().run(args, { input });
    return { stdout, stderr, exitCode };
  };

  it("get prints a line of JSON with the unchanged server URL, and nothing on stderr", async () => {
    const alice = standing.user(keys("alice"));
    answered(await alice.get(registry), registry);
  });

  it("store and erase print nothing", async () => {
    const alice = standing.user(keys("alice"));
    silent(await alice.store(registry, "AWS", "a secret of no form"));
    silent(await alice.erase(registry));
    silent(await alice.erase(registry));
    assert.equal(standing.calls(), 0);
  });

  it("erase succeeds without a credential, for any host", async () => {
    for (const host of [registry, publicRegistry, "registry.example.com", "https://index.docker.io/v1/"]) {
      silent(await standing.user().erase(host));
    }
  });

  it("list without credentials prints an empty object", async () => {
    assert.deepEqual(await run(["list"], "unused"), { stdout: "{}\n", stderr: "", exitCode: 0 });
    assert.deepEqual(await run(["list"]), { stdout: "{}\n", stderr: "", exitCode: 0 });
  });

  for (const args of [["version"], ["-v"], ["--version"]]) {
    it(`${args} prints name, package and version`, async () => {
      assert.deepEqual(await run(args), { stdout: versionLine, stderr: "", exitCode: 0 });
    });
  }

  for (const args of [["-h"], ["--help"]]) {
    it(`${args} prints the usage`, async () => {
      const { stdout, stderr, exitCode } = await run(args);
      assert.deepEqual({ stderr, exitCode }, { stderr: "", exitCode: 0 });
      assert.match(stdout, /^Usage: docker-credential-ecr <store\|get\|erase\|list\|version>/);
      assert.match(stdout, /configure-docker/);
    });
  }

  for (const args of [
    [],
    ["get", registry],
    ["get", ""],
    ["get", "get"],
    ["store", "x", "y"],
    ["-v", "-h"],
  ]) {
    it(`prints the usage on stdout for ${JSON.stringify(args)}`, async () => {
      const { stdout, exitCode } = await run(args, registry);
      assert.deepEqual({ stdout, exitCode }, { stdout: usageLine, exitCode: 1 });
    });
  }

  for (const [args, hint] of [
    [["get", registry], `echo ${registry} | ${name} get`],
    [["erase", registry], `docker logout ${registry}`],
    [["store", registry], `docker login ${registry}`],
    [["login"], `${name} configure-docker`],
    [["login", registry], `${name} configure-docker ${registry}`],
    [["logout", registry], `docker logout ${registry}`],
    [["uninstall"], "./install.sh --uninstall"],
    [["upgrade"], "./install.sh"],
    [["install"], "./install.sh"],
    [["setup", registry], `${name} configure-docker ${registry}`],
    [["start"], `${name} service install`],
    [["restart"], `${name} service restart`],
    [["logs"], "journalctl"],
    [["check", registry], `${name} doctor ${registry}`],
    [["renew"], `${name} refresh`],
    [["ls"], `${name} status`],
    [["help"], `${name} --help`],
    [["help", "status"], `${name} status --help`],
    [["-V"], `${name} --version`],
  ] as const) {
    it(`prints a suggestion for ${args.join(" ")} on stderr`, async () => {
      const { stdout, stderr, exitCode } = await run([...args], registry);
      assert.equal(stdout, args.length === 1 ? `${name}: unknown action: ${args[0]}\n` : usageLine);
      assert.ok(stderr.includes(hint), stderr);
      assert.equal(exitCode, 1);
    });
  }

  for (const word of ["frobnicate", "", "constructor", "__proto__", "kubernetes-secrets"]) {
    it(`refuses the unknown action ${JSON.stringify(word)}`, async () => {
      const stdout = `${name}: unknown action: ${word}\n`;
      assert.deepEqual(await run([word], registry), { stdout, stderr: "", exitCode: 1 });
    });
  }

  const likely = { GET: "get", " get": "get", "--get": "get", "--hlep": "--help", "--versoin": "version" };
  for (const [word, meant] of Object.entries({
    ...likely,
    stauts: "status",
    "config-docker": "configure-docker",
  })) {
    it(`knows no action ${JSON.stringify(word)}, and tells the person of ${meant}`, async () => {
      const stdout = `${name}: unknown action: ${word}\n`;
      const stderr = `${name}: did you mean ${meant}?\n`;
      assert.deepEqual(await run([word], registry), { stdout, stderr, exitCode: 1 });
      assert.deepEqual(await run([word, "x"]), { stdout: usageLine, stderr, exitCode: 1 });
    });
  }

  it("an unknown option prints the nearest one, and nothing on stdout", async () => {
    const { stdout, stderr, exitCode } = await run(["status", "--jsno"]);
    assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
    assert.equal(stderr, `${name}: unknown option '--jsno'. Fix: did you mean --json? [USAGE]\n`);
    const other = await run(["service", "install", "--frobnicate"]);
    const fix = `see '${name} service install --help'`;
    assert.equal(other.stderr, `${name}: unknown option '--frobnicate'. Fix: ${fix}. [USAGE]\n`);
    const sub = await run(["service", "instal"]);
    assert.equal(sub.stderr, `${name}: unknown command 'instal'. Fix: did you mean install? [USAGE]\n`);
  });

  for (const action of ["get", "erase"]) {
    it(`${action} without input: no credentials server URL`, async () => {
      for (const input of ["", "\n", " \r\n"]) {
        const expected = { stdout: "no credentials server URL\n", stderr: "", exitCode: 1 };
        assert.deepEqual(await run([action], input), expected);
      }
    });
  }

  it("store without a server URL or a username reports which is missing", async () => {
    const noUrl = { stdout: "no credentials server URL\n", stderr: "", exitCode: 1 };
    const noName = { stdout: "no credentials username\n", stderr: "", exitCode: 1 };
    assert.deepEqual(await run(["store"], '{"Username":"AWS","Secret":"s"}'), noUrl);
    assert.deepEqual(await run(["store"], '{"ServerURL":"","Username":"","Secret":""}'), noUrl);
    assert.deepEqual(await run(["store"], `{"ServerURL":"${registry}","Secret":"s"}`), noName);
  });

  it("store accepts the same input as Docker's own helpers: names in any case, and text after the value", async () => {
    const alice = standing.user(keys("alice"));
    const secret = (text: string) => ({ ServerURL: registry, Username: "AWS", Secret: text });
    const texts = {
      "lower case": `{"serverurl":"${registry}","username":"AWS","secret":"lower case"}`,
      "the last": `{"Secret":"one","ServerURL":"${registry}","Username":"AWS","secret":"the last"}`,
      "a second value": `${JSON.stringify(secret("a second value"))}\n${JSON.stringify(secret("other"))}`,
      "other bytes": `${JSON.stringify(secret("other bytes"))}\0 trailing bytes`,
      "white space": `\n\t${JSON.stringify(secret("white space"), null, 2)}\r\n`,
    };
    for (const [stored, input] of Object.entries(texts)) {
      silent(await alice.run(["store"], { input }));
      assert.equal(JSON.parse((await alice.get(registry)).stdout).Secret, stored);
    }
    const empty = { stdout: "no credentials server URL\n", stderr: "", exitCode: 1 };
    assert.deepEqual(await run(["store"], "null"), empty);
  });

  it("store of an invalid credential reports it without its content", async () => {
    const wrong = [
      "",
      "hush-hush",
      '{"ServerURL":"hush-hush',
      "[]",
      '{"ServerURL":1}',
      `{"ServerURL":"${registry}","Username":"AWS","Secret":["hush-hush"]}`,
      `{"ServerURL":"${registry}","Username":{"hush-hush":1},"Secret":"s"}`,
    ];
    const user = standing.user();
    const lines = await Promise.all(
      wrong.map(async (input) => told(await user.run(["store"], { input }), "BAD_CREDENTIAL")),
    );
    for (const line of lines) assert.doesNotMatch(line, /hush/);
  });

  it("calls AWS only for a get of an ECR host", async () => {
    const alice = standing.user(keys("alice"));
    await Promise.all([
      alice.list(),
      alice.erase(registry),
      alice.run(["version"]),
      alice.run(["--help"]),
      alice.run(["unknown"]),
      alice.run(["get", registry], { input: registry }),
      alice.get("registry.example.com"),
      alice.store(registry, "AWS", "secret"),
    ]);
    assert.equal(standing.calls(), 0);
  });
});
