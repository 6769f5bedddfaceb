import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityState } from "../../../src/profiles/dependencies.ts";
import type { Environment } from "../../../src/token/dependencies.ts";
import { ambient, type Identity } from "../../../src/token/identity.ts";

const role = (name: string, source: string) =>
  `role_arn = arn:aws:iam::111122223333:role/${name}\n${source}\n`;
const config = `[default]
region = us-east-1
[profile instance]
${role("a", "credential_source = Ec2InstanceMetadata")}
[profile container]
${role("a", "credential_source = EcsContainer")}
[profile over-instance]
${role("b", "source_profile = instance")}
[profile over-container]
${role("b", "source_profile = container")}
[profile environment]
${role("a", "credential_source = Environment")}
[profile process]
credential_process = /bin/true
[profile over-process]
${role("b", "source_profile = process")}
[profile keys]
aws_access_key_id = TESTKEY
aws_secret_access_key = test
[profile over-keys]
${role("b", "source_profile = keys")}
[profile sso]
sso_start_url = https://example.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = dev
[profile login]
login_session = arn:aws:iam::111122223333:user/alice
[profile web]
role_arn = arn:aws:iam::111122223333:role/web
web_identity_token_file = HOME/web-token
[profile over-web]
${role("b", "source_profile = web")}
`;

const relative = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/one" };
const full = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials" };
const pod = { ...full, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "HOME/pod-token" };
const keys = { AWS_ACCESS_KEY_ID: "TESTKEY", AWS_SECRET_ACCESS_KEY: "test" };
const web = {
  AWS_WEB_IDENTITY_TOKEN_FILE: "HOME/web-token",
  AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/web",
};
const profile = (name: string): Identity => ({ kind: "profile", profile: name });
const configured = (source: Identity): Identity => ({
  kind: "role",
  roleArn: "arn:aws:iam::111122223333:role/pull",
  source,
});

/** The parts of the machine on which each identity depends. */
type Part = "boot" | "address" | "pod token" | "web token";

interface Source {
  readonly env?: Environment;
  readonly identity?: Identity;
  readonly dependsOn: readonly Part[];
}

const sources: Readonly<Record<string, Source>> = {
  "instance metadata": { dependsOn: ["boot"] },
  "AWS_ROLE_ARN without a token": { env: { AWS_ROLE_ARN: web.AWS_ROLE_ARN }, dependsOn: ["boot"] },
  "a secret key without its id": { env: { AWS_SECRET_ACCESS_KEY: "test" }, dependsOn: ["boot"] },
  "AWS_PROFILE=default without keys": { env: { AWS_PROFILE: "default" }, dependsOn: ["boot"] },
  "a profile of the instance's": { env: { AWS_PROFILE: "instance" }, dependsOn: ["boot"] },
  "a role over that": { env: { AWS_PROFILE: "over-instance" }, dependsOn: ["boot"] },
  "config.yaml's profile of the instance's": { identity: profile("instance"), dependsOn: ["boot"] },
  "config.yaml's profile of a role over that": { identity: profile("over-instance"), dependsOn: ["boot"] },
  "config.yaml's role over instance metadata": { identity: configured(ambient), dependsOn: ["boot"] },
  "config.yaml's role over a profile of the instance's": {
    identity: configured(profile("over-instance")),
    dependsOn: ["boot"],
  },
  "config.yaml's role over another": { identity: configured(configured(ambient)), dependsOn: ["boot"] },
  "a container's relative URI": { env: relative, dependsOn: ["boot", "address"] },
  "a container's full URI": { env: full, dependsOn: ["boot", "address"] },
  "a pod": { env: pod, dependsOn: ["boot", "address", "pod token"] },
  "a profile of the container's": {
    env: { ...relative, AWS_PROFILE: "container" },
    dependsOn: ["boot", "address"],
  },
  "a role over the container's": {
    env: { ...pod, AWS_PROFILE: "over-container" },
    dependsOn: ["boot", "address", "pod token"],
  },
  "config.yaml's profile of the container's": {
    env: pod,
    identity: profile("container"),
    dependsOn: ["boot", "address", "pod token"],
  },
  "config.yaml's role over the container's": {
    env: pod,
    identity: configured(profile("over-container")),
    dependsOn: ["boot", "address", "pod token"],
  },
  "config.yaml's role over a pod": {
    env: pod,
    identity: configured(ambient),
    dependsOn: ["boot", "address", "pod token"],
  },
  "a process": { env: { AWS_PROFILE: "process" }, dependsOn: ["boot", "address"] },
  "a process in a pod": {
    env: { ...pod, ...web, AWS_PROFILE: undefined },
    identity: profile("over-process"),
    dependsOn: ["boot", "address", "pod token", "web token"],
  },
  "a web identity": { env: web, dependsOn: ["web token"] },
  "a profile's web identity": { env: { AWS_PROFILE: "web" }, dependsOn: ["web token"] },
  "a role over that web identity": { env: { AWS_PROFILE: "over-web" }, dependsOn: ["web token"] },
  "config.yaml's role over a web identity": {
    identity: configured(profile("over-web")),
    dependsOn: ["web token"],
  },
  "keys in the environment": { env: keys, dependsOn: [] },
  "a profile of the environment's keys": { env: { ...keys, AWS_PROFILE: "environment" }, dependsOn: [] },
  "a profile's keys": { env: { AWS_PROFILE: "keys" }, dependsOn: [] },
  "a role over a profile's keys": { identity: configured(profile("over-keys")), dependsOn: [] },
  "an SSO profile": { env: { AWS_PROFILE: "sso" }, dependsOn: [] },
  "a profile of aws login": { env: { AWS_PROFILE: "login" }, dependsOn: [] },
};

const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

describe("what an identity depends on in the machine", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "ecr-machine-"));
    mkdirSync(join(home, ".aws"));
    writeFileSync(join(home, ".aws/config"), config.replaceAll("HOME", home));
    token("pod", { sub: "one" });
    token("web", { sub: "one" });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const token = (kind: "pod" | "web", claims: object | string) =>
    writeFileSync(join(home, `${kind}-token`), typeof claims === "string" ? claims : jwt(claims));

  const state = ({ env = {}, identity = ambient }: Source, more: Environment = {}, boot = "boot one") => {
    const set = Object.entries({ ...env, ...more }).map(([name, value]) => [
      name,
      value?.replace("HOME", home),
    ]);
    return identityState(identity, {
      ...{ env: Object.fromEntries(set), home, boot },
      // Files in the home folder change often, the system's programs do not.
      readStamp: (path) => (path.startsWith(home) ? Bun.hash(`${path} ${Date.now()}`).toString() : path),
    });
  };

  /** Changes each part to that of another machine. */
  const others: Readonly<Record<Part, (source: Source) => ReturnType<typeof state>>> = {
    boot: (source) => state(source, {}, "boot two"),
    address: (source) =>
      state(source, {
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:
          source.env?.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI && "/v2/two",
        AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/v1/credentials",
      }),
    "pod token": (source) => {
      token("pod", { sub: "two" });
      return state(source);
    },
    "web token": (source) => {
      token("web", { sub: "two" });
      return state(source);
    },
  };

  for (const [what, source] of Object.entries(sources)) {
    it(`${what}: ${source.dependsOn.join(", ") || "nothing"}`, async () => {
      const first = await state(source);
      assert.equal((await state(source)).key, first.key);
      const isOfBoot = source.dependsOn.includes("boot");
      assert.equal(first.dependencies.boot, isOfBoot ? "boot one" : undefined);
      const parts = Object.entries(others).filter(([part]) => part !== "address" || isOfBoot);
      for (const [part, other] of parts) {
        // A different environment may change the credential source itself.
        if (part === "address" && !source.dependsOn.includes("address")) continue;
        token("pod", { sub: "one" });
        const isAnother = (await other(source)).key !== first.key;
        assert.equal(isAnother, source.dependsOn.includes(part as Part), part);
      }
    });

    for (const kind of ["pod", "web"] as const) {
      if (!source.dependsOn.includes(`${kind} token`)) continue;
      it(`${what}: a different token of the ${kind}, and a rotated one`, async () => {
        const path = join(home, `${kind}-token`);
        const claims = { iss: "https://a.example", sub: "one", aud: ["sts"], iat: 1 };
        token(kind, claims);
        const first = await state(source);
        assert.ok(first.dependencies.files.some((file) => file.path === path));
        assert.ok(first.reread.some((file) => file.path === path));
        token(kind, { ...claims, iat: 2, exp: 3 });
        assert.equal((await state(source)).key, first.key, "rotated");
        const keys = new Set([first.key]);
        for (const other of [
          { ...claims, iss: "https://b.example" },
          { ...claims, sub: "two" },
          { ...claims, aud: ["other"] },
          "an opaque token",
          "another opaque token",
          jwt([]),
          jwt({}),
          "",
        ]) {
          token(kind, other);
          keys.add((await state(source)).key);
        }
        assert.equal(keys.size, 9);
      });
    }
  }
});
