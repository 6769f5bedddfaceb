import assert from "node:assert/strict";
import fc from "fast-check";
import { redact, redacted } from "../../src/token/redact.ts";

/** Composed here, so that no file of this project seems to contain a secret. */
const made = (alphabet: string, length: number) =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + 3) % alphabet.length]).join("");
const digits = "0123456789";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const mixed = `${upper.toLowerCase()}${upper}${digits}`;

const keyId = (kind: string) => `${kind}${made(upper + digits, 16)}`;
const secretKey = made(`${mixed}+/`, 40);
const webToken = ["header", "payload", "signature"].map((part) => `eyJ${part}${made(mixed, 20)}`).join(".");

const SECRETS: [what: string, text: (secret: string) => string, secret: string][] = [
  ["an access key", (s) => `the key ${s} is not active`, keyId("AKIA")],
  ["a temporary access key", (s) => `Credential=${s}/20260115/us-east-1/ecr/aws4_request`, keyId("ASIA")],
  ["a secret key that stands alone", (s) => `could not use ${s} here`, secretKey],
  ["a secret key in the credentials file's form", (s) => `aws_secret_access_key = ${s}`, secretKey],
  ["a secret key in JSON", (s) => `{"SecretAccessKey": "${s}"}`, secretKey],
  ["a secret key in XML", (s) => `<SecretAccessKey>${s}</SecretAccessKey>`, secretKey],
  ["a session token in a header", (s) => `x-amz-security-token: ${s}`, made(mixed, 300)],
  [
    "a session token in a query",
    (s) => `https://sts.example/?X-Amz-Security-Token=${s}&a=b`,
    made(mixed, 300),
  ],
  ["a signature", (s) => `X-Amz-Signature=${s}&x=y`, made("0123456789abcdef", 64)],
  ["a basic authorization", (s) => `Authorization: Basic ${s}`, made(mixed, 24)],
  ["a bearer token", (s) => `the header was 'Bearer ${s}'`, made(mixed, 24)],
  ["a JWT", (s) => `cannot read ${s}`, webToken],
  ["a password in a URL", (s) => `proxy http://user:${s}@proxy.example:3128 refused`, "made-up-word"],
  [
    "a password in a URL, with a blank",
    (s) => `proxy "http://user:a ${s} b@proxy.example:3128" refused`,
    "made-up-word",
  ],
  ["a session's id", (s) => `sessionid=${s}`, "made-up-word"],
  ["a password in a sentence", (s) => `the password is ${s}, which is wrong`, "made4up2word"],
  ["a passphrase in quotes", (s) => `wrong passphrase '${s}'`, "made-up-word"],
  ["a token that was refused", (s) => `token "${s}" is not valid`, "made-up-word"],
  ["a secret key by its words", (s) => `the secret access key ${s} is not known`, "made4up2word"],
  ["a setting without its sign", (s) => `AWS_SECRET_ACCESS_KEY ${s}`, "made4up2word"],
  ["an API key by its words", (s) => `api key: ${s}`, "made4up2word"],
  [
    "a key in PEM",
    (s) => `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`,
    "made4up2word",
  ],
  ["a key in PEM that is cut off", (s) => `-----BEGIN PRIVATE KEY----- ${s}`, "made4up2word"],
  ["an access token of Docker Hub", (s) => `login with dckr_pat_${s} failed`, made(mixed, 27)],
  ["an access token of GitLab", (s) => `glpat-${s}`, made(mixed, 20)],
  ["a password in a setting", (s) => `password=${s}`, "made-up-word"],
  ["an ECR password", (s) => `docker said ${s}`, made(mixed, 2000)],
];

const KEPT = [
  "the security token included in the request is invalid",
  "the token file /var/run/secrets/eks.amazonaws.com/serviceaccount/token2 can't be read",
  "no token for 111122223333.dkr.ecr.us-east-1.amazonaws.com",
  "a token for 111122223333.dkr.ecr.us-east-1.amazonaws.com (valid for 11h 20m)",
  'secrets "ecr-pull-2" not found',
  "the token 'AWS_SESSION_TOKEN' is set; the token us-east-1 is not",
  "signature arn:aws:iam::111122223333:role/ci2role does not match",
  "User: arn:aws:sts::111122223333:assumed-role/ci-pull/session is not authorized to perform: ecr:GetAuthorizationToken",
  "111122223333.dkr.ecr.us-east-1.amazonaws.com",
  "https://api.ecr.us-east-1.amazonaws.com/ answered 503",
  "http://169.254.169.254/latest/api/token did not answer",
  "The security token included in the request is expired",
  "The config profile (ci) could not be found",
  "/home/somebody/.aws/config line 12",
  "credential_process of profile ci ended with 1",
  "aws sso login --profile ci",
  "http://127.0.0.1:3128 refused what user@host asked for",
  "ENOTFOUND sts.eu-central-1.amazonaws.com",
];

describe("redact", () => {
  for (const [what, text, secret] of SECRETS) {
    it(`redacts ${what}, also at the ends and in the middle of lines`, () => {
      for (const app of ["", "\n", "first line\nand "]) {
        const told = redact(app + text(secret) + app);
        for (let at = 0; at + 12 <= secret.length; at++)
          assert.ok(!told.includes(secret.slice(at, at + 12)), told);
        assert.ok(told.includes(redacted));
      }
    });
  }

  for (const text of KEPT) {
    it(`keeps what users need: ${text.slice(0, 60)}`, () => assert.equal(redact(text), text));
  }

  it("keeps the words around a secret", () => {
    assert.equal(redact(`a ${secretKey} b`), `a ${redacted} b`);
    assert.match(
      redact("proxy http://user:made-up-word@proxy.example:3128 refused"),
      /^proxy .*@proxy\.example:3128 refused$/,
    );
  });

  it("redacts several secrets", () => {
    const text = `${keyId("AKIA")} and ${keyId("ASIA")} and ${secretKey}`;
    assert.equal(redact(text).match(/\[redacted\]/g)?.length, 3);
  });

  it("changes nothing the second time, and ends for any text", () => {
    const pieces = fc.constantFrom(
      ...SECRETS.map(([, text, secret]) => text(secret)),
      ...KEPT,
      "=",
      ":",
      '"',
      " ",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }), (parts) => {
        const once = redact(parts.join(""));
        assert.equal(redact(once), once);
      }),
      { numRuns: 60 },
    );
  });
});
