import assert from "node:assert/strict";
import { variablesInCommand, variablesInScript } from "../../src/profiles/variables-in-text.ts";

const of = (text: string) => variablesInScript("creds", text, (name) => name === "PATH");

/** Each uses the variable `who`. */
const uses: readonly string[] = [
  "echo $who",
  `echo "\${who:-x}"`,
  `echo "\${#who}"`,
  "jq -n '{a: env.who}'",
  "jq -n '{a: $ENV.who}'",
  `jq -n '{a: env["who"]}'`,
  "printenv who",
  "printenv HOME 'who'",
  `python3 -c 'import os; print(os.environ["who"])'`,
  String.raw`python3 -c "import os; print(os.environ[\"who\"])"`,
  `python3 -c 'import os; print(os.environ.get("who", "x"))'`,
  `python3 -c 'from os import getenv; print(getenv("who"))'`,
  `if "who" in os.environ: pass`,
  `os.environb[b"who"]`,
  `ruby -e 'puts ENV["who"]'`,
  `ruby -e 'puts ENV.fetch("who")'`,
  `ruby -e "puts ENV.fetch('who') { 1 }"`,
  `System.getenv("who")`,
  `System.getenv( "who" )`,
  `lookupEnv "who"`,
  `os.LookupEnv("who")`,
  `std::env::var("who")`,
  `[Environment]::GetEnvironmentVariable("who")`,
  "$env:who",
  "awk 'BEGIN { print ENVIRON[\"who\"] }'",
  "perl -e 'print $ENV{who}'",
  `perl -e 'print $ENV{"who"}'`,
  "process.env.who",
  "process.env?.who",
  `process.env["who"]`,
  "process.env[`who`]",
  "import.meta.env.who",
  `Deno.env.get("who")`,
  "$_ENV['who']",
  "$_SERVER['who']",
  "$::env(who)",
  "set -q who; and echo 1",
  "[[ -v who ]] && echo 1",
  "echo %who%",
];

/** Each may use every variable. */
const usesOfAll: readonly string[] = [
  "env",
  "env | grep who",
  "/usr/bin/env | grep who",
  "sh -c 'env|grep who'",
  "x=$(env)",
  "x=`printenv`",
  "printenv > file",
  "printenv $name",
  'printenv "$name"',
  "set | grep who",
  "export -p",
  "declare -px",
  "compgen -e",
  "declare -n ref=$1",
  `echo "\${!name}"`,
  'eval "$1"',
  "then eval $x",
  "envsubst < file",
  "cat /proc/self/environ",
  "process.env[name]",
  `process.env[\`\${name}\`]`,
  'process.env["a" + name]',
  "const { who } = process.env",
  "Object.entries(process.env)",
  "os.environ[name]",
  "os.environ.get(name)",
  "os.environ.items()",
  'os.environ[f"{name}"]',
  "dict(os.environ)",
  "getenv(name)",
  "System.getenv()",
  "System.getenv().get(name)",
  "ENV[name]",
  "ENV.fetch(name)",
  "ENV.to_h",
  "ENV.each { |name, value| }",
  "$ENV{$name}",
  "foreach (keys %ENV) { }",
  "@ENV{qw(a b)}",
  "awk '{ print ENVIRON[$1] }'",
  "jq '$ENV | keys'",
  "jq 'env | keys'",
  "jq 'env[$name]'",
  "$_ENV[$name]",
  "os.Environ()",
];

/** None of these uses every variable, in a shell. */
const others: readonly string[] = [
  "aws-vault exec ci --json",
  "granted credential-process --profile ci",
  "/usr/local/bin/saml2aws script --shell=env",
  "aws configure export-credentials --profile ci --format env",
  "sh -c 'cat $HOME/x.json'",
  'op item get "AWS keys" --format json',
  "/usr/bin/env python3 /opt/creds",
  "env -i PATH=/bin creds",
  "env TEAM=a creds",
  "#!/usr/bin/env bash\nset -euo pipefail\nexport TEAM=a\n",
  'options=$(getopt -o a -- "$@")\neval set -- "$options"\n',
  "tool --env prod --set a=b",
  "creds < .env",
  'print "set" # the environment, if set\n',
  `spawn("aws", { env: process.env })`,
  `spawn("aws", { env: { ...process.env, A: "1" } })`,
  `subprocess.run(["aws"], env=os.environ)`,
  "call(a=1, **os.environ)",
  `from os import environ, getenv`,
  `environments[name]`,
  `ENV["who"].to_s + ENV.fetch("who", "x")`,
  "perl -e 'eval { die }'",
  `for index in "\${!NAMES[@]}"; do IFS=";" eval 'ALL+=( $group )'; done`,
  "case $1 in env) echo 1;; esac",
];

describe("variablesInScript", () => {
  for (const text of uses) {
    it(`finds the variable in ${text}`, () => {
      const { names, isEvery } = of(text);
      assert.ok(names.includes("who"), names.join(" "));
      assert.equal(isEvery, false);
    });
  }

  for (const text of usesOfAll) {
    it(`finds that any variable may be used in ${text}`, () => assert.equal(of(text).isEvery, true));
  }

  for (const text of others) {
    it(`does not assume every variable for ${JSON.stringify(text)}`, () => {
      assert.equal(of(text).isEvery, false);
    });
  }

  it("does not count $_ of Perl, which each shell sets", () => {
    assert.deepEqual(of("#!/usr/bin/perl\nprint $_;\n").names, []);
  });

  it("finds names in upper case in any place", () => {
    assert.deepEqual([...of("for v in WHO MY_TEAM_NAME_OF_TODAY; do :; done").names].sort(), [
      "MY_TEAM_NAME_OF_TODAY",
      "WHO",
    ]);
  });

  it("stores no text that is rather a key: names are stored", () => {
    const seed = "JBSWY3DPEHPK3PXPJBSWY3DP";
    assert.deepEqual(of(`oathtool --totp -b ${seed}; echo wJalr/K7MDENG/x+ABCD/`).names, []);
    assert.deepEqual(variablesInScript("creds", seed, () => true).names, [seed]);
  });

  // Each beginning of a use, followed by much that could belong to it.
  const beginnings = [
    ..."env env[ env( env. _SERVER[ getenv( environ[ environ.get( process.env[ ENV.a ENV.fetch( $ENV{ env::var( ${! $( %".split(
      " ",
    ),
    "printenv ",
    "printenv x",
    "compgen -",
    "[ -v ",
    "[[ ! -v ",
    "declare -",
    "set -",
    "eval ",
    '"x" in ',
    "'x' not in ",
    "os.environ",
  ];
  for (const beginning of beginnings) {
    it(`takes long texts with ${beginning} in time that grows with their length`, () => {
      for (const filler of [
        "\\",
        " ",
        "\n",
        "a",
        "A",
        "b\\",
        "'",
        '"',
        ".",
        "?.a",
        "(",
        "[",
        "-",
        "_",
        "$",
        "x y",
      ]) {
        of(beginning + filler.repeat(300_000 / filler.length));
        of((beginning + filler).repeat(200_000 / (beginning.length + filler.length)));
        of(beginning.repeat(10_000) + filler.repeat(100_000 / filler.length));
      }
    }).timeout(60_000);
  }
});

describe("the language of a script", () => {
  const cases = [
    ["creds", "#!/bin/sh\n", true],
    ["creds.py", "#!/usr/bin/env bash\n", true],
    ["creds", "#!/usr/bin/env python3\n", false],
    ["creds", "echo 1\n", true],
    ["creds.py", "print(1)\n", false],
    ["creds.json", "{}\n", false],
  ] as const;
  for (const [path, text, isShell] of cases) {
    it(`is ${isShell ? "" : "not "}a shell's for ${path} with ${JSON.stringify(text)}`, () => {
      // Only in a shell this prints all variables.
      assert.equal(variablesInScript(path, `${text}set\n`, () => false).isEvery, isShell);
    });
  }
});

describe("variablesInCommand", () => {
  const of = (command: string) => variablesInCommand(command, (name) => name === "TEAM");

  it("finds a word in upper case only if it is a variable now: it may be a password", () => {
    assert.deepEqual(of("op --secret-key A3-ASWWYB-LJVDX --for TEAM").names, ["TEAM"]);
  });

  it("finds a variable that is not set in the syntax of a language", () => {
    for (const command of ["jq -n '{a: env.WHO}'", "printenv WHO", 'sh -c "echo $WHO"']) {
      assert.deepEqual(of(command).names, ["WHO"], command);
    }
  });
});
