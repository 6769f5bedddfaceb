import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shell } from "../support/program/namespace.ts";
import { hasFront, programAlone } from "../support/program/program.ts";
import { keys, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

/** Variables that change what Bun does before the program's first line. `~`: below HOME. */
const BEFORE_THE_PROGRAM: Readonly<Record<string, string>> = {
  BUN_BE_BUN: "1",
  BUN_INSPECT: "ws://127.0.0.1:0/x?wait=1",
  BUN_INSPECT_CONNECT_TO: "ws://127.0.0.1:9/",
  BUN_INSPECT_PRELOAD: "~/trap.js",
  BUN_BYTECODE_ORDER_OUT: "~/made",
  BUN_BYTECODE_DIGEST_OUT: "~/made",
  BUN_JSC_dumpOptions: "2",
  BUN_JSC_functionOverrides: "~/trap.js",
  BUN_JSC_jitMemoryReservationSize: "1",
  JSC_dumpOptions: "2",
  MIMALLOC_VERBOSE: "3",
  MIMALLOC_LIMIT_OS_ALLOC: "1",
};

/** Variables that must change nothing with the native front and without it. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  BUN_CONFIG_VERBOSE_FETCH: "curl",
  BUN_INSPECT: "ws://127.0.0.1:0/x",
  BUN_INSPECT_NOTIFY: "ws://127.0.0.1:9/",
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: "~/made",
  BUN_INSTALL: "~/made",
  BUN_TMPDIR: "~/made",
  BUN_CONFIG_MAX_HTTP_REQUESTS: "0",
  BUN_FEATURE_FLAG_DISABLE_IPV4: "1",
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
  NODE_OPTIONS: "--require=~/trap.js",
  NODE_PATH: "~",
  NODE_DEBUG: "http,net,tls,fetch",
  NODE_REPL_EXTERNAL_MODULE: "~/trap.js",
  NODE_REDIRECT_WARNINGS: "~/made",
  NODE_V8_COVERAGE: "~/made",
  NODE_COMPILE_CACHE: "~/made",
  NODE_CHANNEL_FD: "1",
  NODE_ENV: "test",
  NODE_USE_ENV_PROXY: "1",
  NODE_USE_SYSTEM_CA: "1",
  SSLKEYLOGFILE: "~/made",
  SSL_CERT_DIR: "/dev/zero",
  SSL_CERT_FILE: "/nonexistent",
  UV_THREADPOOL_SIZE: "0",
  FORCE_COLOR: "1",
};

/** Files that Bun reads by itself, as a caller's folder or home may have them. */
const FILES: readonly string[] = [
  "bunfig.toml",
  ".bunfig.toml",
  ".config/.bunfig.toml",
  ".env",
  ".env.local",
  ".env.production",
  ".npmrc",
  "tsconfig.json",
  "package.json",
];

describe("the runtime", function () {
  this.timeout(120_000);
  const standing = useStanding();
  let user: User;
  beforeEach(() => {
    user = standing.user(keys("alice"));
    user.write("trap.js", `require("fs").writeFileSync(process.env.HOME + "/sprung", "")`);
  });

  /** A cold and a warm get, which must answer as ever and leave nothing behind. */
  async function mustNotMatter(env: Readonly<Record<string, string>>, through?: readonly string[]) {
    const filled = Object.entries(env).map(([name, value]) => [name, value.replaceAll("~", user.home)]);
    const before = readdirSync(user.home);
    for (const _ of ["cold", "warm"]) {
      const ran = await user.get(registry, { env: Object.fromEntries(filled), ...(through && { through }) });
      answered(ran, registry);
      assert.equal(ran.stderr, "");
    }
    assert.deepEqual(new Set(readdirSync(user.home)), new Set([...before, ".local"]));
  }

  const front = hasFront ? it : it.skip;
  for (const [name, value] of Object.entries(BEFORE_THE_PROGRAM)) {
    front(`behind the native front has no ${name}`, () => mustNotMatter({ [name]: value }));
  }

  for (const [name, value] of Object.entries(WITHOUT_EFFECT)) {
    it(`is not affected by ${name}`, async () => {
      await mustNotMatter({ [name]: value }, shell(`shift; exec "${programAlone()}" "$@"`));
    });
  }

  for (const option of [
    "--preload=~/trap.js",
    "--require ~/trap.js",
    "--import ~/trap.js",
    "-r ~/trap.js",
    "--config=~/bunfig.toml",
    "--cwd=/nonexistent",
    "--cpu-prof",
    "--heap-prof",
    "--inspect",
    "--revision",
    "-e console.log(7)",
    "-- --preload=~/trap.js",
  ]) {
    it(`is not affected by BUN_OPTIONS="${option}"`, async () => {
      user.write("bunfig.toml", `preload = ["${join(user.home, "trap.js")}"]\n`);
      await mustNotMatter({ BUN_OPTIONS: option }, shell(`cd "$HOME"; shift; exec "${programAlone()}" "$@"`));
    });
  }

  it("reads no configuration file in the working directory or the home folder", async () => {
    const trap = join(user.home, "trap.js");
    for (const name of FILES) {
      const isEnv = name.startsWith(".env");
      user.write(
        name,
        isEnv ? "AWS_PROFILE=absent\n" : `preload = ["${trap}"]\nnode-options=--require=${trap}\n`,
      );
    }
    mkdirSync(join(user.home, ".local"));
    writeFileSync(join(user.home, ".local/.keep"), "");
    for (const env of [{}, { NODE_ENV: "production" }, { XDG_CONFIG_HOME: user.home }]) {
      const ran = await user.get(registry, {
        env,
        through: shell(`cd "$HOME"; shift; exec "${programAlone()}" "$@"`),
      });
      answered(ran, registry);
    }
    assert.ok(!existsSync(join(user.home, "sprung")));
  });

  for (const name of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
    it(`does not hang if ${name} names a pipe or a device, and reports it`, async () => {
      const pipe = join(user.home, "pipe");
      execFileSync("mkfifo", [pipe]);
      answered(await user.get(registry), registry);
      for (const path of [pipe, "/dev/zero"]) {
        const env = { [name]: path };
        const message = (await user.get(westRegistry, { env })).stderr;
        assert.match(
          message,
          new RegExp(
            `the CA bundle ${path} \\(set by ${name}\\) is not a plain file\\. Fix: .* \\[CA_BUNDLE\\]`,
          ),
        );
        answered(await user.get(registry, { env }), registry);
      }
    });
  }

  for (const name of ["BUN_INSPECT_NOTIFY", "BUN_OPTIONS", "BUN_JSC_useJIT"]) {
    it(`starts no daemon with ${name}, and explains how to start one`, async () => {
      const value = name === "BUN_OPTIONS" ? "--smol" : "1";
      const through = shell(`shift; exec "${programAlone()}" "$@"`);
      const ran = await user.run(["daemon"], { env: { [name]: value }, through });
      assert.equal(ran.exitCode, 1);
      assert.match(
        ran.stderr,
        new RegExp(`with ${name} set: .* env -u ${name} .* \\[DAEMON_DEBUGGER\\]\\n$`),
      );
    });
  }
});
