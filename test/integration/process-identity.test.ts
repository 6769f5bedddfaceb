import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User, type Variables } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

/** Prints bob's keys under a condition of the shell, else alice's. */
const script = (isBob: string, more = "") => {
  const print = (name: string) => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = keys(name);
    const credentials = { AccessKeyId: AWS_ACCESS_KEY_ID, SecretAccessKey: AWS_SECRET_ACCESS_KEY };
    return `echo '${JSON.stringify({ Version: 1, ...credentials })}'`;
  };
  return `#!/bin/sh\n${more}if ${isBob}; then ${print("bob")}; else ${print("alice")}; fi\n`;
};

const many = <Each>(count: number, of: (index: number) => Each): Each[] =>
  Array.from({ length: count }, (_, i) => of(i));
const isTeamBob = '[ "$TEAM" = bob ]';
const bob = { TEAM: "bob" };

interface Case {
  readonly text?: string;
  /** With FILE for the script's path. */
  readonly command?: string;
  readonly file?: string;
  readonly env?: Variables;
  readonly change?: Variables;
}

const cases: Readonly<Record<string, Case>> = {
  "that its script names": {},
  "that its script names without $": { text: script('[ "$(printenv TEAM)" = bob ]') },
  "that its script names in lower case": {
    text: script("env | grep -q '^team=bob$'", "# as in os.environ['team']\n"),
    change: { team: "bob" },
  },
  "that begins with AWS_ and was not set": {
    text: script("env | grep -q '^A.*_TEAM=bob$'"),
    change: { AWS_TEAM: "bob" },
  },
  "that its command names without $": {
    command: `/bin/sh -c 'FILE "$(printenv team)"'`,
    text: script('[ "$1" = bob ]'),
    change: { team: "bob" },
  },
  "whose name its script calculates": {
    text: script('name=team; eval "[ \\"\\$$name\\" = bob ]"'),
    change: { team: "bob" },
  },
  "besides many that begin with AWS_": {
    env: Object.fromEntries(many(80, (i) => [`AWS_V${i}`, "x"] as const)),
  },
  "that a script after many words names": {
    command: `/usr/bin/env ${many(60, (i) => `V${i}=x`).join(" ")} FILE`,
  },
  "that a script with a blank in its path names": { file: "my tools/creds" },
  "that a long script names": { text: script(isTeamBob, many(9_000, (i) => `# line ${i}\n`).join("")) },
  "that a script names after many others": {
    text: script(isTeamBob, many(1_100, (i) => `: $V${i}\n`).join("")),
  },
  "that a script names that is too long to be searched": {
    text: script(isTeamBob, many(90_000, (i) => `# line ${i}\n`).join("")),
  },
};

/** The default identity, and one of config.yaml, with their sections of the AWS config. */
const identities = { default: "default", ci: "profile ci" } as const;

/** Configures a credential_process as one of `identities`. */
function configure(user: User, profile: keyof typeof identities, command: string): void {
  user.writeAwsConfig({ [identities[profile]]: { credential_process: command } });
  if (profile === "ci") user.write(configPath, `${config}\n`);
}

const config = `version: 1
identities: { ci: { profile: ci } }
registries: [{ account: "111122223333", identity: ci }]`;

describe("a credential_process: another principal's token is not returned after the change of a variable", () => {
  const standing = useStanding();
  let user: User;

  beforeEach(() => {
    user = standing.user();
  });

  async function tries(env: Variables, change: Variables): Promise<void> {
    const principals: string[] = [];
    for (const variables of [env, { ...env, ...change }, env]) {
      answered(await user.get(registry, { env: variables }), registry);
      const asked = standing.aws.controls
        .log()
        .filter(({ operation }) => operation === "GetAuthorizationToken");
      principals.push(...asked.map(({ principal }) => principal?.replace(/.*\//, "") ?? ""));
      standing.aws.controls.reset();
    }
    assert.deepEqual(principals, ["alice", "bob"], "the third get finds the first token");
    answered(await user.get(registry, { env }), registry);
    assert.equal(standing.calls(), 0);
  }

  for (const profile of ["default", "ci"] as const) {
    for (const [name, each] of Object.entries(cases)) {
      it(`${name}, as ${identities[profile]}`, async () => {
        const { text = script(isTeamBob), file = "creds", command = '"FILE"', env = {}, change = bob } = each;
        const path = user.write(file, text);
        chmodSync(path, 0o700);
        configure(user, profile, command.replace("FILE", path));
        await tries(env, change);
      });
    }
  }

  it("that only another file of its program names, as the default identity", async () => {
    user.write("lib", script(isTeamBob));
    chmodSync(user.write("creds", '#!/bin/sh\nfor file in "$HOME"/l*b; do . "$file"; done\n'), 0o700);
    configure(user, "default", "~/creds");
    await tries({}, bob);
  });
});

/** Each runs the script `creds` in the user's home folder. */
const commands: Readonly<Record<string, string>> = {
  "by its path": "~/creds",
  "by a path with a variable": 'sh -c "$HOME/creds"',
  "in the script of a shell": "/bin/sh ~/creds",
  "in a folder that a shell changes to": "cd ~ && ./creds",
  "by a path with quotes in quotes": `sh -c '"$HOME"/creds'`,
};

describe("a credential_process: its token is used until the script that it runs changes", () => {
  const standing = useStanding();
  let user: User;

  beforeEach(() => {
    user = standing.user();
  });

  function write(name: string, text: string): void {
    chmodSync(user.write(name, text), 0o700);
  }

  async function calls(env: Variables = {}): Promise<number> {
    standing.aws.controls.reset();
    answered(await user.get(registry, { env }), registry);
    return standing.calls();
  }

  const shell = {
    OLDPWD: "/",
    SHLVL: "7",
    SSH_TTY: "/dev/pts/1",
    TERM: "xterm",
    LC_ALL: "C",
    TERM_PROGRAM: "x",
  };
  for (const [name, command] of Object.entries(commands)) {
    it(`${name}, as the default identity in each shell`, async () => {
      write("creds", script(isTeamBob));
      configure(user, "default", command);
      assert.notEqual(await calls(), 0);
      assert.equal(await calls(shell), 0);
      write("creds", script("true"));
      assert.notEqual(await calls(shell), 0, "the script");
      assert.equal(await calls(), 0);
    });

    it(`${name}, as an identity of config.yaml with any other variables`, async () => {
      write("creds", script(isTeamBob));
      configure(user, "ci", command);
      assert.notEqual(await calls(), 0);
      assert.equal(await calls({ ...shell, SSH_AUTH_SOCK: "/run/agent", BUILD_ID: "7" }), 0);
      assert.notEqual(await calls(bob), 0, "a variable of the script");
      write("creds", script("true"));
      assert.notEqual(await calls(), 0, "the script");
      assert.equal(await calls(), 0);
    });
  }

  it("as an identity of config.yaml, although variables are set that choose no principal, unless it names them", async () => {
    const shell = {
      AWS_REGION: "eu-west-1",
      AWS_PAGER: "",
      AWS_CLI_AUTO_PROMPT: "on",
      AWS_RETRY_MODE: "standard",
    };
    write("creds", script(isTeamBob));
    configure(user, "ci", "~/creds");
    assert.notEqual(await calls(), 0);
    assert.equal(await calls(shell), 0);
    write("creds", script('[ "$AWS_REGION" = x ]'));
    assert.notEqual(await calls(), 0);
    assert.notEqual(await calls(shell), 0);
  });

  it("by its name, until a folder that is earlier on the PATH has one", async () => {
    const PATH = `${user.home}/early:${user.home}/late:/usr/bin:/bin`;
    write("late/creds", script(isTeamBob));
    user.writeAwsConfig({ default: { credential_process: "creds --file ~/file.json" } });
    assert.notEqual(await calls({ PATH }), 0);
    assert.equal(await calls({ PATH }), 0);
    write("early/creds", script("true"));
    assert.notEqual(await calls({ PATH }), 0, "the other program");
    user.write("file.json", "{}");
    assert.notEqual(await calls({ PATH }), 0, "a file that did not exist");
    assert.equal(await calls({ PATH }), 0);
  });
});

describe("a credential_process of a caller that does not learn of the end of its children", () => {
  const standing = useStanding();
  const callers: Readonly<Record<string, readonly string[]>> = {
    "since it ignores SIGCHLD": ["/usr/bin/env", "--ignore-signal=CHLD"],
    "since it blocks all signals": ["/usr/bin/env", "--block-signal"],
  };

  for (const [name, through] of Object.entries(callers)) {
    it(name, async function () {
      const [program = "", ...args] = through;
      // Only GNU env can do this.
      if (spawnSync(program, [...args, "true"]).status !== 0) this.skip();
      const user = standing.user();
      chmodSync(user.write("creds", script("false")), 0o700);
      user.writeAwsConfig({ default: { credential_process: "~/creds" } });
      answered(await user.get(registry, { through }), registry);
    });
  }
});
