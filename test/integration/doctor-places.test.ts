import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { diagnose, failures, healthyUser, named, wire } from "../support/program/doctor.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";

const dockerFile = ".docker/config.json";
const broken = "version: 1\nregistries: [\n";

/** Whose home is the account's. That is the tester's own: nothing of it but Docker's file may play a part. */
function homeless(user: User, HOME?: string): void {
  const { env, home } = user;
  user.write(configPath, "version: 1\nfallback: none\n");
  Object.assign(env, { XDG_CONFIG_HOME: `${home}/.config`, XDG_STATE_HOME: `${home}/.local/state` });
  if (HOME === undefined) delete env.HOME;
  else env.HOME = HOME;
}

interface Fault {
  readonly seed: (user: User) => void;
  readonly about?: string;
  /** The first that fails: "NAME CODE". */
  readonly fails: string;
  readonly seen: RegExp;
  readonly fix: RegExp;
}

const faults: Readonly<Record<string, Fault>> = {
  "HOME that is not a folder": {
    seed: (user) => (user.env.HOME = "/nonexistent"),
    fails: "docker-config HOME_ABSENT",
    seen: /^HOME is \/nonexistent, /,
    fix: /^set HOME/,
  },
  "HOME that is not an absolute path": {
    seed: (user) => homeless(user, "~"),
    fails: "docker-config HOME_ABSENT",
    seen: /^HOME is ~, /,
    fix: /^set HOME/,
  },
  "DOCKER_CONFIG that names the file": {
    seed: (user) => (user.env.DOCKER_CONFIG = `${user.home}/${dockerFile}`),
    fails: "docker-config DOCKER_CONFIG_FOLDER",
    seen: /a file: .* looks for .*\/config\.json\/config\.json$/,
    fix: /^export DOCKER_CONFIG=.*\/\.docker$/,
  },
  "DOCKER_CONFIG that names another file": {
    seed: (user) => (user.env.DOCKER_CONFIG = user.write("docker.json", "{}")),
    fails: "docker-config DOCKER_CONFIG_FOLDER",
    seen: /docker\.json, a file/,
    fix: /the folder of config\.json/,
  },
  "a folder at the path of config.json": {
    seed: (user) => {
      rmSync(`${user.home}/${dockerFile}`);
      mkdirSync(`${user.home}/${dockerFile}`);
    },
    fails: "docker-config CLIENT_FILE",
    seen: /is a folder/,
    fix: /^rmdir \S+config\.json$/,
  },
  "an alias with an invalid config.yaml": {
    seed: (user) => user.write(configPath, broken),
    about: "images.example.com/app:1",
    fails: "registry-name CONFIG_SYNTAX",
    seen: /^it is unknown whether images\.example\.com is an alias: .*config\.yaml:/,
    fix: /./,
  },
  "an account of thirteen digits": {
    seed: () => {},
    about: `1${registry}`,
    fails: "registry-name NOT_ECR",
    seen: /is not a host name of Amazon ECR/,
    fix: /^an account id has 12 digits, and 1111122223333 has 13$/,
  },
  "a missing public repository": {
    seed: (user) =>
      user.write(dockerFile, '{"credsStore":"ecr"}') &&
      user.write(configPath, "version: 1\nfallback: none\n"),
    about: "public.ecr.aws/nobody/nothing:1",
    fails: "image REPOSITORY_UNKNOWN",
    seen: /nobody\/nothing/,
    fix: /gallery\.ecr\.aws$/,
  },
};

describe("doctor finds in variables for paths", () => {
  const standing = useStanding({}, "proxy");

  for (const [what, { seed, about = registry, fails, seen, fix }] of Object.entries(faults)) {
    it(`${what} [${fails}]`, async () => {
      const user = healthyUser(standing);
      seed(user);
      const diagnostics = await diagnose(user, about);
      assert.equal(failures(diagnostics)[0], fails);
      const first = diagnostics.find(({ status }) => status === "failed");
      assert.match(first?.seen ?? "", seen);
      assert.match(first?.fix ?? "", fix);
    });
  }

  it("a pipe at the path of config.json, without waiting for a writer", async () => {
    const user = healthyUser(standing);
    const path = join(user.home, dockerFile);
    rmSync(path);
    assert.equal(spawnSync("mkfifo", [path]).status, 0);
    const bundle = join(user.home, "report");
    const ran = await user.run(["doctor", "--json", "--bundle", bundle, registry]);
    const { diagnostics } = JSON.parse(ran.stdout);
    assert.deepEqual(failures(diagnostics), ["docker-config CLIENT_FILE"]);
    assert.equal(named(diagnostics, "token").status, "ok");
    assert.match(readFileSync(bundle, "utf8"), /is not a regular file/);
  });

  it("the home folder without HOME, by its absolute path", async () => {
    const user = healthyUser(standing);
    homeless(user);
    const { stdout } = await user.run(["doctor"]);
    assert.match(
      stdout.replace(/\s+/g, " "),
      /docker-config (?:there is no )?\/[^~]*\(HOME is not set: the account's\)/,
    );
    assert.doesNotMatch(stdout, /~/);
  });

  it("the reason if no registry is known because config.yaml is invalid", async () => {
    const user = healthyUser(standing);
    wire(user, { credsStore: "ecr" });
    const last = async () => (await user.run(["doctor"])).stdout.trimEnd().split("\n").at(-1);
    assert.match((await last()) ?? "", /^No registry is known yet: name one/);
    user.write(configPath, broken);
    assert.match((await last()) ?? "", /^Without config\.yaml no registry is known: name one/);
  });
});
