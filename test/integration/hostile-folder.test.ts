import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { useTempFolder } from "../support/fakes/temp-folder.ts";
import {
  keys,
  member,
  publicRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { answered, silent, told } from "../support/program/verdicts.ts";

/** Fills a folder with all that would lead a Bun program astray. Whatever of its code runs writes `marker`. */
function layTraps(folder: string, marker: string, elsewhere: string): void {
  const lay = (path: string, text: string) => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  };
  const evil = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "code ran");\n`;
  const variables = {
    AWS_ENDPOINT_URL: elsewhere,
    AWS_ENDPOINT_URL_ECR: elsewhere,
    AWS_ENDPOINT_URL_STS: elsewhere,
    HTTPS_PROXY: elsewhere,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: elsewhere,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${elsewhere}/credentials`,
    ...keys("bob"),
    AWS_PROFILE: "bob",
    AWS_CONFIG_FILE: "./aws-config",
    HOME: folder,
    XDG_STATE_HOME: folder,
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    BUN_OPTIONS: "--preload ./evil.js",
    BUN_CONFIG_VERBOSE_FETCH: "curl",
  };
  const dotenv = Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
  for (const suffix of ["", ".local", ".production", ".development", ".test", ".production.local"]) {
    lay(`.env${suffix}`, dotenv);
  }
  lay("evil.js", evil);
  lay("evil.ts", evil);
  for (const name of ["bunfig.toml", ".bunfig.toml"]) {
    lay(name, 'preload = ["./evil.js"]\n[run]\npreload = ["./evil.js"]\n[test]\npreload = ["./evil.js"]\n');
  }
  const modules = [
    "@aws-sdk/xml-builder",
    "@aws-sdk/nested-clients",
    "@aws-sdk/credential-providers",
    "@aws-sdk/signature-v4-crt",
    "@aws-crt",
    "aws-crt",
    "@smithy/core",
    "commander",
    "bun",
  ];
  for (const name of modules) {
    lay(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "9.9.9", main: "index.js" }));
    lay(`node_modules/${name}/index.js`, evil);
  }
  const paths = Object.fromEntries(modules.map((name) => [name, ["./evil.ts"]]));
  lay("base.json", JSON.stringify({ compilerOptions: { baseUrl: ".", paths } }));
  lay("tsconfig.json", JSON.stringify({ extends: "./base.json", compilerOptions: { paths } }));
  lay("jsconfig.json", JSON.stringify({ compilerOptions: { baseUrl: ".", paths } }));
  const imports = Object.fromEntries(modules.map((name) => [`#${name}`, "./evil.js"]));
  const scripts = Object.fromEntries(
    ["get", "list", "store", "version"].map((name) => [name, "node evil.js"]),
  );
  lay("package.json", JSON.stringify({ name: "trap", version: "9.9.9", imports, scripts, main: "evil.js" }));
  for (const name of ["get", "list", "get.js", "get.ts", "index.ts", "src/main.ts"]) lay(name, evil);
  lay("libc.so.6", "no library");
  lay("aws-config", `[profile bob]\ncredential_process = sh -c 'echo ran >${marker}'\n`);
}

describe("a hostile working folder", () => {
  const standing = useStanding();
  let marker: string;
  let trap: ReturnType<typeof Bun.serve>;
  let caught: string[];
  // Before the folder goes.
  afterEach(() => {
    assert.equal(existsSync(marker), false, "no code of the folder's runs");
    assert.deepEqual(caught, [], "nothing goes where the folder says");
  });
  const folder = useTempFolder();

  before(() => {
    const fetch = (request: Request) => {
      caught.push(request.url);
      return new Response("");
    };
    trap = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
  });
  after(() => trap.stop(true));

  beforeEach(() => {
    caught = [];
    marker = join(folder(), "marker");
    mkdirSync(join(folder(), "work"));
    layTraps(join(folder(), "work"), marker, `http://127.0.0.1:${trap.port}`);
  });

  const there = () => ({ cwd: join(folder(), "work") });

  it("does not affect cold and warm gets", async () => {
    const alice = standing.user(keys("alice"));
    const secret = answered(await alice.get(registry, there()), registry);
    assert.equal(answered(await alice.get(registry, there()), registry), secret);
    const principals = standing.aws.controls.log().map(({ principal }) => principal);
    assert.deepEqual(principals, ["arn:aws:iam::111122223333:user/alice"]);
    assert.ok(existsSync(alice.state));
  });

  it("does not affect a cold get of a public registry or with a role", async () => {
    const alice = standing.user({ AWS_PROFILE: "ci" });
    alice.writeAwsConfig({
      "profile ci": { role_arn: "arn:aws:iam::111122223333:role/ci", source_profile: "alice" },
    });
    alice.writeAwsKeys({ alice: member("alice") });
    await Promise.all(
      [publicRegistry, westRegistry].map(async (host) => {
        answered(await alice.get(host, there()), host);
      }),
    );
    assert.equal(standing.count("AssumeRole"), 2);
  });

  it("provides no credentials", async () => {
    const nobody = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    told(await nobody.get(registry, there()), "NO_CREDENTIALS", registry);
    assert.equal(standing.calls(), 0);
  });

  it("does not affect other commands", async () => {
    const alice = standing.user(keys("alice"));
    silent(await alice.store(registry, "AWS", "secret", there()));
    const list = await alice.list(there());
    assert.equal(list.stdout, `{"${registry}":"AWS"}\n`);
    silent(await alice.erase(registry, there()));
    assert.match((await alice.run(["version"], there())).stdout, / 0\.\d+\.\d+\n$/);
    assert.equal((await alice.run(["--help"], there())).exitCode, 0);
    assert.equal((await alice.run([], there())).exitCode, 1);
    const wired = await alice.run(["configure-docker", registry], there());
    assert.deepEqual({ exitCode: wired.exitCode, stderr: wired.stderr }, { exitCode: 0, stderr: "" });
    assert.ok(existsSync(join(alice.home, ".docker/config.json")));
  });
});
