import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Clock,
  consistentSkew,
  type Life,
  type LifeState,
  lifeOf,
  lifeState,
  timeLeft,
} from "../../src/token/life.ts";
import { hour, minute, SettableClock, second } from "../support/fakes/clock.ts";

/** A token of 12 hours, the last of which is a reserve, and the events that follow on the machine. */
const SPECIFICATION: [situation: string, happens: (clock: SettableClock) => unknown, state: LifeState][] = [
  ["just issued", () => undefined, "fresh"],
  ["a moment before the reserve begins", (clock) => clock.pass(11 * hour - 1), "fresh"],
  ["when the reserve begins", (clock) => clock.pass(11 * hour), "usable"],
  ["a moment before it expires", (clock) => clock.pass(12 * hour - 1), "usable"],
  ["when it expires", (clock) => clock.pass(12 * hour), "expired"],
  ["a year later", (clock) => clock.pass(365 * 24 * hour), "expired"],

  ["NTP sets the clock back by 2 min", (clock) => clock.set(-2 * minute), "fresh"],
  ["the clock is set to more than 2 min before the issue", (clock) => clock.set(-2 * minute - 1), "usable"],
  ["the clock is set back, yet not before the issue", (clock) => clock.pass(3 * hour).set(-hour), "fresh"],
  ["set back by a day, in the reserve", (clock) => clock.pass(11 * hour).set(-24 * hour), "usable"],
  ["set back by 2 h, in the reserve", (clock) => clock.pass(11 * hour).set(-2 * hour), "usable"],
  ["set back by a day when it expires", (clock) => clock.pass(12 * hour).set(-24 * hour), "expired"],
  ["set back by 2 h when it expires", (clock) => clock.pass(12 * hour).set(-2 * hour), "expired"],
  ["set back by a day, then 12 h go by", (clock) => clock.set(-24 * hour).pass(12 * hour), "expired"],

  ["the clock jumps forward by 10 h", (clock) => clock.set(10 * hour), "fresh"],
  ["the clock jumps forward into the reserve", (clock) => clock.set(11 * hour), "usable"],
  ["the clock jumps past the expiry", (clock) => clock.set(12 * hour), "expired"],
  ["the clock jumps forward and back again", (clock) => clock.set(48 * hour).set(-48 * hour), "fresh"],

  ["a reboot", (clock) => clock.pass(hour).reboot(), "fresh"],
  ["a reboot, then the reserve", (clock) => clock.reboot().pass(11 * hour), "usable"],
  ["a reboot, then the expiry", (clock) => clock.reboot().pass(12 * hour), "expired"],
  [
    "a reboot that loses the clock",
    (clock) =>
      clock
        .pass(hour)
        .reboot()
        .set(-24 * hour),
    "usable",
  ],
  [
    "a reboot that loses the clock, and 12 h of the new boot",
    (clock) =>
      clock
        .reboot()
        .set(-24 * hour)
        .pass(12 * hour),
    "expired",
  ],

  ["the system no longer tells its boot", (clock) => clock.forgetBoot(), "fresh"],
  ["no boot told, the expiry", (clock) => clock.forgetBoot().pass(12 * hour), "expired"],
  ["no boot told, the clock set back", (clock) => clock.forgetBoot().set(-12 * hour), "usable"],
  [
    "no boot told, set back by more than a life",
    (clock) => clock.forgetBoot().set(-12 * hour - 1),
    "expired",
  ],
];

describe("lifeState, for a token of 12 h with a minValidity of 1 h", () => {
  for (const [situation, happens, state] of SPECIFICATION) {
    it(`${situation}: ${state}`, () => {
      const clock = new SettableClock();
      const life = lifeOf(clock.now + 12 * hour, 0, hour, clock.read());
      happens(clock);
      assert.equal(lifeState(life, clock.read()), state);
    });
  }

  it("uses only the wall clock if no boot was known at the time of issue", () => {
    const clock = new SettableClock();
    const { boot, ...life } = lifeOf(clock.now + 12 * hour, 0, hour, clock.read());
    assert.ok(boot);
    assert.equal(
      lifeState(
        life,
        clock
          .pass(11 * hour)
          .set(-3 * hour)
          .read(),
      ),
      "fresh",
    );
    assert.equal(lifeState(life, clock.pass(4 * hour).read()), "expired");
  });
});

/** Minutes that pass (`pass`) and minutes by which the clock is set (`set`), in any order. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ pass: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ set: fc.integer({ min: -5000, max: 5000 }) }),
  ),
  { maxLength: 12 },
);

const tokens = fc.record({
  life: fc.integer({ min: 1, max: 12 * 60 }),
  reserve: fc.integer({ min: 0, max: 120 }),
});

const worse: readonly LifeState[] = ["fresh", "usable", "expired"];

describe("lifeState, for random clocks", () => {
  it("is expired once the uptime has grown by the token's life", () => {
    fc.assert(
      fc.property(tokens, happenings, (token, happening) => {
        const clock = new SettableClock();
        const life = lifeOf(clock.now + token.life * minute, 0, token.reserve * minute, clock.read());
        let age = 0;
        for (const step of happening) {
          if ("set" in step) clock.set(step.set * minute);
          else {
            clock.pass(step.pass * minute);
            age += step.pass;
          }
          if (age >= token.life) assert.equal(lifeState(life, clock.read()), "expired");
        }
      }),
    );
  });

  it("is expired after the expiry by the wall clock, in any boot", () => {
    fc.assert(
      fc.property(tokens, fc.nat(100_000), fc.boolean(), (token, beyond, rebooted) => {
        const clock = new SettableClock();
        const life = lifeOf(clock.now + token.life * minute, 0, token.reserve * minute, clock.read());
        if (rebooted) clock.reboot();
        assert.equal(lifeState(life, clock.set(token.life * minute + beyond).read()), "expired");
      }),
    );
  });

  it("never improves while the clock is not changed", () => {
    fc.assert(
      fc.property(tokens, fc.array(fc.nat(300), { maxLength: 8 }), (token, steps) => {
        const clock = new SettableClock();
        const life = lifeOf(clock.now + token.life * minute, 0, token.reserve * minute, clock.read());
        const states = steps.map((step) => worse.indexOf(lifeState(life, clock.pass(step * minute).read())));
        assert.deepEqual(states, [...states].sort());
      }),
    );
  });
});

const LIVES: [token: string, seconds: number, minValidity: number, freshFor: number][] = [
  ["of 12 h, with a reserve of 1 h", 43_200, 3600, 39_600],
  ["of 2 h, whose half is the reserve just so", 7200, 3600, 3600],
  ["of 1 h, whose half is less than the reserve", 3600, 3600, 1800],
  ["of 10 s", 10, 3600, 5],
  ["of 12 h, with no reserve", 43_200, 0, 43_200],
  ["that expired as it came", 0, 3600, 0],
];

describe("the life of a token whose answer contradicts itself", () => {
  const now = 1_795_000_000_000;
  /** Hours until the end of the token by the clock that is right, if one is; NaN: the token is refused. */
  const CASES: [what: string, expires: number, date: number, left: number][] = [
    ["both clocks are right", 12, 0, 12],
    ["ours is 5 h behind", 17, 5, 12],
    ["ours is 5 h ahead", 7, -5, 12],
    ["ours is 3 days behind", 84, 72, 12],
    ["ours is 3 days ahead", -60, -72, 12],
    ["Date is 5 h behind", 12, -5, 12],
    ["Date is 5 h ahead", 12, 5, 12],
    ["Date is 3 days ahead, by which the token is over", 12, 72, 12],
    ["Date is 3 days behind", 12, -72, 12],
    ["the token lives for 2 h, both clocks are right", 2, 0, 2],
    ["the token lives for 2 h, and Date is 5 h behind", 2, -5, 2],
    ["the token lives for 2 h, and ours is 5 h behind", 7, 5, 2],
    ["the token lives for 2 h, and ours is 3 days ahead", -70, -72, 2],
    ["the token lives for a year", 8_760, 0, 12],
    ["the token was over an hour ago", -1, 0, Number.NaN],
    ["the token was over an hour ago, and ours is 5 h behind", 4, 5, Number.NaN],
    ["the token was over 10 years ago, whatever Date is", -87_600, 5, Number.NaN],
  ];
  for (const [what, expires, date, left] of CASES) {
    it(`${what}: ${Number.isNaN(left) ? "no token" : `${left} h`}`, () => {
      const expiresAt = now + expires * hour;
      const skew = consistentSkew(expiresAt, date * hour, now);
      const clock = new SettableClock();
      const life = lifeOf(expiresAt - now + clock.now, skew, 0, clock.read());
      assert.equal(timeLeft(life, clock.read()), Number.isNaN(left) ? 0 : left * hour);
    });
  }

  it("is never longer than by the clock that is right, unless the token seems to be one of 12 h", () => {
    const hours = fc.integer({ min: -200, max: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 719 }), hours, fc.boolean(), (minutes, error, isOurs) => {
        const real = minutes * minute;
        // Our clock is wrong by `error`, or the answer's Date is.
        const expiresAt = now + real + (isOurs ? error * hour : 0);
        const skew = consistentSkew(expiresAt, error * hour, now);
        const counted = expiresAt - skew - now;
        const seemsToLive12Hours = Math.abs(counted - 12 * hour) <= 10 * minute;
        assert.ok(counted <= real || seemsToLive12Hours);
      }),
    );
  });
});

describe("lifeOf a token", () => {
  for (const [token, seconds, minValidity, freshFor] of LIVES) {
    it(`${token}: fresh for ${freshFor} s`, () => {
      const clock = new SettableClock().read();
      const life = lifeOf(clock.now + seconds * second, 0, minValidity * second, clock);
      assert.equal(life.freshUntil - clock.now, freshFor * second);
      assert.equal(life.expiresAt - clock.now, seconds * second);
    });
  }

  const TOO_LONG: [what: string, skew: number, took: number, left: number][] = [
    ["its answer's Date is 5 h behind", -5 * hour, 0, 12 * hour],
    ["its answer's Date is 100 years behind", -876_000 * hour, 0, 12 * hour],
    ["our clock was put right by 36 h meanwhile", -18 * hour, 10 * second, 12 * hour - 10 * second],
    ["the machine slept for 5 h with the request on its way", -5 * hour, 5 * hour, 7 * hour],
    ["it slept longer than the token lives", -13 * hour, 13 * hour, 0],
  ];
  for (const [what, skew, took, left] of TOO_LONG) {
    it(`of 12 h: lasts no longer from its request on, even if ${what}`, () => {
      const clock = new SettableClock().read();
      const life = lifeOf(clock.now + 12 * hour, skew, hour, clock, took);
      assert.equal(timeLeft(life, clock), left);
      assert.equal(lifeState(life, clock), left > 0 ? "fresh" : "expired");
    });
  }

  it("lasts at most 12 h, even if its file contains more", () => {
    const clock = new SettableClock();
    const { now } = clock;
    const years = 876_000 * hour;
    const life: Life = {
      ...lifeOf(now + 12 * hour, 0, hour, clock.read()),
      freshUntil: years,
      expiresAt: 2 * years,
    };
    assert.equal(timeLeft(life, clock.read()), 12 * hour);
    assert.equal(lifeState(life, clock.pass(12 * hour - 1).read()), "usable");
    assert.equal(lifeState(life, clock.pass(1).read()), "expired");
  });

  it("has whole milliseconds, as its file has: a renewal is planned for exactly this token", () => {
    const clock = new SettableClock().read();
    for (const took of [0.25, 12.6184, 1_000.5]) {
      const { expiresAt, freshUntil } = lifeOf(clock.now + 13 * hour, 0, hour, clock, took);
      assert.ok(Number.isInteger(expiresAt) && Number.isInteger(freshUntil));
      assert.ok(expiresAt <= clock.now - took + 12 * hour);
    }
  });

  it("that expired before it arrived is expired", () => {
    const clock = new SettableClock().read();
    assert.equal(lifeState(lifeOf(clock.now - 1, 0, hour, clock), clock), "expired");
  });

  it("contains the time and the boot of issue", () => {
    const clock = new SettableClock().read();
    const { issuedAt, boot } = lifeOf(clock.now + hour, 0, 0, clock);
    assert.deepEqual({ now: issuedAt, boot }, clock);
    assert.equal("boot" in lifeOf(clock.now + hour, 0, 0, { now: clock.now }), false);
  });

  it("expires by AWS's clock after a reboot, in which our clock may have been corrected", () => {
    const clock = new SettableClock();
    const { now } = clock;
    // The local clock is 3 h ahead: AWS's 12 h end at 9 h from now by the local clock.
    const life = lifeOf(now + 9 * hour, -3 * hour, hour, clock.read());
    const afterBoot = (time: number): Clock => ({ now: now + time, boot: { id: "another", uptime: 0 } });
    assert.equal(lifeState(life, afterBoot(9 * hour - 1)), "usable");
    assert.equal(lifeState(life, afterBoot(9 * hour)), "expired");
  });

  for (const skew of [-3 * hour, 3 * hour]) {
    it(`lasts 12 h here too if AWS's clock differs by ${skew / hour} h`, () => {
      const clock = new SettableClock();
      const life: Life = lifeOf(clock.now + skew + 12 * hour, skew, hour, clock.read());
      const { now, boot } = clock.read();
      const at = (time: number): Clock =>
        boot ? { now: now + time, boot: { id: boot.id, uptime: boot.uptime + time } } : { now: now + time };
      assert.equal(lifeState(life, at(11 * hour - 1)), "fresh");
      assert.equal(lifeState(life, at(12 * hour - 1)), "usable");
      assert.equal(lifeState(life, at(12 * hour)), "expired");
    });
  }
});

const TIME_LEFT: [situation: string, happens: (clock: SettableClock) => unknown, left: number][] = [
  ["just issued", () => undefined, 12 * hour],
  ["half of it used", (clock) => clock.pass(6 * hour), 6 * hour],
  ["a moment before it expires", (clock) => clock.pass(12 * hour - 1), 1],
  ["when it expires", (clock) => clock.pass(12 * hour), 0],
  ["long after", (clock) => clock.pass(100 * hour), 0],
  ["the clock jumps forward", (clock) => clock.set(5 * hour), 7 * hour],
  ["the clock is set to before the issue", (clock) => clock.set(-5 * minute), 12 * hour],
  [
    "the clock is set back, and only the boot knows the age",
    (c) => c.pass(6 * hour).set(-24 * hour),
    6 * hour,
  ],
  ["the clock is set back when it expires", (clock) => clock.pass(12 * hour).set(-24 * hour), 0],
  [
    "a reboot that loses the clock",
    (clock) =>
      clock
        .pass(hour)
        .reboot()
        .set(-24 * hour),
    12 * hour - 30 * second,
  ],
  ["the system tells no boot, set back by a year", (c) => c.forgetBoot().set(-365 * 24 * hour), 0],
];

describe("timeLeft of a token of 12 h", () => {
  for (const [situation, happens, left] of TIME_LEFT) {
    it(`${situation}: ${left / hour} h`, () => {
      const clock = new SettableClock();
      const life = lifeOf(clock.now + 12 * hour, 0, hour, clock.read());
      happens(clock);
      assert.equal(timeLeft(life, clock.read()), left);
    });
  }
});
