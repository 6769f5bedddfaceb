import assert from "node:assert/strict";
import { answersFor } from "../../src/token/failure-codes.ts";
import { controls, tokensAsked } from "../support/e2e/aws.ts";
import { failed, type Result, succeeded } from "../support/e2e/command.ts";
import { makeImage, removeImage } from "../support/e2e/images.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";
import { eventually } from "../support/eventually.ts";

const image = `${appRegistry}/token-life:1`;

async function pullAnew(tester: Tester): Promise<Result> {
  await removeImage(image);
  return await tester.docker("pull", image);
}

/** When AWS gave the newest token out, milliseconds since the epoch. */
function issuedAt(): number {
  const issued = controls()
    .log()
    .filter(({ operation, outcome }) => operation === "GetAuthorizationToken" && outcome === "ok");
  return issued.at(-1)?.at ?? Number.NaN;
}

const untilPassed = (moment: number, what: string) => eventually(what, () => Date.now() > moment, 20_000);

describe("docker pull during a token's lifetime", () => {
  before(async () => {
    await makeImage(image);
    succeeded(await newTester("alice").docker("push", image));
  });

  beforeEach(() => controls().reset());

  it("makes no call to AWS while the token is fresh, regardless of AWS", async () => {
    const alice = newTester("alice");
    succeeded(await pullAnew(alice));
    controls().fail("GetAuthorizationToken");
    succeeded(await pullAnew(alice));
    assert.equal(tokensAsked().length, 1);
  });

  it("survives an outage while the token is valid, and recovers", async () => {
    const life = 8_000;
    controls().set({ tokenLifeSeconds: life / 1000 });
    const alice = newTester("alice");
    succeeded(await pullAnew(alice));
    const issued = issuedAt();

    controls().fail("GetAuthorizationToken", {
      status: 503,
      code: "ServiceUnavailable",
      message: "AWS is down",
    });
    await untilPassed(issued + life / 2, "the token is no longer fresh");
    succeeded(await pullAnew(alice));
    assert.ok(tokensAsked().length > 1, "a better token was looked for");
    assert.equal(issuedAt(), issued, "none was given out");

    await untilPassed(issued + life, "the token is expired");
    failed(await pullAnew(alice), /no basic auth credentials/);

    controls().clear();
    await untilPassed(Date.now() + answersFor("AWS_FAULT"), "the failure answers no longer");
    succeeded(await pullAnew(alice));
    assert.ok(issuedAt() > issued);
  });

  it("shows the helper's reason if AWS refuses a token", async () => {
    // Docker throws away what a helper says on stdout when it pulls, and says "no basic auth credentials" itself.
    // The helper's stderr goes to the terminal: docker-credential-helpers, client/command.go.
    failed(await pullAnew(newTester("mallory")), /ecr:GetAuthorizationToken/);
  });

  it("shows the registry's message for a refused token, and docker logout fixes it", async () => {
    const alice = newTester("alice");
    succeeded(await pullAnew(alice));
    controls().revoke("all");
    failed(await pullAnew(alice), /Your authorization token has expired. Reauthenticate and try again/);
    succeeded(await alice.docker("logout", appRegistry));
    succeeded(await pullAnew(alice));
    assert.equal(tokensAsked().length, 2);
  });
});
