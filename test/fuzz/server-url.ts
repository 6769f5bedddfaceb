import assert from "node:assert/strict";
import { apiEndpoint } from "../../src/registry/endpoint.ts";
import { parseHost } from "../../src/registry/host.ts";
import { readNamedRegistry } from "../../src/registry/image.ts";
import { isPlainHost, readServerUrl } from "../../src/registry/server-url.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import type { Random } from "../support/fuzz/random.ts";

const pieces = [
  ..."@:/\\?#%[]. \t\r\n\0-_",
  "%2f",
  "%2e",
  "。",
  "\u00ad",
  "ⓐ",
  "İ",
  "ſ",
  "\u212a",
  "xn--",
  "//",
  "..",
  "evil.example",
  ".amazonaws.com",
  "user:pass@",
  "443",
];

export function hostText(random: Random): string {
  const account = random.chance(0.9)
    ? "111122223333"
    : random.pick(["11112222333", "1111222233334", "a", ""]);
  const region = random.pick([
    "us-east-1",
    "eu-central-1",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "xx",
  ]);
  return random.pick([
    `${account}.dkr.ecr.${region}.amazonaws.com`,
    `${account}.dkr.ecr-fips.${region}.amazonaws.com`,
    `${account}.dkr.ecr.${region}.amazonaws.com.cn`,
    `${account}.dkr-ecr.${region}.on.aws`,
    `${account}.dkr-ecr-fips.${region}.on.aws`,
    `${account}.dkr.ecr.${region}.c2s.ic.gov`,
    "public.ecr.aws",
    "ecr-public.aws.com",
    "ghcr.io",
    "index.docker.io",
    "[::1]",
    "127.0.0.1",
  ]);
}

export function urlText(random: Random): string {
  const host = random.chance(0.3) ? damaged(random, hostText(random), pieces) : hostText(random);
  const text = [
    random.pick(["", "", "https://", "http://", "HTTPS://", "ftp://", "//", "https:/"]),
    random.chance(0.2) ? host.toUpperCase() : host,
    random.pick(["", "", "", ":443", ":80", ":5000", ":0443", ":", ":99999"]),
    random.pick([
      "",
      "",
      "/",
      "/v2/",
      "/team/app",
      "/team/app:1.2",
      `/app@sha256:${"a".repeat(64)}`,
      "/a?b",
      "/../x",
    ]),
    random.pick(["", "", "\n", "\r\n", " ", "\n\n", "\0"]),
  ].join("");
  return random.chance(0.3) ? damaged(random, text, pieces) : text;
}

/** ECR's host names, recognized differently than in the program: by a single regular expression. */
const ofEcr =
  /^(?:\d{12}\.dkr(?:\.ecr|-ecr)(?:-fips)?\.[a-z]+(?:-[a-z]+){1,2}-\d\d?\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|on\.amazonwebservices\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)|public\.ecr\.aws|ecr-public\.aws\.com)$/;

export const serverUrl = fuzzer<string>({
  name: "server-url",
  make: urlText,
  check(text) {
    readNamedRegistry(text);
    const url = readServerUrl(text);
    if (url.kind === "malformed") {
      assert.ok(url.reason.length < 100);
      return;
    }
    assert.equal(url.host, url.host.toLowerCase());
    assert.deepEqual(readServerUrl(url.host).kind, url.kind);
    if (url.kind === "other") return;
    assert.match(url.host, ofEcr);
    assert.ok(isPlainHost(url.host));
    assert.deepEqual(parseHost(url.host), url.registry);
    assert.deepEqual(readServerUrl(url.host), url);
    // The host to which a client would really send the token, by the WHATWG parser.
    const trimmed = text.trim();
    const whole = new URL(/^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
    assert.equal(whole.hostname, url.host);
    assert.equal(whole.username + whole.password, "");
    assert.match(apiEndpoint(url.registry).host, /^[a-z0-9.-]+$/);
  },
});
