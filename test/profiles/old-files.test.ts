import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideSource } from "../../src/profiles/decide-source.ts";
import { identityState } from "../../src/profiles/dependencies.ts";
import { readOldFiles } from "../../src/profiles/old-files.ts";
import type { Environment } from "../../src/token/dependencies.ts";
import { ambient } from "../../src/token/identity.ts";
import { awsFiles } from "../support/aws/files.ts";

const boto = (id: string) => `[Credentials]\naws_access_key_id = ${id}\naws_secret_access_key: test-secret\n`;
const ofEc2 = "AWSAccessKeyId=EC2KEY\nnothing\nAWSSecretKey = test=secret\n";

describe("files of AWS's oldest tools", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "ecr-old-files-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const write = (name: string, text: string) => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const readOld = (env: Environment = {}) =>
    readOldFiles(env, home, () => "stamp", undefined, join(home, "system.cfg"));
  const idOf = async (env: Environment = {}) => (await readOld(env)).keys()?.keys.accessKeyId;

  it("provide keys: AWS_CREDENTIAL_FILE first, then the system's, then the user's", async () => {
    assert.equal(await idOf(), undefined);
    write(".boto", boto("USERKEY"));
    assert.equal(await idOf(), "USERKEY");
    write("system.cfg", boto("SYSTEMKEY"));
    assert.equal(await idOf(), "SYSTEMKEY");
    write("ec2", ofEc2);
    assert.equal(await idOf({ AWS_CREDENTIAL_FILE: "~/ec2" }), "EC2KEY");
    assert.deepEqual((await readOld({ AWS_CREDENTIAL_FILE: "~/ec2" })).keys(), {
      path: join(home, "ec2"),
      keys: { accessKeyId: "EC2KEY", secretAccessKey: "test=secret" },
    });
    write("ec2", "nothing\n");
    assert.equal(await idOf({ AWS_CREDENTIAL_FILE: join(home, "ec2") }), "SYSTEMKEY");
  });

  it("are at the path of BOTO_CONFIG; none if that is empty or missing", async () => {
    write(".boto", boto("USERKEY"));
    write("other", boto("OTHERKEY"));
    const read = await readOld({ BOTO_CONFIG: "$FOLDER/other", FOLDER: home });
    assert.equal(read.keys()?.keys.accessKeyId, "OTHERKEY");
    assert.deepEqual(read.variables, ["FOLDER"]);
    for (const BOTO_CONFIG of ["", "/missing"]) assert.equal(await idOf({ BOTO_CONFIG }), undefined);
  });

  for (const [what, env, text, code, words] of [
    [
      "half a pair",
      {},
      "[Credentials]\naws_access_key_id = x\n",
      "NO_CREDENTIALS",
      /lacks aws_secret_access_key/,
    ],
    ["an empty key id", {}, boto(""), "NO_CREDENTIALS", /lacks aws_access_key_id/],
    ["a line that is none", {}, "[Credentials]\nx\n", "AWS_FILE_INVALID", /\.boto:2/],
    ["no file", { AWS_CREDENTIAL_FILE: "/missing/x" }, "", "NO_CREDENTIALS", /AWS_CREDENTIAL_FILE names/],
  ] as const) {
    it(`are refused with ${what}, but only when keys are needed`, async () => {
      write(".boto", text);
      const read = await readOld(env);
      assert.throws(() => read.keys(), { code, message: words });
    });
  }

  it("are used after all profiles and before the instance role", async () => {
    const old = { path: "/boto", keys: { accessKeyId: "OLDKEY", secretAccessKey: "test-secret" } };
    const decide = (env: Environment, config = "", identity: Parameters<typeof decideSource>[0] = ambient) =>
      decideSource(identity, env, { ...awsFiles(config), oldKeys: () => old }).source;
    const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/x" };
    assert.deepEqual(decide(container), { kind: "old-file", ...old });
    assert.equal(decide({ AWS_PROFILE: "ci" }, "[profile ci]\nregion = us-east-1\n").kind, "old-file");
    assert.equal(decide({}, "[default]\ncredential_process = x\n").kind, "process");
    assert.equal(decide({ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" }).kind, "environment");
    const named = { kind: "profile", profile: "ci" } as const;
    assert.throws(() => decide({}, "[profile ci]\nregion = us-east-1\n", named), {
      code: "PROFILE_INCOMPLETE",
    });
  });

  it("change the identity's fingerprint", async () => {
    const env = { BOTO_CONFIG: join(home, "other") };
    const state = () => identityState(ambient, { env, home, boot: "boot", readStamp: () => "stamp" });
    const without = await state();
    assert.ok(without.dependencies.files.some(({ path }) => path === env.BOTO_CONFIG));
    assert.equal(without.dependencies.boot, "boot");
    write("other", boto("ONEKEY"));
    const one = await state();
    assert.equal(one.dependencies.boot, undefined);
    write("other", boto("TWOKEY"));
    const two = await state();
    assert.equal(new Set([without.key, one.key, two.key]).size, 3);
    const keys = { ...env, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    const other = await identityState(ambient, { env: keys, home, boot: "boot", readStamp: () => "stamp" });
    assert.ok(!other.dependencies.files.some(({ path }) => path === env.BOTO_CONFIG));
  });
});
