import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processConditions } from "../../src/profiles/process-conditions.ts";
import { nodeFiles } from "../../src/store/files/node-files.ts";
import { environmentFingerprint } from "../../src/token/dependencies.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

const print = "#!/bin/sh\nprintf '{}'\n";

/** One change of the environment, or of a file by its path in the home folder. */
type Change = Readonly<{ env?: Record<string, string>; write?: Record<string, string> }>;

interface Case {
  /** HOME/ stands for the home folder. */
  readonly command: string;
  /** Executable files in the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Record<string, string>;
  readonly matters: readonly Change[];
  /** Files that may change. */
  readonly ignored?: Readonly<Record<string, string>>;
}

const edited = "#!/bin/sh\nprintf '{ }'\n";
const team = { env: { TEAM: "b" } };
const any = { env: { any: "1" } };
const asks = '#!/bin/sh\ntest "$TEAM" = b && exit 1\n';
const tool = (name = "creds", text = asks) => ({ [`tools/${name}`]: text });

const cases: readonly Case[] = [
  { command: "$HOME/tools/creds", files: tool(), matters: [team, { write: tool("creds", edited) }] },
  {
    command: `"\${HOME}/tools/creds" --json`,
    files: tool(),
    matters: [team, { write: tool("creds", edited) }],
  },
  { command: "~/tools/creds", files: tool(), matters: [team, { write: tool("creds", edited) }] },
  { command: `sh -c "$HOME/tools/creds"`, files: tool(), matters: [team, { write: tool("creds", edited) }] },
  {
    command: "sh -c '$TOOLS/creds'",
    files: tool(),
    env: { TOOLS: "HOME/tools" },
    matters: [team, { write: tool("creds", edited) }, { env: { TOOLS: "/other" } }],
  },
  {
    command: `sh -c '"\${TOOLS:-$HOME/tools}"/creds'`,
    files: tool(),
    matters: [team, { write: tool("creds", edited) }, { env: { TOOLS: "/other" } }],
  },
  { command: "cd HOME/tools && ./creds", files: tool(), matters: [team, { write: tool("creds", edited) }] },
  { command: `sh -c 'cd "$HOME/tools"; exec ./creds'`, files: tool(), matters: [team] },
  {
    command: "sh -c 'cd ~/tools && sh creds'",
    files: tool(),
    matters: [team, { write: tool("creds", edited) }],
  },
  { command: "sh -c 'D=$HOME/tools; $D/creds'", files: tool(), matters: [team] },
  {
    command: "sh -c '. HOME/tools/env.sh; HOME/tools/creds'",
    files: { ...tool("creds", print), ...tool("env.sh", "test $TEAM") },
    matters: [team, { write: tool("env.sh", "A=1") }],
  },
  {
    command: `sh -c 'source "$HOME/my tools/env.sh"; true'`,
    files: { "my tools/env.sh": asks },
    matters: [team],
  },
  { command: "timeout 5 sh -c 'exec $HOME/tools/creds'", files: tool(), matters: [team] },
  { command: "env A=1 nice -n 5 $HOME/tools/creds", files: tool(), matters: [team] },
  { command: "aws-vault exec ci -- sh -c '$HOME/tools/creds'", files: tool(), matters: [team] },
  { command: "$(command -v creds) --json", files: tool(), matters: [team] },
  // What only a shell can calculate depends on every variable.
  { command: `sh -c "$(cat HOME/command)"`, matters: [any] },
  { command: "sh -c '$(echo HOME)/tools/creds'", files: tool(), matters: [any] },
  { command: "cd $(cat HOME/where) && ./creds", matters: [any] },
  { command: "cat `ls -t HOME/keys/* | head -1`/x.json", matters: [any] },
  // A script that a script runs.
  {
    command: "HOME/first",
    files: { first: '#!/bin/sh\nexec "$(dirname "$0")/tools/creds" "$@"\n', ...tool() },
    matters: [team, { write: tool("creds", edited) }],
  },
  {
    command: "HOME/first",
    files: {
      first: '#!/bin/bash\nhere=$(cd "$(dirname "$' + '{BASH_SOURCE[0]}")" && pwd)\n. "$here/tools/env"\n',
      ...tool("env"),
    },
    matters: [team, { write: tool("env", edited) }],
  },
  { command: "HOME/first", files: { first: "#!/bin/sh\nx=$(creds)\n", ...tool() }, matters: [team] },
  {
    command: "HOME/first",
    files: { first: "#!/bin/sh\n$TEAM_TOOL\n" },
    matters: [{ env: { TEAM_TOOL: "a" } }],
  },
  {
    command: "HOME/first",
    files: { first: '#!/usr/bin/env python3\nsubprocess.run(["creds", "--json"])\n', ...tool() },
    matters: [team, { write: tool("creds", edited) }],
  },
  {
    command: `sh -c 'creds | sed "s/a$/b/" | awk -F/ "{ print \\$1 }"'`,
    files: tool(),
    matters: [team],
  },
  { command: "sh -c 'for d in /nowhere $HOME/tools; do $d/creds; done'", files: tool(), matters: [team] },
  { command: "sh -c 'while read tool; do $tool; done < HOME/list'", matters: [any] },
  {
    command: "sh -c 'touch HOME/stamp; creds 2>>HOME/errors | tee HOME/last >HOME/out; cat HOME/out'",
    files: tool(),
    matters: [team, { write: tool("creds", edited) }],
    ignored: { stamp: "1", errors: "2", last: "3", out: "4" },
  },
  // Files that don't exist yet.
  { command: "creds", files: tool(), matters: [{ write: { "bin/creds": asks } }] },
  { command: "sh -c 'creds | cat'", files: tool(), matters: [{ write: { "bin/creds": asks } }] },
  {
    command: "creds --optional HOME/creds.json",
    files: tool(),
    matters: [{ write: { "creds.json": "{}" } }],
  },
  { command: "creds --optional=HOME/creds", files: tool(), matters: [{ write: { creds: "{}" } }] },
  { command: "sh -c 'cat $HOME/x.json || creds'", files: tool(), matters: [{ write: { "x.json": "{}" } }] },
  {
    command: "sh -c 'test -x ~/x/creds && exec ~/x/creds; creds'",
    files: tool(),
    matters: [{ write: { "x/creds": asks } }],
  },
  // Commands of many users: a token is used in all shells.
  { command: "aws-vault exec ci --json", files: tool("aws-vault", print), matters: [] },
  { command: "granted credential-process --profile team/ci", files: tool("granted", print), matters: [] },
  {
    command: "HOME/tools/saml2aws script --shell=env -a https://sso.example.com/x",
    files: tool("saml2aws", print),
    matters: [],
  },
  {
    command: "aws configure export-credentials --profile ci",
    files: tool(
      "aws",
      "#!/usr/bin/python3\nimport sys\nfrom awscli.clidriver import main\nsys.exit(main())\n",
    ),
    matters: [],
  },
  {
    command: "sh -c 'cat $HOME/x.json'",
    files: { "x.json": "{}" },
    matters: [{ write: { "x.json": "{ }" } }],
  },
  { command: "sh -c 'cat ~/x.json 2>/dev/null >HOME/log'", files: { "x.json": "{}" }, matters: [] },
  {
    command: 'op item get "AWS keys" --vault op://team/keys --format json',
    files: tool("op", print),
    matters: [],
  },
  {
    command: "sh -c 'creds --otp $(op item get aws --otp) | jq -c .'",
    files: { ...tool(), ...tool("op", print) },
    matters: [team],
  },
  {
    command: "HOME/first",
    files: {
      first: `#!/usr/bin/env bash
set -euo pipefail
cache=~/.cache/creds.json
if [[ ! -f "$cache" ]]; then
  tmp=$(mktemp)
  curl -s "https://vault.example.com/v1/$1" > "$tmp"
  mv "$tmp" "$cache"
fi
case "$1" in
  /*) exit 1 ;;
  *) jq -c '{Version: 1} + .data | del(.x)' "$cache" ;;
esac
cat <<EOF
$(date) /x/y
EOF
`,
    },
    matters: [],
  },
];

const isOfShell = {
  PWD: "/other",
  OLDPWD: "/old",
  SHLVL: "3",
  TERM: "xterm",
  SSH_TTY: "/dev/pts/1",
  SSH_CLIENT: "1",
  _: "/bin/x",
};

describe("processConditions: what changes the identity", () => {
  const temp = useTempFolder();

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(temp(), name);
      mkdirSync(join(path, ".."), { recursive: true });
      rmSync(path, { force: true });
      writeFileSync(path, text);
      chmodSync(path, 0o755);
    }
  }

  const inHome = (text: string) => text.replaceAll(/(?<!\$)\bHOME(?=[/)])/g, temp());

  function environment(variables: Record<string, string> = {}): Record<string, string> {
    const PATH = ["bin", "tools"].map((folder) => join(temp(), folder)).join(":");
    const given = Object.entries(variables).map(([name, value]) => [name, inHome(value)]);
    return { HOME: temp(), PATH: `${PATH}:/usr/bin:/bin`, ...Object.fromEntries(given) };
  }

  for (const { command, files = {}, env = {}, matters, ignored = {} } of cases) {
    const first = files.first === undefined ? "" : `: ${files.first.replaceAll("\n", " ").slice(0, 80)}`;
    it(`${command}${first}`, async () => {
      write({ "bin/unrelated": print, ...files });
      const stamps = nodeFiles();
      const conditions = () => processConditions(inHome(command), environment(env), temp(), stamps.stamp);
      let before = await conditions();
      const holds = (variables: Record<string, string>) =>
        environmentFingerprint(before.names, environment({ ...env, ...variables })) ===
          environmentFingerprint(before.names, environment(env)) &&
        before.files.every(({ path, stamp }) => stamps.stamp(path) === stamp);
      assert.deepEqual(await conditions(), before);
      const isEvery = matters.some((change) => change.env?.any !== undefined);
      assert.equal(holds(isOfShell), !isEvery, "in another shell");
      write(ignored);
      assert.ok(isEvery || holds({}), "after writing ignored files");
      for (const change of matters) {
        if (change.env) assert.equal(holds(change.env), false, JSON.stringify(change.env));
        if (!change.write) continue;
        write(change.write);
        assert.equal(holds({}), false, `after writing ${Object.keys(change.write)}`);
        for (const name of Object.keys(change.write)) rmSync(join(temp(), name));
        write(files);
        before = await conditions();
      }
    });
  }
});
