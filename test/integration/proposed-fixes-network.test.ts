import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { defaultCast } from "../support/aws/cast.ts";
import { makeCertificates } from "../support/aws/certificate.ts";
import {
  correctSetting,
  correctVariable,
  type Faulty,
  type Fix,
  fixed,
  removeLine,
  runCommand,
  unset,
} from "../support/program/apply-fix.ts";
import {
  ciRole,
  keys,
  member,
  registry,
  type Standing,
  signIn,
  useStanding,
} from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { told } from "../support/program/verdicts.ts";

/** What may answer where a setting of an endpoint leads, by the first folder of the path, and the code that it gives. */
const answers: Readonly<
  Record<string, { readonly code: string; readonly send?: (response: ServerResponse) => unknown }>
> = {
  "not-implemented": { code: "AWS_FAULT", send: (to) => to.writeHead(501).end() },
  gateway: {
    code: "AWS_FAULT",
    send: (to) => to.writeHead(502, { "content-type": "text/html" }).end("<html>"),
  },
  page: {
    code: "BAD_ANSWER",
    send: (to) => to.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  },
  "not-found": { code: "BAD_ANSWER", send: (to) => to.writeHead(404).end("404 page not found") },
  redirect: {
    code: "BAD_ANSWER",
    send: (to) => to.writeHead(302, { location: "https://example.com/" }).end(),
  },
  huge: { code: "BAD_ANSWER", send: (to) => to.writeHead(200).end("x".repeat(2 ** 21)) },
  closed: { code: "UNREACHABLE", send: (to) => to.destroy() },
  mute: { code: "TIMEOUT", send: () => {} },
  dead: { code: "UNREACHABLE" },
  nameless: { code: "DNS" },
  "no-url": { code: "BAD_ENDPOINT" },
};

/** The ways to set an endpoint, and the name by which a message must call the setting. */
const ways: Readonly<Record<string, (user: User, url: string) => RegExp>> = {
  AWS_ENDPOINT_URL: (user, url) => byVariable(user, "AWS_ENDPOINT_URL", url),
  AWS_ENDPOINT_URL_ECR: (user, url) => byVariable(user, "AWS_ENDPOINT_URL_ECR", url),
  "endpoint_url of a profile": (user, url) => {
    user.env.AWS_PROFILE = "alice";
    user.write(".aws/config", `[profile alice]\nregion = us-east-1\nendpoint_url = ${url}\n`);
    user.writeAwsKeys({ alice: member("alice") });
    return /endpoint_url of profile alice \(\/\S+\/\.aws\/config:3\)/;
  },
  "endpoint_url of the default profile": (user, url) => {
    user.write(".aws/config", `[default]\nendpoint_url = ${url}\n`);
    user.writeAwsKeys({ default: member("alice") });
    return /endpoint_url of profile default \(\/\S+\/\.aws\/config:2\)/;
  },
  "endpoint_url of a section of services": (user, url) => {
    user.write(
      ".aws/config",
      `[default]\nservices = mine\n[services mine]\necr =\n  endpoint_url = ${url}\n`,
    );
    user.writeAwsKeys({ default: member("alice") });
    return /ecr endpoint_url of services mine \(\/\S+\/\.aws\/config:5\)/;
  },
  "AWS_ENDPOINT_URL_STS, for a role": (user, url) => {
    user.env.AWS_ENDPOINT_URL_STS = url;
    user.writeAwsConfig({ default: { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    return /AWS_ENDPOINT_URL_STS/;
  },
  "AWS_ENDPOINT_URL_SSO, for a permission set": (user, url) => {
    user.env.AWS_ENDPOINT_URL_SSO = url;
    const start = "https://example.com/start";
    const account = { sso_account_id: "111122223333", sso_role_name: "ci" };
    user.writeAwsConfig({ default: { sso_region: "us-east-1", sso_start_url: start, ...account } });
    signIn(user, start);
    return /AWS_ENDPOINT_URL_SSO/;
  },
};

function byVariable(user: User, name: string, url: string): RegExp {
  Object.assign(user.env, keys("alice"), { [name]: url });
  return new RegExp(name);
}

describe("a custom endpoint that does not work:", () => {
  const standing = useStanding({}, "proxy");
  let server: Server;
  let base = "";

  before(async () => {
    server = createServer(({ url }, response) => answers[url?.split("/")[1] ?? ""]?.send?.(response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const urlOf = (what: string) =>
    ({ dead: "http://127.0.0.1:9", nameless: "https://api.ecr.invalid", "no-url": "localhost:4566" })[what] ??
    `${base}/${what}`;

  for (const [way, set] of Object.entries(ways)) {
    it(`${way}: the message names the setting, for any response, and without it there is a token`, async function () {
      this.timeout(120_000);
      await Promise.all(
        Object.entries(answers).map(async ([what, { code }]) => {
          const user = standing.user({ NO_PROXY: "127.0.0.1,localhost,.invalid" });
          const names = set(user, urlOf(what));
          const fix = Object.keys(user.env).some((name) => name.startsWith("AWS_ENDPOINT"))
            ? unset
            : removeLine;
          await fixed(user, standing, { code, names, seed: () => {}, fixes: [] }, fix).catch((error) => {
            throw new Error(`${what}: ${error.message}`, { cause: error });
          });
        }),
      );
    });
  }

  it("no message suggests AWS's status page, a VPN or a portal", async function () {
    this.timeout(120_000);
    const user = standing.user({ ...keys("alice"), NO_PROXY: "127.0.0.1,localhost,.invalid" });
    for (const [what, { code }] of Object.entries(answers)) {
      const line = told(await user.get(registry, { env: { AWS_ENDPOINT_URL: urlOf(what) } }), code);
      assert.doesNotMatch(line, /health\.aws|VPN|firewall|captive/, what);
    }
  });
});

const dead = "http://127.0.0.1:9";
const alice = (user: User) => Object.assign(user.env, keys("alice"));
const otherAuthority = () => makeCertificates(["example.com"], Date.now()).ca;
const noBundle = { NODE_EXTRA_CA_CERTS: undefined, SSL_CERT_FILE: undefined, AWS_CA_BUNDLE: undefined };
const listInNoProxy: Fix = {
  words: /list (\S+) in (NO_PROXY|no_proxy)/,
  apply: ({ env }, [, host = "", name = ""]) => (env[name] = env[name] ? `${env[name]},${host}` : host),
};
/** An endpoint that is no address of the loopback's, and is this machine all the same. */
const plainEndpoint = ({ aws }: Standing) => aws.urls.plain.replace("127.0.0.1", "0.0.0.0");
const correctProxy = correctVariable("HTTPS_PROXY", ({ aws }) => aws.urls.proxy);

const cases: Readonly<Record<string, Faulty>> = {
  "an unreachable proxy": {
    code: "UNREACHABLE",
    seed: (user) => (alice(user).HTTPS_PROXY = dead),
    names: /the proxy 127\.0\.0\.1:9 \(HTTPS_PROXY\)/,
    fixes: [correctProxy],
  },
  "a proxy of https_proxy": {
    code: "UNREACHABLE",
    seed: (user) => {
      delete user.env.HTTPS_PROXY;
      Object.assign(alice(user), { https_proxy: dead });
    },
    names: /the proxy 127\.0\.0\.1:9 \(https_proxy\)/,
    fixes: [correctVariable("https_proxy", ({ aws }) => aws.urls.proxy)],
  },
  "a proxy before an internal endpoint": {
    code: "UNREACHABLE",
    seed: (user, standing) => {
      Object.assign(alice(user), { HTTP_PROXY: dead, AWS_ENDPOINT_URL: plainEndpoint(standing) });
    },
    names: /\(HTTP_PROXY\)/,
    fixes: [listInNoProxy],
  },
  "the same with no_proxy": {
    code: "UNREACHABLE",
    seed: (user, standing) => {
      delete user.env.NO_PROXY;
      const env = { HTTP_PROXY: dead, no_proxy: "127.0.0.1", AWS_ENDPOINT_URL: plainEndpoint(standing) };
      Object.assign(alice(user), env);
    },
    names: /list \S+ in no_proxy/,
    fixes: [listInNoProxy],
  },
  "an invalid proxy address": {
    code: "PROXY",
    seed: (user) => (alice(user).HTTPS_PROXY = "http://"),
    fixes: [correctProxy],
  },
  "a proxy that refuses all requests": {
    code: "PROXY",
    seed: (user, { aws }) => {
      alice(user);
      aws.controls.fail("Connect", { status: 403 });
    },
    fixes: [
      {
        words: /have the proxy allow api\.ecr\.us-east-1/,
        apply: (_, __, { aws }) => aws.controls.clear("Connect"),
      },
    ],
  },
  "an unknown certificate authority": {
    code: "TLS",
    seed: (user) => {
      for (const name of Object.keys(noBundle)) delete user.env[name];
      alice(user);
    },
    fixes: [correctVariable("AWS_CA_BUNDLE", ({ aws }) => aws.caFile)],
  },
  "a bundle without the authority": {
    code: "TLS",
    seed: (user) => (alice(user).AWS_CA_BUNDLE = user.write("ca.pem", otherAuthority())),
    fixes: [
      unset,
      {
        words: /add its CA certificate to (\/\S+\/ca\.pem), which AWS_CA_BUNDLE/,
        apply: (_, [, path = ""], { aws }) =>
          void Bun.write(path, readFileSync(path, "utf8") + readFileSync(aws.caFile, "utf8")),
      },
    ],
  },
  "a bundle of a profile without the authority": {
    code: "TLS",
    seed: (user) => {
      delete user.env.AWS_CA_BUNDLE;
      const ca_bundle = user.write("ca.pem", otherAuthority());
      user.writeAwsConfig({ default: { region: "us-east-1", ca_bundle } });
      user.writeAwsKeys({ default: member("alice") });
    },
    names: /which ca_bundle \(\S+config:3\) sets/,
    fixes: [removeLine],
  },
  "an unknown region": {
    code: "TLS",
    seed: (user) => {
      user.env.AWS_PROFILE = "ci";
      const account = { sso_account_id: "111122223333", sso_role_name: "ci" };
      user.writeAwsConfig({
        "profile ci": { sso_session: "company", ...account },
        "sso-session company": { sso_region: "us-esat-1", sso_start_url: "https://example.com/start" },
      });
      signIn(user, "company");
    },
    fixes: [correctSetting("sso_region", "us-east-1")],
  },
  "a missing bundle": {
    code: "CA_BUNDLE",
    seed: (user) => (alice(user).AWS_CA_BUNDLE = "/nowhere/ca.pem"),
    fixes: [unset, correctVariable("AWS_CA_BUNDLE", ({ aws }) => aws.caFile)],
  },
  "a clock that is wrong": {
    code: "CLOCK_SKEW",
    seed: (user, { aws }) => {
      alice(user);
      aws.controls.fail("GetAuthorizationToken", { status: 400, code: "RequestExpired", times: 3 });
    },
    fixes: [runCommand],
  },
  "too many calls": {
    code: "THROTTLED",
    seed: (user, { aws }) => {
      alice(user);
      aws.controls.throttle("GetAuthorizationToken");
    },
    fixes: [
      {
        words: /try again in a minute/,
        apply: (_, __, { aws }) => aws.controls.clear("GetAuthorizationToken"),
      },
    ],
  },
  "an internal error of AWS": {
    code: "AWS_FAULT",
    seed: (user, { aws }) => {
      alice(user);
      aws.controls.fail("GetAuthorizationToken");
    },
    fixes: [
      {
        words: /try again; https:\/\/health/,
        apply: (_, __, { aws }) => aws.controls.clear("GetAuthorizationToken"),
      },
    ],
  },
};

describe("the fixes in messages about the network", () => {
  const standing = useStanding({}, "proxy");
  afterEach(() => defaultCast.users.forEach((user) => void standing.aws.controls.putUser(user)));

  for (const [what, faulty] of Object.entries(cases)) {
    for (const fix of faulty.fixes) {
      it(`ends ${what} [${faulty.code}]: ${fix.words.source}`, () =>
        fixed(standing.user(), standing, faulty, fix));
    }
  }
});
