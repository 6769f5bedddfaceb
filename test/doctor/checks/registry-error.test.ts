import assert from "node:assert/strict";
import { explainError } from "../../../src/doctor/checks/registry-error.ts";
import { parseHost } from "../../../src/registry/host.ts";

const registry = parseHost("111122223333.dkr.ecr.us-east-1.amazonaws.com");
const sent = { words: "the token", fix: "fix the token" };
const error = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });
const denied = (end: string) =>
  error(
    "DENIED",
    `User: arn:aws:sts::444455556666:assumed-role/ci/job is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:111122223333:repository/app ${end}`,
  );

const answers: readonly (readonly [status: number, body: string, code: string, text: RegExp])[] = [
  [401, "Not Authorized\n", "TOKEN_MISSING", /proxy removes the Authorization header/],
  [
    403,
    error("DENIED", "Your authorization token has expired. Reauthenticate and try again."),
    "TOKEN_EXPIRED",
    /fix the token/,
  ],
  [400, error("DENIED", "Your authorization token has expired."), "TOKEN_EXPIRED", /the token has expired/],
  [400, error("DENIED", "Your Authorization Token is invalid."), "TOKEN_UNKNOWN", /another region/],
  [400, "", "TOKEN_UNKNOWN", /another region/],
  [
    403,
    denied("because no identity-based policy allows the ecr:BatchGetImage action"),
    "IDENTITY_POLICY",
    /IAM policy of arn:aws:sts::444455556666:assumed-role\/ci\/job/,
  ],
  [
    403,
    denied("because no resource-based policy allows the ecr:BatchGetImage action"),
    "REPOSITORY_POLICY",
    /set-repository-policy/,
  ],
  [
    403,
    denied("because no VPC endpoint policy allows the ecr:BatchGetImage action"),
    "DENIED_BY_POLICY",
    /allow .* in the VPC endpoint policy/,
  ],
  [
    403,
    denied("with an explicit deny in a service control policy"),
    "DENIED_EXPLICITLY",
    /service control policy/,
  ],
  [403, denied(""), "IDENTITY_POLICY", /ecr:BatchGetImage/],
  [403, error("DENIED", "Not Authorized"), "REGISTRY_DENIED", /Not Authorized/],
  [
    404,
    error("NAME_UNKNOWN", "The repository with name 'app' does not exist"),
    "REPOSITORY_UNKNOWN",
    /CreateRepository/,
  ],
  [404, error("MANIFEST_UNKNOWN", "Requested image not found"), "IMAGE_UNKNOWN", /BatchImportUpstreamImage/],
  [404, "<html>", "BAD_ANSWER", /not ECR \(HTTP 404\)/],
  [302, "", "BAD_ANSWER", /captive portal/],
  [429, error("TOOMANYREQUESTS", "Rate exceeded"), "THROTTLED", /again in a minute/],
  [503, "", "AWS_FAULT", /health\.aws/],
];

describe("explainError", () => {
  for (const [status, body, code, text] of answers) {
    it(`${status} ${JSON.stringify(body.slice(-60))} is ${code}`, () => {
      assert.ok(registry);
      const finding = explainError({ status, body }, registry, sent);
      assert.equal(finding.status, "failed");
      assert.equal(finding.code, code);
      assert.match(`${finding.seen}: ${finding.fix}`, text);
    });
  }
});
