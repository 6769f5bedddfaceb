import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { makeCertificates } from "../support/aws/certificate.ts";
import type { Listener } from "../support/aws/http.ts";
import { startOneImage } from "../support/aws/one-image.ts";
import { diagnose, failures, healthyUser, named, wire } from "../support/program/doctor.ts";
import {
  ciRole,
  keys,
  member,
  otherRegistry,
  publicRegistry,
  registry,
  type Standing,
  signIn,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { hour, minute, tokenFile } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, silent } from "../support/program/verdicts.ts";

interface Fault {
  readonly seed: (user: User, standing: Standing) => unknown;
  /** What doctor is asked about, if not the registry. */
  readonly about?: string;
  /** The one that fails: "NAME CODE". */
  readonly fails: string;
  readonly seen?: RegExp;
  readonly fix?: RegExp;
}

/** Nobody listens there. */
const dead = "http://127.0.0.1:9";

const set = (user: User, env: Record<string, string>) => Object.assign(user.env, env);
const unset = (user: User, ...names: string[]) => {
  for (const name of names) delete user.env[name];
};

function profile(user: User, settings: Record<string, string>): void {
  user.env.AWS_PROFILE = "other";
  user.writeAwsConfig({ "profile other": settings });
}

async function secretFor(user: User, host: string): Promise<string> {
  return answered(await user.get(host), host);
}

const faults: Readonly<Record<string, Fault>> = {
  "a clock that is ten minutes ahead": {
    seed: (_, { aws }) => aws.controls.set({ clockOffsetMs: -10 * minute }),
    fails: "clock CLOCK_SKEW",
    seen: /(?:10m|9m) ahead of AWS/,
    fix: /timedatectl/,
  },
  "a clock that is ten minutes behind": {
    seed: (_, { aws }) => aws.controls.set({ clockOffsetMs: 10 * minute }),
    fails: "clock CLOCK_SKEW",
    seen: /(?:10m|9m) behind AWS/,
  },
  "a proxy that refuses connections": {
    seed: (user) => set(user, { HTTPS_PROXY: "http://me:test-proxy-password@127.0.0.1:9" }),
    fails: "proxy-access UNREACHABLE",
    seen: /^the proxy 127\.0\.0\.1:9 /,
    fix: /HTTPS_PROXY/,
  },
  "a proxy that refuses all logins": {
    seed: (_, { aws }) => aws.controls.fail("Connect", { status: 403 }),
    fails: "proxy-access PROXY",
  },
  "a missing CA bundle": {
    seed: (user) => set(user, { AWS_CA_BUNDLE: "/nowhere/bundle.pem" }),
    fails: "certificates CA_BUNDLE",
    seen: /\/nowhere\/bundle\.pem/,
  },
  "an unknown certificate authority": {
    seed: (user) => {
      const { ca } = makeCertificates(["example.com"], Date.now());
      set(user, { AWS_CA_BUNDLE: user.write("ca.pem", ca) });
    },
    fails: "certificates TLS",
    seen: /; only the CA certificates in .*\/ca\.pem are used$/,
    fix: /AWS_CA_BUNDLE/,
  },
  "a name that does not resolve": {
    seed: (user) => {
      unset(user, "HTTPS_PROXY");
      set(user, { AWS_ENDPOINT_URL_ECR: "https://api.ecr.invalid" });
    },
    fails: "name-lookup DNS",
    seen: /api\.ecr\.invalid/,
  },
  "an API without a listener": {
    seed: (user) => set(user, { AWS_ENDPOINT_URL_ECR: dead }),
    fails: "api UNREACHABLE",
    seen: /127\.0\.0\.1:9/,
  },
  "an API that hangs": {
    seed: (_, { aws }) => aws.controls.hang("Unknown"),
    fails: "api TIMEOUT",
  },
  "an endpoint that is not AWS": {
    seed: (user) => set(user, { AWS_ENDPOINT_URL_ECR: "ecr" }),
    fails: "api BAD_ENDPOINT",
    seen: /AWS_ENDPOINT_URL_ECR/,
  },
  "a wrong secret key": {
    seed: (user) => {
      unset(user, "AWS_PROFILE");
      set(user, { ...keys("alice"), AWS_SECRET_ACCESS_KEY: "test-wrong-secret" });
    },
    fails: "identity KEYS_WRONG",
    seen: /STS does not accept the signature/,
  },
  "an unknown access key": {
    seed: (user) => {
      unset(user, "AWS_PROFILE");
      set(user, { ...keys("alice"), AWS_ACCESS_KEY_ID: "TESTKEYNOBODY" });
    },
    fails: "identity KEYS_UNKNOWN",
    seen: /STS in us-east-1/,
  },
  "an expired session": {
    seed: (_, { aws }) => aws.controls.fail("GetCallerIdentity", { status: 403, code: "ExpiredToken" }),
    fails: "identity SESSION_EXPIRED",
  },
  "an expired SSO session": {
    seed: (user) => {
      const start = "https://example.com/start";
      const account = { sso_account_id: "111122223333", sso_role_name: "ci" };
      profile(user, { sso_region: "us-east-1", sso_start_url: start, ...account });
      signIn(user, start, Date.now() - hour);
    },
    fails: "identity SSO_EXPIRED",
    fix: /^run 'aws sso login --profile other'$/,
  },
  "a role that can't be assumed": {
    seed: (user) => {
      profile(user, { role_arn: ciRole, source_profile: "bob" });
      user.writeAwsKeys({ bob: member("bob") });
    },
    fails: "identity ROLE_DENIED",
    seen: /user\/bob/,
    fix: /trust policy/,
  },
  "a profile that requires MFA": {
    seed: (user) => {
      const mfa = "arn:aws:iam::111122223333:mfa/alice";
      profile(user, { role_arn: ciRole, source_profile: "alice", mfa_serial: mfa });
    },
    fails: "identity MFA_REQUIRED",
  },
  "a missing profile": {
    seed: (user) => set(user, { AWS_PROFILE: "misspelt" }),
    fails: "identity PROFILE_NOT_FOUND",
  },
  "no credentials": {
    seed: (user) => {
      unset(user, "AWS_PROFILE");
      set(user, { AWS_EC2_METADATA_DISABLED: "true" });
    },
    fails: "identity NO_CREDENTIALS",
  },
  "no permission to get a token": {
    seed: (user) => user.writeAwsKeys({ alice: member("mallory") }),
    fails: "token ACCESS_DENIED",
    fix: /allow ecr:GetAuthorizationToken on resource "\*"/,
  },
  "a region that is not enabled": {
    seed: (_, { aws }) =>
      aws.controls.fail("GetAuthorizationToken", { status: 400, code: "RegionDisabledException" }),
    fails: "token REGION_NOT_ENABLED",
  },
  "a repository whose policy denies access": {
    seed: (user) => user.writeAwsKeys({ alice: member("bob") }),
    about: `${registry}/team/app:1`,
    fails: "image REPOSITORY_POLICY",
    seen: /user\/bob (?:may not|lacks) ecr:BatchGetImage on arn:aws:ecr:us-east-1:111122223333:repository\/team\/app/,
    fix: /set-repository-policy/,
  },
  "an identity without permission to pull": {
    seed: (user, { aws }) => {
      const rights = { pull: [] };
      const carol = { arn: "arn:aws:iam::111122223333:user/carol", accessKeyId: "TESTKEYCAROL", rights };
      aws.controls.putUser({ ...carol, secretAccessKey: "test-secret-of-carol" });
      user.writeAwsKeys({ alice: { ...carol, secretAccessKey: "test-secret-of-carol" } });
    },
    about: `https://${registry}/app@sha256:${"0".repeat(64)}`,
    fails: "image IDENTITY_POLICY",
    fix: /IAM policy of arn:aws:iam::111122223333:user\/carol/,
  },
  "a missing repository": {
    seed: () => {},
    about: `${registry}/none`,
    fails: "image REPOSITORY_UNKNOWN",
    seen: /'none' does not exist in the registry/,
    fix: /ecr:CreateRepository/,
  },
  "a missing image": {
    seed: () => {},
    about: `${registry}/app:none`,
    fails: "image IMAGE_UNKNOWN",
    seen: /Requested image not found/,
    fix: /ecr:BatchImportUpstreamImage/,
  },
  "a registry that is throttled": {
    seed: (_, { aws }) => aws.controls.throttle("Registry"),
    fails: "registry THROTTLED",
  },
  "an explicit login with a token of another region": {
    seed: async (user) => silent(await user.store(registry, "AWS", await secretFor(user, westRegistry))),
    fails: "stored-token LOGIN_DEAD",
    seen: /'docker login' stored \(400\): it was issued for another region/,
    fix: new RegExp(`^docker logout ${registry}$`),
  },
  "an invalid explicit login": {
    seed: async (user, { aws }) => {
      const bob = { ...keys("bob"), AWS_PROFILE: undefined };
      const secret = answered(await user.get(otherRegistry, { env: bob }), otherRegistry);
      silent(await user.store(registry, "AWS", secret));
      aws.controls.revoke(secret);
    },
    fails: "stored-token LOGIN_DEAD",
    seen: /'docker login' stored has expired/,
  },
  "a token that was revoked before its expiry": {
    seed: async (user, { aws }) => aws.controls.revoke(await secretFor(user, registry)),
    fails: "stored-token TOKEN_DEAD",
    seen: /the stored token has expired \(403\); by its expiry it has 11h 59m left/,
    fix: new RegExp(`^docker logout ${registry}$`),
  },
  "a token file that other users can read": {
    seed: async (user) => {
      await secretFor(user, registry);
      chmodSync(tokenFile(user, registry), 0o644);
    },
    fails: "stored-token STATE_FILE",
    seen: /mode 644/,
  },
  "a host that only resembles ECR's": {
    seed: () => {},
    about: `${registry}.example.com`,
    fails: "registry-name NOT_ECR",
  },
  "a host with an account of eleven digits": {
    seed: () => {},
    about: "11112222333.dkr.ecr.us-east-1.amazonaws.com/app:1",
    fails: "registry-name NOT_ECR",
  },
};

describe("doctor finds between the machine and AWS", () => {
  let upstream: Listener;
  before(async () => {
    upstream = await startOneImage();
  });
  const options = {
    get upstream() {
      return upstream.url;
    },
  };
  const standing = useStanding(options, "proxy");
  after(() => upstream.close());

  for (const [what, { seed, about = registry, fails, seen, fix }] of Object.entries(faults)) {
    it(`${what} [${fails}]`, async () => {
      const user = healthyUser(standing);
      await seed(user, standing);
      const diagnostics = await diagnose(user, about);
      assert.deepEqual(
        failures(diagnostics).filter((each) => !each.startsWith("docker-wiring")),
        [fails],
      );
      const found = named(diagnostics, fails.split(" ")[0] ?? "");
      if (seen) assert.match(found.seen, seen);
      if (fix) assert.match(found.fix ?? "", fix);
    });
  }

  it("nothing for an image that can be pulled, in any form of its name", async () => {
    const user = healthyUser(standing);
    for (const about of [`${registry}/app:1`, `https://${registry}/app:1`, `HTTPS://${registry}/`]) {
      const diagnostics = await diagnose(user, about);
      assert.deepEqual(failures(diagnostics), []);
      const { status, seen } = named(diagnostics, "image");
      assert.equal(status, about.endsWith("/") ? "skipped" : "ok");
      if (status === "ok") assert.match(seen, /^can be pulled: sha256:5{64}$/);
    }
  });

  it("nothing for ECR Public with and without credentials", async () => {
    const user = healthyUser(standing);
    wire(user, { credHelpers: { [publicRegistry]: "ecr" } });
    const signedIn = await diagnose(user, publicRegistry);
    assert.deepEqual(failures(signedIn), []);
    assert.match(named(signedIn, "registry").seen, /accepts the token/);
    unset(user, "AWS_PROFILE");
    set(user, { AWS_EC2_METADATA_DISABLED: "true", AWS_SHARED_CREDENTIALS_FILE: "/nowhere" });
    const anonymous = await diagnose(user, publicRegistry);
    assert.deepEqual(failures(anonymous), []);
    assert.match(named(anonymous, "token").seen, /^because there are no AWS credentials: .* anonymously/);
    assert.equal(named(anonymous, "registry").seen, "answers without a login");
  });

  it("nothing for a stored login that still works, even if no new token can be fetched", async () => {
    const user = healthyUser(standing);
    const secret = answered(
      await user.get(otherRegistry, { env: { ...keys("bob"), AWS_PROFILE: undefined } }),
      otherRegistry,
    );
    silent(await user.store(registry, "AWS", secret));
    user.env.AWS_PROFILE = "misspelt";
    const diagnostics = await diagnose(user, registry);
    assert.deepEqual(failures(diagnostics), ["identity PROFILE_NOT_FOUND"]);
    assert.match(named(diagnostics, "token").seen, /^because identity failed$/);
    assert.match(
      named(diagnostics, "stored-token").seen,
      /^the login that 'docker login' stored is accepted/,
    );
  });

  it("that only STS can't be reached, which affects no token", async () => {
    const user = healthyUser(standing, { AWS_ENDPOINT_URL_STS: dead });
    const diagnostics = await diagnose(user, registry);
    assert.deepEqual(failures(diagnostics), []);
    assert.match(named(diagnostics, "identity").seen, /^because STS can't be called: .*127\.0\.0\.1:9/);
    assert.equal(named(diagnostics, "registry").status, "ok");
  });
});
