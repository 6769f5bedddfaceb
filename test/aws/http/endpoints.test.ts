import assert from "node:assert/strict";
import { customEndpoint, registryEndpoint, stsEndpoint } from "../../../src/aws/http/endpoints.ts";
import { parseHost } from "../../../src/registry/host.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { Failure } from "../../../src/token/failure.ts";
import { awsFiles } from "../../support/aws/files.ts";

const plain = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const fips = { AWS_USE_FIPS_ENDPOINT: "true" };
const dual = { AWS_USE_DUALSTACK_ENDPOINT: "TRUE" };

type Env = Readonly<Record<string, string>>;
type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

const settings = (env: Env = {}, sections: Sections = {}, profile = "p") => ({
  env,
  profile,
  profiles: awsFiles(sections),
});

function registry(host: string): Registry {
  const parsed = parseHost(host);
  assert.ok(parsed, host);
  return parsed;
}

describe("endpoints", () => {
  for (const [host, env, api, sts] of [
    [plain, {}, "api.ecr.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com"],
    [plain, fips, "api.ecr-fips.us-east-1.amazonaws.com", "sts-fips.us-east-1.amazonaws.com"],
    [plain, dual, "ecr.us-east-1.api.aws", "sts.us-east-1.api.aws"],
    [plain, { ...fips, ...dual }, "ecr-fips.us-east-1.api.aws", "sts-fips.us-east-1.api.aws"],
    [
      "111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
      fips,
      "api.ecr-fips.us-gov-west-1.amazonaws.com",
      "sts.us-gov-west-1.amazonaws.com",
    ],
    [
      "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
      {},
      "api.ecr.cn-north-1.amazonaws.com.cn",
      "sts.cn-north-1.amazonaws.com.cn",
    ],
    [
      "111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu",
      {},
      "api.ecr.eusc-de-east-1.amazonaws.eu",
      "sts.eusc-de-east-1.amazonaws.eu",
    ],
    [
      "111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov",
      {},
      "api.ecr.us-iso-east-1.c2s.ic.gov",
      "sts.us-iso-east-1.c2s.ic.gov",
    ],
    ["public.ecr.aws", fips, "api.ecr-public.us-east-1.amazonaws.com", "sts-fips.us-east-1.amazonaws.com"],
    ["public.ecr.aws", dual, "ecr-public.us-east-1.api.aws", "sts.us-east-1.api.aws"],
  ] as const) {
    it(`of ${host} under ${Object.keys(env).join(" and ") || "nothing"}`, () => {
      const it = registry(host);
      assert.equal(registryEndpoint(it, settings(env)), `https://${api}`);
      assert.equal(stsEndpoint(it.region, it, settings(env)), `https://${sts}`);
    });
  }

  it("by the profile's settings; the environment takes precedence", () => {
    const sections = { "profile p": { use_fips_endpoint: "true", use_dualstack_endpoint: "true" } };
    const ecr = (env: Env) => registryEndpoint(registry(plain), settings(env, sections));
    assert.equal(ecr({}), "https://ecr-fips.us-east-1.api.aws");
    assert.equal(ecr({ AWS_USE_FIPS_ENDPOINT: "false" }), "https://ecr.us-east-1.api.aws");
  });

  it("a custom one takes precedence over FIPS and dual-stack, for the registry and for STS", () => {
    const env = { ...fips, ...dual, AWS_ENDPOINT_URL: "https://vpce.example" };
    for (const host of [plain, "public.ecr.aws"]) {
      assert.equal(registryEndpoint(registry(host), settings(env)), "https://vpce.example");
    }
    assert.equal(stsEndpoint("us-east-1", registry(plain), settings(env)), "https://vpce.example");
  });

  const all = {
    "profile p": { services: "s", endpoint_url: "http://profile" },
    "services s": sectionOf("http://own"),
  };
  for (const [what, env, sections, expected] of [
    ["nothing", {}, {}, undefined],
    [
      "the service's variable",
      { AWS_ENDPOINT_URL_ECR: "http://a", AWS_ENDPOINT_URL: "http://b" },
      all,
      "http://a",
    ],
    ["the general variable", { AWS_ENDPOINT_URL: "http://b" }, all, "http://b"],
    ["the services section", {}, all, "http://own"],
    ["the profile", {}, { "profile p": { services: "s", endpoint_url: "http://profile" } }, "http://profile"],
    ["another service's variable", { AWS_ENDPOINT_URL_STS: "http://a" }, {}, undefined],
    [
      "a section that the profile does not name",
      {},
      { "profile p": {}, "services s": all["services s"] },
      undefined,
    ],
    ["another profile", {}, { "profile q": { endpoint_url: "http://q" } }, undefined],
    ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, all, undefined],
    [
      "the profile's ignore_configured_endpoint_urls",
      { AWS_ENDPOINT_URL: "http://b" },
      { "profile p": { ignore_configured_endpoint_urls: "true" } },
      undefined,
    ],
  ] as const) {
    it(`a custom one by ${what}`, () => {
      assert.equal(customEndpoint("ecr", settings(env, sections as Sections))?.url, expected);
    });
  }

  it("an invalid URL is reported with its origin, and not used", () => {
    for (const [env, sections, origin] of [
      [{ AWS_ENDPOINT_URL: "vpce.example:443" }, {}, /^AWS_ENDPOINT_URL is not/],
      [{ AWS_ENDPOINT_URL_ECR: "ftp://x" }, {}, /^AWS_ENDPOINT_URL_ECR is not/],
      [{}, { "profile p": { endpoint_url: "x" } }, /^endpoint_url of profile p \(\/aws\/config:2\) is not/],
      [
        {},
        { "profile p": { services: "s" }, "services s": sectionOf("x") },
        /^ecr endpoint_url of services s \(\/aws\/config:6\) is not/,
      ],
    ] as const) {
      const ask = () => registryEndpoint(registry(plain), settings(env as Env, sections as Sections));
      assert.throws(ask, (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "BAD_ENDPOINT");
        assert.match(error.message, origin);
        return true;
      });
    }
  });
});

function sectionOf(url: string) {
  return { ecr: `\n  endpoint_url = ${url}` };
}
