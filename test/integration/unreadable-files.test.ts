import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { asAccount, itAsAccount, openToOthers } from "../support/program/as-account.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import type { User, Variables } from "../support/program/user.ts";
import { answered, notFound, told } from "../support/program/verdicts.ts";

/** A user of every system that owns nothing. */
const nobody = 65_534;
const state = ".local/state/docker-credential-ecr";
const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const aliceInFile = `[default]
aws_access_key_id = ${keys("alice").AWS_ACCESS_KEY_ID}
aws_secret_access_key = ${keys("alice").AWS_SECRET_ACCESS_KEY}
`;

describe("an unreadable file counts as absent", () => {
  const standing = useStanding();
  let alice: User;
  let base: string;
  let home: string;

  before(() => openToOthers(standing));
  beforeEach(() => {
    alice = standing.user({ ...keys("alice"), AWS_EC2_METADATA_DISABLED: "true" });
    base = mkdtempSync(join(tmpdir(), "ecr-unreadable-"));
    home = join(base, "home");
    chmodSync(base, 0o755);
    own(home);
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  /** A folder of that user's. */
  function own(path: string): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chownSync(path, nobody, nobody);
  }

  /** A file that root alone may read, in folders of the user's own. */
  function closed(path: string, text: string): string {
    const full = join(home, path);
    const folders = dirname(path).split("/");
    for (let count = 1; count <= folders.length; count++) own(join(home, ...folders.slice(0, count)));
    writeFileSync(full, text, { mode: 0o600 });
    return full;
  }

  /** A file that all may read, in a folder that root alone may enter. */
  function behind(path: string, text: string): string {
    const full = closed(path, text);
    chmodSync(full, 0o644);
    chownSync(dirname(full), 0, 0);
    chmodSync(dirname(full), 0o700);
    return full;
  }

  const through = () => asAccount({ uid: nobody, home }, base);
  const get = (env: Variables = {}, host = registry) =>
    alice.get(host, { env: { HOME: home, ...env }, through: through() });
  const places = { "a file of root's": closed, "a folder of root's": behind } as const;

  for (const [where, put] of Object.entries(places)) {
    for (const path of [".aws/config", ".aws/credentials", ".aws-old/boto"]) {
      itAsAccount(`${path} is ${where}: other credentials are used`, async () => {
        const full = put(path, "[default]\nnonsense\n");
        answered(await get({ BOTO_CONFIG: full }), registry);
      });
    }

    itAsAccount(`the keys are in ${where}: the reason names it`, async () => {
      const full = put(".aws/credentials", aliceInFile);
      const named = where.startsWith("a file") ? `${full} can't be read (EACCES)` : full;
      told(await get(noKeys), "NO_CREDENTIALS", named);
      assert.equal(standing.calls(), 0);
    });

    itAsAccount(`a stored token is in ${where}: a new one is fetched`, async () => {
      put(`${state}/tokens/${registry}.entry`, "docker-credential-ecr 2 token\n");
      answered(await get(), registry);
      assert.equal(standing.count("GetAuthorizationToken"), 1);
    });

    itAsAccount(`a login to another registry is in ${where}: there is none`, async () => {
      put(".docker/config.json", '{"auths":{}}');
      put(`${state}/sealed/0123.json`, "{}");
      notFound(await get({}, "ghcr.io"));
    });

    itAsAccount(`Docker's config.json is ${where}: the rest of the program works`, async () => {
      put(".docker/config.json", "{}");
      answered(await get(), registry);
      const options = { env: { HOME: home }, through: through() };
      const { stdout, stderr, exitCode } = await alice.run(["registries"], options);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.match(stdout, new RegExp(registry));
      const refused = await alice.run(["configure-docker", registry], options);
      assert.match(
        refused.stderr,
        /config\.json can't be r\w+.*\(EACCES\).* \[(?:CLIENT_FILE|CLIENT_UNSAFE)\]\n$|\[CLIENT_UNSAFE\]\n$/,
      );
    });
  }

  itAsAccount("but not what a variable names to prove who asks, or whom to trust", async () => {
    const file = closed("token", "token");
    const web = { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/ci" };
    told(await get({ ...noKeys, ...web }), "WEB_IDENTITY_FILE", file, "EACCES");
    told(await get({ AWS_CA_BUNDLE: file }), "CA_BUNDLE", file, "EACCES");
    assert.equal(standing.calls(), 0);
  });

  itAsAccount("nothing of root's is changed", async () => {
    const full = behind(".aws/config", "[default]\n");
    const before = [statSync(full).mtimeMs, statSync(dirname(full)).mode, readdirSync(dirname(full))];
    answered(await get(), registry);
    assert.deepEqual(
      [statSync(full).mtimeMs, statSync(dirname(full)).mode, readdirSync(dirname(full))],
      before,
    );
  });
});
