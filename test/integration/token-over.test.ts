import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { aliceKeeps, heartbeat, keeper } from "../support/program/keeping.ts";
import { beginSlowCases, slowCase } from "../support/program/slow-cases.ts";
import { keys, OpenStanding, publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import { authorizationFiles, hour, minute, second, tokenFile } from "../support/program/state.ts";
import { answered, told } from "../support/program/verdicts.ts";

/** Seconds from its coming until a token's end. */
const OVER: readonly [what: string, seconds: number][] = [
  ["a second ago", -1],
  ["half an hour ago", -1800],
  ["ten years ago, as with some AWS emulators", -10 * 365 * 24 * 3600],
];

describe("a token that has already expired", () => {
  const standing = useStanding();

  for (const [what, seconds] of OVER) {
    it(`${what}, is refused and not stored`, async () => {
      standing.aws.controls.set({ tokenLifeSeconds: seconds });
      const alice = standing.user(keys("alice"));
      for (const host of [registry, publicRegistry]) {
        const ran = await alice.get(host);
        told(ran, "BAD_ANSWER", host, "expired", "AWS_ENDPOINT_URL");
        assert.ok(!existsSync(tokenFile(alice, host)));
      }
      assert.deepEqual(authorizationFiles(alice), []);
    });
  }

  it("does not replace a valid one", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const secret = answered(await user.get(registry), registry);
    standing.aws.controls.set({ tokenLifeSeconds: -60 });
    assert.match((await user.run(["refresh", "--force"])).stderr, /expired.*\[BAD_ANSWER\]/);
    assert.equal(answered(await user.get(registry), registry), secret);
  });

  it("is not a valid token for doctor either", async () => {
    standing.aws.controls.set({ tokenLifeSeconds: -60 });
    const { stdout, exitCode } = await keeper(standing, aliceKeeps("111122223333")).run(["doctor", registry]);
    assert.match(stdout, /BAD_ANSWER/);
    assert.notEqual(exitCode, 0);
  });
});

describe("a token in a response with a wrong date", () => {
  const standing = useStanding();

  it("is used for 12 hours at most", async () => {
    // AWS's clock is 5 h behind, its tokens' ends are right: 17 h from its own time.
    standing.aws.controls.set({ clockOffsetMs: -5 * hour, tokenLifeSeconds: 17 * 3600 });
    const user = keeper(standing, aliceKeeps("111122223333"));
    answered(await user.get(registry), registry);
    const { registries } = JSON.parse((await user.run(["status", "--json"])).stdout);
    assert.ok(registries[0].secondsLeft <= 12 * 3600, `${registries[0].secondsLeft / 3600} hours`);
  });
});

describe("a token whose end contradicts the date of the response", () => {
  const standing = useStanding();

  for (const [what, clockHours, real] of [
    ["three days ahead, by which the token is over", 72, 12],
    ["five hours ahead", 5, 12],
    ["five hours behind, of a token that lives for two hours", -5, 2],
  ] as const) {
    it(`is used until its end if the date is ${what}`, async () => {
      const tokenLifeSeconds = (real - clockHours) * 3600;
      standing.aws.controls.set({ clockOffsetMs: clockHours * hour, tokenLifeSeconds });
      const user = keeper(standing, aliceKeeps("111122223333"));
      answered(await user.get(registry), registry);
      const { registries } = JSON.parse((await user.run(["status", "--json"])).stdout);
      const { secondsLeft } = registries[0];
      // The commands take some seconds, and of AWS's clock only the seconds are known.
      assert.ok(
        secondsLeft <= real * 3600 + 5 && secondsLeft > real * 3600 - 300,
        `${secondsLeft / 3600} hours`,
      );
    });
  }
});

const opened: OpenStanding[] = [];
after(() => Promise.all(opened.map((each) => each.close())));

describe("the calls of a daemon", function () {
  this.timeout(120_000);
  before(beginSlowCases);

  const RATES: readonly [what: string, tokenLifeSeconds: number, failing: boolean][] = [
    ["whose tokens have already expired", -60, false],
    ["whose tokens live for a second", 1, false],
    ["whose token of 20 s is followed by HTTP 500", 20, true],
  ];
  for (const [what, tokenLifeSeconds, isFailing] of RATES) {
    const outcome = slowCase(async () => {
      const standing = await OpenStanding.start();
      opened.push(standing);
      standing.aws.controls.set({ tokenLifeSeconds });
      const user = keeper(standing, aliceKeeps("111122223333"));
      const daemon = user.start(["daemon"]);
      const calls = () =>
        standing.aws.controls.log().filter((each) => each.operation === "GetAuthorizationToken");
      await eventually("the first call", () => calls().length > 0, 20_000);
      if (isFailing) standing.aws.controls.fail("GetAuthorizationToken");
      const first = calls()[0]?.at ?? 0;
      // The SDK tries one that failed three times, within a second or two.
      const later = () => calls().find(({ at }) => at > first + 5 * second);
      const next = await eventually("the next call", later, 40_000);
      assert.equal(heartbeat(user).pid, daemon.pid);
      const gap = next.at - first;
      assert.ok(14.9 * second <= gap && gap < minute, `${gap} ms after the first`);
      assert.ok(calls().filter(({ at }) => at < next.at).length <= 3);
    });
    it(`${what}: at least 15 s apart`, outcome);
  }
});
