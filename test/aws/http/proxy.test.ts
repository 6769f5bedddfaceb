import assert from "node:assert/strict";
import { proxyFor } from "../../../src/aws/http/proxy.ts";

const aws = "https://api.ecr.us-east-1.amazonaws.com/";
const proxy = "http://proxy.example:3128";

describe("proxyFor", () => {
  const chosen = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)?.url;

  for (const [what, url, env, expected] of [
    ["none is set", aws, {}, undefined],
    ["HTTPS_PROXY is", aws, { HTTPS_PROXY: proxy }, proxy],
    ["https_proxy is", aws, { https_proxy: proxy }, proxy],
    [
      "both are, and upper case takes precedence",
      aws,
      { HTTPS_PROXY: proxy, https_proxy: "http://b:1" },
      proxy,
    ],
    ["upper case is empty", aws, { HTTPS_PROXY: " ", https_proxy: proxy }, proxy],
    ["only HTTP_PROXY is, which is ignored for https", aws, { HTTP_PROXY: proxy }, undefined],
    ["HTTP_PROXY is and the URL is http", "http://sts.example/", { HTTP_PROXY: proxy }, proxy],
    ["only ALL_PROXY is, which Go does not read", aws, { ALL_PROXY: proxy }, undefined],
    ["it has no scheme", aws, { HTTPS_PROXY: "proxy.example:3128" }, proxy],
    ["it has a login", aws, { HTTPS_PROXY: "http://u:p@proxy.example:1" }, "http://u:p@proxy.example:1"],
    ["the host is localhost", "https://localhost:1/", { HTTPS_PROXY: proxy }, undefined],
    ["the host is of 127/8", "https://127.9.9.9/", { HTTPS_PROXY: proxy }, undefined],
    ["the host is ::1", "https://[::1]/", { HTTPS_PROXY: proxy }, undefined],
    [
      "a host name only begins like a loopback address",
      "https://127.example/",
      { HTTPS_PROXY: proxy },
      proxy,
    ],
  ] as const) {
    it(`where ${what}`, () => assert.equal(chosen(url, env), expected));
  }

  for (const [entry, url, isDirect] of [
    ["*", aws, true],
    ["api.ecr.us-east-1.amazonaws.com", aws, true],
    ["API.ECR.us-east-1.AmazonAWS.com", aws, true],
    ["amazonaws.com", aws, true],
    [".amazonaws.com", aws, true],
    ["*.amazonaws.com", aws, true],
    ["azonaws.com", aws, false],
    ["us-east-1", aws, false],
    [".amazonaws.com", "https://amazonaws.com/", false],
    ["amazonaws.com", "https://amazonaws.com./", true],
    ["amazonaws.com:443", aws, true],
    ["amazonaws.com:8443", aws, false],
    ["amazonaws.com:8443", "https://api.ecr.us-east-1.amazonaws.com:8443/", true],
    ["example.com, ,amazonaws.com", aws, true],
    ["example.com amazonaws.com", aws, true],
    ["10.0.0.1", "https://10.0.0.1/", true],
    ["10.0.0.1", "https://10.0.0.10/", false],
    ["10.0.0.0/8", "https://10.200.3.4/", true],
    ["10.0.0.0/8", "https://11.0.0.1/", false],
    ["10.0.0.0/33", "https://10.0.0.1/", false],
    ["10.0.0.0/8", "https://10.example/", false],
    ["10.0.0.1:8443", "https://10.0.0.1/", false],
    ["fd00::1", "https://[fd00::1]/", true],
    ["[fd00::1]", "https://[fd00::1]/", true],
    ["[fd00::1]:8443", "https://[fd00::1]:8443/", true],
    ["fd00::/8", "https://[fd00:ec2::23]/", true],
    ["fd00::/8", "https://10.0.0.1/", false],
    [",", aws, false],
  ] as const) {
    it(`NO_PROXY=${entry} ${isDirect ? "applies" : "does not apply"} to ${url}`, () => {
      for (const name of ["NO_PROXY", "no_proxy"]) {
        assert.equal(chosen(url, { HTTPS_PROXY: proxy, [name]: entry }), isDirect ? undefined : proxy);
      }
    });
  }
});
