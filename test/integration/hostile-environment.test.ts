import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasFront } from "../support/program/program.ts";
import { keys, member, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

/** What docs/security.md says of variables that lead programs astray. */
describe("a hostile environment", () => {
  const standing = useStanding();
  let alice: User;
  let trap: string;
  beforeEach(() => {
    alice = standing.user(keys("alice"));
    trap = alice.write("trap.js", `require("fs").writeFileSync(process.env.HOME + "/sprung", "")`);
  });
  const isSprung = () => existsSync(join(alice.home, "sprung"));

  for (const name of [
    "NODE_OPTIONS",
    "NODE_PATH",
    "BUN_INSPECT_PRELOAD",
    "BUN_PRELOAD",
    "NAPI_RS_NATIVE_LIBRARY_PATH",
  ]) {
    it(`runs no code by ${name}`, async () => {
      const value = name === "NODE_OPTIONS" ? `--require=${trap}` : trap;
      answered(await alice.get(registry, { env: { [name]: value } }), registry);
      assert.equal(isSprung(), false);
    });
  }

  it("runs no code by BUN_OPTIONS", async () => {
    const env = { BUN_OPTIONS: `--preload=${trap}` };
    for (const host of [registry, westRegistry]) answered(await alice.get(host, { env }), host);
    assert.equal(isSprung(), false);
  });

  it("passes none of the runtime's variables to child processes", async function () {
    if (!hasFront) return this.skip();
    const runtime = {
      NODE_OPTIONS: "x",
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      JSC_useJIT: "0",
      BUN_BE_BUN: "1",
    };
    const kept = { NODE_ENV: "test", MY_BUN_OPTIONS: "x" };
    const { accessKeyId, secretAccessKey } = member("alice");
    const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
    const script = alice.write("process.sh", `env >"$HOME/seen"\necho '${JSON.stringify(printed)}'\n`);
    alice.writeAwsConfig({ "profile p": { credential_process: `sh ${script}` } });
    const without = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const env = { ...without, AWS_PROFILE: "p", ...runtime, ...kept };
    answered(await alice.get(registry, { env }), registry);
    const seen = readFileSync(join(alice.home, "seen"), "utf8").split("\n");
    for (const [name, value] of Object.entries(kept)) assert.ok(seen.includes(`${name}=${value}`), name);
    for (const name of Object.keys(runtime))
      assert.ok(!seen.some((line) => line.startsWith(`${name}=`)), name);
  });

  it("passes neither BUN_OPTIONS nor BUN_BE_BUN to a credential_process", async () => {
    const { accessKeyId, secretAccessKey } = member("alice");
    const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
    const script = alice.write("process.sh", `env >"$HOME/seen"\necho '${JSON.stringify(printed)}'\n`);
    alice.writeAwsConfig({ "profile p": { credential_process: `sh ${script}` } });
    const without = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const env = { ...without, AWS_PROFILE: "p", BUN_OPTIONS: "--smol", BUN_INSPECT_NOTIFY: "x" };
    answered(await alice.get(registry, { env }), registry);
    assert.doesNotMatch(readFileSync(join(alice.home, "seen"), "utf8"), /^BUN_/m);
  });

  it("does not need PATH: a warm and a cold get start no program", async () => {
    for (const name of ["sh", "docker-credential-pass", "dbus-launch", "aws"]) {
      alice.write(`bin/${name}`, '#!/bin/sh\ntouch "$HOME/sprung"\n');
      Bun.spawnSync(["chmod", "755", join(alice.home, "bin", name)]);
    }
    const env = { PATH: join(alice.home, "bin") };
    for (const _ of [1, 2]) answered(await alice.get(registry, { env }), registry);
    assert.equal(isSprung(), false);
  });

  it("does not use a token of a custom endpoint without that endpoint", async () => {
    const secret = answered(await alice.get(registry), registry);
    const elsewhere = {
      AWS_ENDPOINT_URL: "https://127.0.0.1:9",
      AWS_ENDPOINT_URL_ECR: "https://127.0.0.1:9",
    };
    told(await alice.get(registry, { env: elsewhere }), "UNREACHABLE", registry);
    assert.equal(answered(await alice.get(registry), registry), secret);
  });

  it("shows its proxy in messages, and no key or token", async () => {
    let seen = "";
    const proxy = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, bytes) {
          seen += bytes.toString("latin1");
          // Yes to the tunnel; then this is no AWS.
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        },
      },
    });
    try {
      const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, AWS_ENDPOINT_URL: undefined };
      assert.equal((await alice.get(registry, { env })).exitCode, 1);
    } finally {
      proxy.stop(true);
    }
    assert.match(seen, /^CONNECT api\.ecr\.us-east-1\.amazonaws\.com:443 /);
    const { accessKeyId, secretAccessKey } = member("alice");
    for (const secret of [accessKeyId, secretAccessKey, "AWS4-HMAC"]) assert.ok(!seen.includes(secret));
  });
});
