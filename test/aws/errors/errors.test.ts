import assert from "node:assert/strict";
import { InstanceMetadataError } from "../../../src/aws/credentials/instance-metadata.ts";
import { RoleError } from "../../../src/aws/credentials/role-error.ts";
import { SourceError } from "../../../src/aws/credentials/source-error.ts";
import { failureOf } from "../../../src/aws/errors/errors.ts";
import { AnswerError } from "../../../src/aws/http/answers.ts";
import {
  TransportError,
  type TransportProblem,
  transportError,
} from "../../../src/aws/http/transport-error.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { Failure } from "../../../src/token/failure.ts";
import type { Identity } from "../../../src/token/identity.ts";
import { ciRole, registryHost } from "../token-client.ts";

/** Secrets that an external text may contain by mistake, in the forms of AWS's services and tools. */
const secrets =
  "AWSSecretKey=test-words-1 Authorization: Bearer test-words-2 https://u:test-words-3@h/ <SessionToken>test-words-4</SessionToken>";
const alice = "arn:aws:iam::111122223333:user/alice";

interface FetchContext {
  readonly host?: string;
  readonly identity?: Identity;
  readonly env?: Readonly<Record<string, string>>;
}

function told(
  error: unknown,
  { host = registryHost, identity = { kind: "ambient" }, env = {} }: FetchContext = {},
) {
  const registry = parseHost(host);
  assert.ok(registry);
  const failure = failureOf(error, { wanted: "token", registry, identity, env }, undefined);
  assert.doesNotMatch(failure.oneLine, /test-words/);
  assert.doesNotMatch(failure.oneLine, /[\r\n]| {2}/);
  assert.match(failure.message, /^no ECR token for \S+ \(identity: /);
  assert.match(failure.fix, /[^.\s]$/);
  return failure;
}

const exception = (name: string, message = "", status = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
const role = (cause: unknown, byWebIdentity = false) =>
  new RoleError({ role: ciRole, region: "eu-west-1", byWebIdentity }, cause);
const source = (kind: SourceError["kind"], text: string, profile: string | undefined = "p") =>
  SourceError.of({ kind, profile }, new Error(text));

describe("failureOf: error responses of AWS", () => {
  const denied = (action: string, reason: string) =>
    `User: ${alice} is not authorized to perform: ${action} on resource: * ${reason}`;

  for (const [error, code, why, fix] of [
    [exception("ExpiredTokenException", "expired"), "SESSION_EXPIRED", /^ECR reports/, /sign in again/],
    [role(exception("ExpiredToken", "expired", 403)), "SESSION_EXPIRED", /^STS reports/, /sign in again/],
    [role(exception("ExpiredTokenException", "old"), true), "WEB_IDENTITY_REFUSED", /old/, /not expired/],
    [exception("UnrecognizedClientException"), "KEYS_UNKNOWN", /ECR in us-east-1/, /partition aws/],
    [role(exception("InvalidClientTokenId")), "KEYS_UNKNOWN", /STS in eu-west-1/, /region is enabled/],
    [exception("InvalidSignatureException", "does not match"), "KEYS_WRONG", /secret access key/, /quotes/],
    [role(exception("SignatureDoesNotMatch")), "KEYS_WRONG", /^STS/, /quotes/],
    [
      exception("InvalidSignatureException", "Signature expired: 2026 is now earlier"),
      "CLOCK_SKEW",
      /wrong time/,
      /clock/,
    ],
    [
      exception("InvalidSignatureException", "Signature not yet current: 2026"),
      "CLOCK_SKEW",
      /wrong time/,
      /clock/,
    ],
    [exception("RequestExpired"), "CLOCK_SKEW", /wrong time/, /clock/],
    [role(exception("RegionDisabledException")), "REGION_NOT_ENABLED", /STS .* eu-west-1/, /enable/],
    [
      role(exception("InvalidIdentityToken", "no provider"), true),
      "WEB_IDENTITY_REFUSED",
      /no provider/,
      /OIDC/,
    ],
    [exception("ThrottlingException", "Rate exceeded"), "THROTTLED", /too many requests/, /again/],
    [exception("TooManyRequestsException", "", 429), "THROTTLED", /too many requests/, /again/],
    [exception("ServerException", "", 500), "AWS_FAULT", /HTTP 500/, /health\.aws/],
    [
      role(exception("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration")),
      "ROLE_DURATION",
      /MaxSessionDuration/,
      /shorten/,
    ],
    [exception("SyntaxError", "Unexpected token <", 200), "BAD_ANSWER", /HTTP 200/, /captive portal/],
    [exception("UnknownError", "", 404), "BAD_ANSWER", /HTTP 404/, /captive portal/],
    [
      new AnswerError("the answer contains no authorization token"),
      "BAD_ANSWER",
      /no authorization/,
      /proxy/,
    ],
    [exception("InvalidParameterException", `no ${secrets}`), "AWS_REFUSED", /InvalidParameter/, /look/],
    [new RangeError(`a bug\n${secrets}`), "UNEXPECTED", /RangeError: a bug/, /report/],
    ["a word", "UNEXPECTED", /a word/, /report/],
    [
      exception(
        "AccessDeniedException",
        denied("ecr:GetAuthorizationToken", "because no identity-based policy allows"),
      ),
      "ACCESS_DENIED",
      /user\/alice lacks ecr:GetAuthorizationToken$/,
      /allow ecr:GetAuthorizationToken on resource "\*" in an identity-based policy of arn/,
    ],
    [
      exception(
        "AccessDeniedException",
        denied("ecr:X", "because no VPC endpoint policy allows the ecr:X action"),
      ),
      "ACCESS_DENIED",
      /lacks ecr:X/,
      /in a VPC endpoint policy/,
    ],
    [
      exception(
        "AccessDeniedException",
        denied("ecr:X", "with an explicit deny in a service control policy"),
      ),
      "ACCESS_DENIED",
      /explicit deny in a service control policy/,
      /removed from that service control policy/,
    ],
    [exception("AccessDeniedException", ""), "ACCESS_DENIED", /its principal lacks/, /allow ecr:/],
    [
      role(exception("AccessDenied", denied("sts:AssumeRole", ""))),
      "ROLE_DENIED",
      /user\/alice lacks sts:AssumeRole on arn:\S+role\/ci$/,
      /trust policy/,
    ],
    [
      role(exception("AccessDenied", denied("sts:AssumeRole", "with an explicit deny"))),
      "ROLE_DENIED",
      /by an explicit deny in a policy$/,
      /trust policy/,
    ],
    [
      role(exception("AccessDenied", "Not authorized"), true),
      "WEB_IDENTITY_REFUSED",
      /Not authorized/,
      /OIDC/,
    ],
  ] as const) {
    const name = error instanceof RoleError ? `STS's ${(error.cause as Error).name}` : String(error);
    it(`${code} for ${name.split("\n")[0]?.slice(0, 60)}`, () => {
      const failure = told(error);
      assert.equal(failure.code, code);
      assert.match(failure.message.replace(/^.*? \(identity: .*?\): /, ""), why);
      assert.match(failure.fix, fix);
    });
  }

  it("names both permissions that ECR Public requires", () => {
    const failure = told(exception("AccessDeniedException"), { host: "public.ecr.aws" });
    assert.match(failure.fix, /ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken/);
  });

  it("explains how to renew expired keys, by their source", () => {
    const ended = exception("ExpiredTokenException");
    assert.match(told(ended, { env: { AWS_ACCESS_KEY_ID: "K" } }).fix, /in the environment/);
    assert.match(told(ended, { identity: { kind: "profile", profile: "p" } }).fix, /of profile p/);
  });

  it("does not change a Failure", () => {
    const failure = told(new Failure("ROLE_ARN", "it is none", "write one"));
    assert.deepEqual([failure.code, failure.fix], ["ROLE_ARN", "write one"]);
  });
});

describe("failureOf: sources of credentials", () => {
  for (const [error, code, why, fix] of [
    [source("sso", "The SSO session has expired"), "SSO_EXPIRED", /profile p/, /aws sso login --profile p'/],
    [source("sso", "x", "default"), "SSO_EXPIRED", /profile default/, /'aws sso login'/],
    [source("sso", "ForbiddenException: No access"), "SSO_ROLE_DENIED", /profile p/, /permission set/],
    [source("sso", "TooManyRequestsException"), "THROTTLED", /Identity Center/, /minute/],
    [source("login", `ended ${secrets}`), "LOGIN_EXPIRED", /profile p/, /aws login --profile p/],
    [source("process", "exit code 3"), "PROCESS_FAILED", /: exit code 3$/, /by hand/],
    [source("web-identity", "ENOENT"), "WEB_IDENTITY_FILE", /ENOENT/, /web_identity_token_file of profile p/],
    [
      SourceError.of({ kind: "web-identity" }, "ENOENT"),
      "WEB_IDENTITY_FILE",
      /ENOENT/,
      /AWS_WEB_IDENTITY_TOKEN_FILE/,
    ],
    [
      source("instance", "mute"),
      "NO_CREDENTIALS",
      /credential_source of profile p has none: mute/,
      /instance/,
    ],
    [SourceError.of({ kind: "sso", profile: "p" }, transport("dns", "ENOTFOUND")), "DNS", /api/, /DNS/],
    [
      new InstanceMetadataError("it is mute"),
      "NO_CREDENTIALS",
      /and it is mute$/,
      /^run 'aws configure sso' and/,
    ],
  ] as const) {
    it(`${code} for ${String(error instanceof SourceError ? `${error.kind}: ${error.cause}` : error).slice(0, 60)}`, () => {
      const failure = told(error);
      assert.equal(failure.code, code);
      assert.match(failure.message, why);
      assert.match(failure.fix, fix);
    });
  }
});

function transport(problem: TransportProblem, code: string, proxy?: string) {
  return new TransportError(problem, code, { host: "api.example", proxy });
}

describe("failureOf: the connection to AWS", () => {
  for (const [problem, code, proxy, told_, why, fix] of [
    ["timeout", "ETIMEDOUT", undefined, "TIMEOUT", /api\.example did not answer in time/, /network/],
    [
      "timeout",
      "ETIMEDOUT",
      "p:1",
      "TIMEOUT",
      /api\.example did not answer in time through the proxy p:1 \(HTTPS_PROXY\)/,
      /HTTPS_PROXY/,
    ],
    ["dns", "ENOTFOUND", undefined, "DNS", /name of api\.example/, /region/],
    ["dns", "ENOTFOUND", "p:1", "DNS", /name of the proxy p:1/, /HTTPS_PROXY/],
    ["refused", "ECONNREFUSED", "p:1", "UNREACHABLE", /the proxy p:1 .*ECONNREFUSED/, /NO_PROXY/],
    ["unreachable", "ENETUNREACH", undefined, "UNREACHABLE", /ENETUNREACH/, /VPN/],
    ["closed", "ECONNRESET", undefined, "UNREACHABLE", /closed the connection/, /VPN/],
    ["tls", "CERT_HAS_EXPIRED", undefined, "TLS", /CERT_HAS_EXPIRED/, /clock/],
    ["tls", "ERR_TLS_CERT_ALTNAME_INVALID", undefined, "TLS", /ALTNAME/, /another server answers/],
    ["tls", "SELF_SIGNED_CERT_IN_CHAIN", undefined, "TLS", /SELF_SIGNED/, /AWS_CA_BUNDLE/],
    ["proxy", "ERR_PROXY_TUNNEL", "p:1", "PROXY", /p:1 \(HTTPS_PROXY\) does not connect to api/, /login/],
    ["proxy", "UnsupportedProxyProtocol", "p:1", "PROXY", /p:1 \(HTTPS_PROXY\) is neither/, /HTTPS_PROXY/],
    [
      "handshake",
      "EPROTO",
      undefined,
      "TLS",
      /api\.example does not support HTTP\/1.1 over TLS/,
      /check what/,
    ],
    ["handshake", "EPROTO", "p:1", "TLS", /through the proxy p:1 \(HTTPS_PROXY\) does not/, /check what/],
    ["garbled", "Malformed", undefined, "BAD_ANSWER", /is not valid HTTP \(Malformed\)/, /portal/],
    ["garbled", "Malformed", "p:1", "BAD_ANSWER", /through the proxy p:1/, /HTTPS_PROXY/],
    ["address", "ERR_INVALID_URL", "p:1", "PROXY", /HTTPS_PROXY is not the address/, /http:\/\/HOST:PORT/],
    ["other", "Strange", undefined, "UNREACHABLE", /did not answer \(Strange\)/, /VPN/],
  ] as const) {
    it(`${told_} for ${problem} ${code}${proxy ? " by proxy" : ""}`, () => {
      for (const error of [transport(problem, code, proxy), role(transport(problem, code, proxy))]) {
        const failure = told(error);
        assert.equal(failure.code, told_);
        assert.match(failure.message, why);
        assert.match(failure.fix, fix);
      }
    });
  }

  for (const [code, problem] of [
    ["EAI_AGAIN", "dns"],
    ["ConnectionClosed", "closed"],
    ["FailedToOpenSocket", "unreachable"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
    ["CERT_NOT_YET_VALID", "tls"],
    ["UnsupportedProxyProtocol", "proxy"],
    ["EPROTO", "handshake"],
    ["Malformed_HTTP_Response", "garbled"],
    ["UNREADABLE_BUNDLE", "bundle"],
    ["Strange", "other"],
  ] as const) {
    it(`classifies ${code} as ${problem}`, () => {
      const error = transportError(Object.assign(new Error(), { code }), { host: "h" });
      assert.deepEqual([error.problem, error.code], [problem, code]);
    });
  }

  for (const [code, status, isRetried] of [
    ["ERR_PROXY_TUNNEL", 503, true],
    ["ERR_PROXY_TUNNEL", 429, true],
    ["ERR_PROXY_TUNNEL", 407, false],
    ["ERR_PROXY_TUNNEL", 403, false],
    ["ERR_PROXY_TUNNEL", undefined, false],
    ["Malformed_HTTP_Response", undefined, true],
    ["ConnectionClosed", undefined, true],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", undefined, false],
    ["EPROTO", undefined, false],
  ] as const) {
    it(`${isRetried ? "marks" : "does not mark"} ${code} ${status ?? ""} for a retry`, () => {
      const cause = Object.assign(new Error(), { code, ...(status && { status }) });
      assert.equal(transportError(cause, { host: "h" }).$retryable !== undefined, isRetried);
    });
  }
});

describe("failureOf: a host that can't be resolved", () => {
  for (const [region, fix] of [
    ["eu-west-1", /^check DNS/],
    ["eu-wset-1", /^check region eu-wset-1 of the role/],
  ] as const) {
    it(`suspects the role's region ${region} only if it does not exist`, () => {
      const identity = { kind: "role", roleArn: ciRole, region } as const;
      const registry = parseHost(registryHost);
      assert.ok(registry);
      const config = { path: "/c/config.yaml", line: 3 };
      const error = role(transport("dns", "ENOTFOUND"));
      const failure = failureOf(
        error,
        { wanted: "token", registry, identity: identity as unknown as Identity, env: {}, config },
        undefined,
      );
      assert.equal(failure.code, "DNS");
      assert.match(failure.fix, fix);
    });
  }

  it("names the nearest region if the registry's does not exist", () => {
    const { message, fix } = told(transport("dns", "ENOTFOUND"), {
      host: registryHost.replace("us-east-1", "us-esat-1"),
    });
    assert.match(message, /us-esat-1 is not an AWS region$/);
    assert.match(fix, /^write us-east-1 in the host of the registry, or check DNS/);
  });
});
