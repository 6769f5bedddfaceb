import assert from "node:assert/strict";
import { chmodSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { foldersOf } from "../../src/config/folders.ts";
import { Refresher } from "../../src/daemon/pass.ts";
import { createAppContext } from "../../src/provider/context.ts";
import { createHelperPorts } from "../../src/provider/helper-ports.ts";
import { parseHost } from "../../src/registry/host.ts";
import type { Registry } from "../../src/registry/registry.ts";
import type { FastFiles } from "../../src/store/files/fast-files.ts";
import { openFastFiles } from "../../src/store/files/open-fast-files.ts";
import { readCachedCredential } from "../../src/store/tokens/warm-get.ts";
import { eventually } from "../support/eventually.ts";
import { member, registry, useStanding } from "../support/program/standing.ts";
import { configPath, ini, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const people = ["alice", "bob"] as const;
type Prompt = (typeof people)[number];

const keysOf = (person: Prompt) => {
  const { accessKeyId, secretAccessKey } = member(person);
  return { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
};

const yaml = (identity: string) =>
  `version: 1\nidentities: { alice: { profile: alice }, bob: { profile: bob }, me: { profile: me } }\n` +
  `registries: [{ account: "111122223333", regions: [us-east-1], identity: ${identity} }]\n`;

/** A file that decides who the identity is, and what it holds for either person. */
interface Decider {
  readonly path: string;
  text(person: Prompt, user: User): string;
  /** The rest of the world. @returns more of the environment */
  prepare(user: User): Record<string, string>;
}

const deciders: Readonly<Record<string, Decider>> = {
  "the credentials file": {
    path: ".aws/credentials",
    text: (person) => ini({ me: keysOf(person) }),
    prepare: () => ({ AWS_PROFILE: "me" }),
  },
  "the config file": {
    path: ".aws/config",
    text: (person) => ini({ "profile me": keysOf(person) }),
    prepare: () => ({ AWS_PROFILE: "me" }),
  },
  "the config file of a credential_process": {
    path: ".aws/config",
    text: (person, user) =>
      ini({ "profile me": { credential_process: join(user.home, `process-of-${person}`) } }),
    prepare: (user) => {
      for (const person of people) printer(user, `process-of-${person}`, `cat ${user.home}/${person}.json`);
      return { AWS_PROFILE: "me" };
    },
  },
  "the credentials file that a credential_process reads": {
    path: ".aws/credentials",
    text: (person) => `[other]\nperson = ${person}\n`,
    prepare: (user) => {
      const find = `sed -n 's/^person = //p' ${user.home}/.aws/credentials`;
      const command = printer(user, "process", `cat ${user.home}/$(${find}).json`);
      user.write(".aws/config", ini({ "profile me": { credential_process: command } }));
      return { AWS_PROFILE: "me" };
    },
  },
  "the token of a pod": {
    path: "token",
    text: (person) => person,
    prepare: (user) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent?.url}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(user.home, "token"),
    }),
  },
  "config.yaml": {
    path: configPath,
    text: yaml,
    prepare: (user) => {
      user.writeAwsKeys({ alice: member("alice"), bob: member("bob") });
      return {};
    },
  },
};

/** Gives a pod the keys of whose name is in its token. */
let agent: Bun.Server<undefined> | undefined;
const startAgent = () =>
  Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const person = people.find((each) => each === request.headers.get("authorization"));
      if (!person) return new Response("", { status: 401 });
      const { accessKeyId, secretAccessKey } = member(person);
      return Response.json({ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    },
  });

function printer(user: User, name: string, command: string): string {
  for (const person of people) {
    const { accessKeyId, secretAccessKey } = member(person);
    const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
    user.write(`${person}.json`, JSON.stringify(printed));
  }
  const path = user.write(name, `#!/bin/sh\n${command}\n`);
  chmodSync(path, 0o700);
  return path;
}

/** A user whose identity one file decides. */
class Edited {
  readonly #env: Record<string, string>;
  readonly #registry = parseHost(registry) as Registry;

  constructor(
    private readonly user: User,
    private readonly decider: Decider,
    private readonly grantOf: (secret: string) => { principal: string } | undefined,
  ) {
    user.write(decider.path, "");
    this.#env = { ...user.env, ...decider.prepare(user) };
    if (decider.path !== configPath) {
      user.write(configPath, 'version: 1\nregistries: [{ account: "111122223333", regions: [us-east-1] }]\n');
    }
  }

  /** Without tokens, and with a file whose age no clock takes for nothing. */
  async begin(person: Prompt): Promise<void> {
    rmSync(this.user.state, { recursive: true, force: true });
    this.edit(person);
    const path = join(this.user.home, this.decider.path);
    await eventually("the clock to go on", () => statSync(path).ctimeMs < Date.now() - 10);
  }

  edit(person: Prompt): void {
    const whole = this.user.write("whole", this.decider.text(person, this.user));
    renameSync(whole, join(this.user.home, this.decider.path));
  }

  /** Whose token a get answers with. @param at is called at each step with its number */
  async get(at: (step: number) => void = () => {}): Promise<string> {
    const { files, folders, now } = await this.#world(at);
    const warm = readCachedCredential(files, folders.state, registry, this.#env, now());
    assert.ok(!warm || "secret" in warm);
    const cold = createHelperPorts(
      files,
      this.#env,
      this.user.home,
      folders,
      now,
      performance.now() + 20_000,
    );
    const held = warm ?? (await cold.get(this.#registry));
    await cold.tidy();
    return this.#owner(held?.secret ?? "");
  }

  /** A pass of the daemon. */
  async refresh(at: (step: number) => void = () => {}): Promise<void> {
    const { files, now } = await this.#world(at);
    const app = { ...(await createAppContext(this.#env, this.user.home)), files, now };
    const refresher = new Refresher(app);
    await refresher.readConfig();
    await refresher.pass(new AbortController().signal);
  }

  async #world(at: (step: number) => void) {
    const plain = await openFastFiles();
    let step = 0;
    const next =
      <Args extends unknown[], Answer>(look: (...args: Args) => Answer) =>
      (...args: Args): Answer => {
        at(step++);
        return look(...args);
      };
    const files: FastFiles = { ...plain, read: next(plain.read), stamp: next(plain.stamp) };
    return { files, folders: foldersOf(this.#env, this.user.home, plain), now: next(Date.now) };
  }

  #owner(secret: string): string {
    const { principal } = this.grantOf(secret) ?? assert.fail("a token that the stand-in AWS gave");
    return principal.replace(/.*\//, "");
  }
}

describe("a token belongs to the identity in the files at the time of the request", function () {
  this.timeout(300_000);
  const standing = useStanding();
  before(() => {
    agent = startAgent();
  });
  after(() => agent?.stop(true));

  for (const [what, decider] of Object.entries(deciders)) {
    for (const way of ["get", "refresh"] as const) {
      it(`${what} is edited, and restored, at each step of a ${way}`, async () => {
        const { controls } = standing.aws;
        const edited = new Edited(standing.user(), decider, (secret) => controls.grantOf(secret));
        let steps = 0;
        await edited.begin("alice");
        await edited[way]((step) => {
          steps = step + 1;
        });
        for (let edit = 0; edit < steps; edit++) {
          // At once or a little later, before the end or not at all.
          for (const back of edit % 2 === 0 ? [edit + 1, steps - 1] : [edit + 4, steps]) {
            await edited.begin("alice");
            let inFile: Prompt = "alice";
            const turn = (person: Prompt) => {
              inFile = person;
              edited.edit(person);
            };
            await edited[way]((step) => {
              if (step === edit) turn("bob");
              if (step === back) turn("alice");
            });
            const where = `edited at step ${edit}, put back at ${back} of ${steps}`;
            assert.equal(await edited.get(), inFile, where);
            const other = inFile === "alice" ? "bob" : "alice";
            edited.edit(other);
            assert.equal(await edited.get(), other, `${where}; then ${other} again`);
          }
        }
      });
    }
  }

  it("the credentials file is edited while a get waits for another one, and restored", async () => {
    const { controls } = standing.aws;
    const user = standing.user({ AWS_PROFILE: "me" });
    user.writeAwsKeys({ me: member("alice") });
    controls.latency("GetAuthorizationToken", 1_500);
    const first = user.start(["get"], { input: registry });
    await eventually("a call", () => standing.count("GetAuthorizationToken") === 1);
    const second = user.start(["get"], { input: registry });
    const waits = () => readdirSync(`/proc/${second.pid}/fd`).length > 3;
    await eventually("one that waits", () => waits());
    user.writeAwsKeys({ me: member("bob") });
    await Promise.all([first.ended, second.ended]);
    controls.latency("GetAuthorizationToken", 0);
    for (const person of ["alice", "bob", "alice"] as const) {
      user.writeAwsKeys({ me: member(person) });
      const secret = answered(await user.get(registry), registry);
      assert.match(controls.grantOf(secret)?.principal ?? "", new RegExp(`/${person}$`));
    }
  });

  it("config.yaml becomes invalid: the token that arrives is returned", async () => {
    const user = standing.user({ AWS_PROFILE: "me" });
    user.writeAwsKeys({ me: member("alice") });
    standing.aws.controls.latency("GetAuthorizationToken", 1_500);
    const get = user.start(["get"], { input: registry });
    await eventually("a call", () => standing.count("GetAuthorizationToken") === 1);
    user.write(configPath, "version: [");
    answered(await get.ended, registry);
    standing.aws.controls.latency("GetAuthorizationToken", 0);
  });
});
