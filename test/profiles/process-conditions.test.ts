import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processConditions } from "../../src/profiles/process-conditions.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("processConditions", () => {
  const temp = useTempFolder();
  const of = (command: string, env: Record<string, string> = {}, isNamed = true) =>
    processConditions(command, isNamed, { env, home: temp(), readStamp: (path) => `stamp of ${path}` });
  const pathsOf = async (command: string, env?: Record<string, string>) =>
    (await of(command, env)).files.map(({ path }) => path.replace(temp(), "HOME"));

  function program(name: string, text: string): string {
    const path = join(temp(), name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }

  it("includes the program, found on PATH, and the files among its arguments", async () => {
    const tool = program("bin/tool", "no script");
    const file = program("creds.json", "{}");
    const { files } = await of(`tool --file "${file}" ~/creds.json --profile ci`, {
      PATH: join(temp(), "bin"),
    });
    assert.deepEqual(
      files.map(({ path }) => path),
      [tool, file],
    );
    assert.equal(files[0]?.stamp, `stamp of ${tool}`);
  });

  it("includes files whose path has variables, in any form that a shell knows for one", async () => {
    program("tools/creds", "");
    for (const path of ["~/tools/creds", "$HOME/tools/creds", "$" + "{HOME}/tools/creds", "$TOOLS/creds"]) {
      const env = { HOME: temp(), TOOLS: `${temp()}/tools` };
      const quoted = path.replace(/^([^/]+)/, '"$1"');
      for (const command of [path, `sh -c '${path} --json'`, `sh -c "${path}"`, `sh -c '${quoted}'`]) {
        assert.deepEqual(await pathsOf(command, env), ["HOME/tools/creds"], command);
      }
    }
  });

  it("includes files that may be added: an argument's path, and a program in an earlier folder of the PATH", async () => {
    program("late/creds", "");
    mkdirSync(join(temp(), "early"));
    const PATH = `${temp()}/early:${temp()}/late:${temp()}/last`;
    assert.deepEqual(await pathsOf("creds --file ~/new.json", { PATH }), [
      "HOME/late/creds",
      "HOME/early/creds",
      "HOME/new.json",
    ]);
  });

  it("stores no text that is no path: a password, an address, or a path below a folder that does not exist", async () => {
    for (const word of [
      "Secret.abc",
      "/k9aBcD3fgh",
      "//k9aBcD3fgh",
      "/proc/self/x",
      "https://a.example/b",
      "wJalr/K7MDENG/x",
      "/no/such/folder/x",
    ]) {
      assert.deepEqual(await pathsOf(`creds --password ${word}`), [], word);
    }
  });

  it("does not include a file in which the command only writes", async () => {
    const log = program("log", "");
    chmodSync(log, 0o600);
    const all = [
      `creds > ${log}`,
      `creds 2>>${log}`,
      `creds --cache ${log}`,
      `creds --log-file="${log}"`,
      `creds -o ${log}`,
    ];
    for (const command of all) assert.deepEqual(await pathsOf(command), [], command);
    const others = [
      `creds < ${log}`,
      `creds --no-cache ${log}`,
      `bash --login ${log}`,
      `creds --catalog ${log}`,
    ];
    for (const command of others) assert.deepEqual(await pathsOf(command), ["HOME/log"], command);
    chmodSync(log, 0o700);
    assert.deepEqual(await pathsOf(`creds --cache ${log}`), ["HOME/log"], "a program");
  });

  it("includes a script in a folder that a shell changes to, and a path with a blank as the value of an option", async () => {
    program("tools/creds", "");
    program("my tools/file", "");
    assert.deepEqual(await pathsOf("cd ~/tools && ./creds"), ["HOME/tools/creds", "./creds"]);
    assert.deepEqual(await pathsOf(`x --file="${temp()}/my tools/file"`), ["HOME/my tools/file", "HOME/my"]);
  });

  it("includes a file whose folder may be added, and a program behind many folders of the PATH", async () => {
    assert.deepEqual(await pathsOf("x ~/new/folder/file"), ["HOME/new/folder/file"]);
    const tool = program("bin/tool", "");
    const PATH = [...Array.from({ length: 200 }, (_, i) => `/nowhere/${i}`), join(temp(), "bin")].join(":");
    assert.equal((await of("tool", { PATH })).files[0]?.path, tool);
  });

  it("of an identity of config.yaml: PATH, AWS_*, and the variables that the command and its script name", async () => {
    const script = program("p.sh", '#!/bin/sh\necho "$' + '{WHO}" $OTHER $1\n');
    const { names } = await of(`/bin/sh ${script} "$VAULT"`, { AWS_VAULT: "a", HOME: "/x" });
    assert.deepEqual([...names].sort(), ["AWS_*", "OTHER", "PATH", "VAULT", "WHO"]);
  });

  it("of an identity of config.yaml: every variable, if a script may use any, is too long or names too many", async () => {
    const texts = [
      'eval "echo \\$$1"',
      "x".repeat(1024 * 1024),
      Array.from({ length: 1_100 }, (_, i) => `$V${i}`).join(),
    ];
    for (const text of texts) assert.deepEqual((await of(program("p", `#!/bin/sh\n${text}`))).names, ["*"]);
  });

  it("of the default identity: every variable, as for the AWS CLI", async () => {
    assert.deepEqual((await of("creds", {}, false)).names, ["*"]);
  });

  it("of the default identity: a variable of the session too, if the command or a script names it", async () => {
    const script = program("p", "#!/bin/sh\nrun $LC_TEAM $OTHER\n");
    assert.deepEqual((await of(`sh ${script} $PWD`, {}, false)).names, ["*", "PWD", "LC_TEAM"]);
  });

  it("includes a relative path as it is: it is another file in another working directory", async () => {
    for (const path of ["./package.json", "package.json", "src/main.ts"]) {
      assert.deepEqual((await of(`cat ${path}`)).files, [{ path, stamp: `stamp of ${path}` }]);
    }
  });
});
