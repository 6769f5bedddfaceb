import assert from "node:assert/strict";
import { type IamDenial, iamDenialIn, withArticle } from "../../../src/aws/errors/iam-denial.ts";

const user = "arn:aws:iam::111122223333:user/ci";
const start = `User: ${user} is not authorized to perform: ecr:GetAuthorizationToken`;
const said = { principal: user, action: "ecr:GetAuthorizationToken" };

describe("iamDenialIn", () => {
  const cases: readonly (readonly [string, IamDenial])[] = [
    [start, { ...said, lacking: "identity-based policy" }],
    [
      `${start} on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action`,
      { ...said, resource: "*", lacking: "identity-based policy" },
    ],
    [
      `${start} because no permissions boundary allows the ecr:GetAuthorizationToken action`,
      { ...said, lacking: "permissions boundary" },
    ],
    [
      `${start} on resource: * with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p`,
      { ...said, resource: "*", deniedBy: "service control policy", lacking: "identity-based policy" },
    ],
    [`${start} with an explicit deny`, { ...said, deniedBy: "policy", lacking: "identity-based policy" }],
    ["Access denied", { lacking: "identity-based policy" }],
  ];
  for (const [message, expected] of cases) {
    it(`reads ${message.slice(start.length) || message}`, () => {
      assert.deepEqual(iamDenialIn(message), expected);
    });
  }

  it("names each kind of policy with an article", () => {
    const kinds = ["identity-based policy", "permissions boundary", "VPC endpoint policy", "session policy"];
    assert.deepEqual(kinds.map(withArticle), [
      "an identity-based policy",
      "a permissions boundary",
      "a VPC endpoint policy",
      "a session policy",
    ]);
  });
});
