import assert from "node:assert/strict";
import { MinuteTimer } from "../../src/daemon/minute-timer.ts";
import { WakeableDelay } from "../../src/daemon/wakeable-delay.ts";

const hour = 3_600_000;
const eachSecond = "* * * * * *";
const RealDate = Date;

/** Has this process' wall clock show another time from now on, as when somebody sets it. @param by milliseconds */
function setClock(by: number): void {
  globalThis.Date = class extends RealDate {
    constructor(...given: []) {
      if (given.length === 0) super(RealDate.now() + by);
      else super(...given);
    }
    static override now = () => RealDate.now() + by;
  } as DateConstructor;
}

describe("the delay between two passes", () => {
  afterEach(() => {
    globalThis.Date = RealDate;
  });

  it("ends in time even if the clock is set back", async () => {
    const before = performance.now();
    const sleep = new WakeableDelay(300).sleep(Number.POSITIVE_INFINITY);
    setClock(-hour);
    await sleep;
    assert.ok(performance.now() - before < 8_000);
  });

  it("ends when a job is due, and when it is woken", async () => {
    const sleeper = new WakeableDelay();
    const before = performance.now();
    await sleeper.sleep(-1);
    const sleep = sleeper.sleep(Number.POSITIVE_INFINITY);
    sleeper.wake();
    await sleep;
    const took = performance.now() - before;
    assert.ok(240 < took && took < 8_000, `${took} ms`);
  });
});

describe("the timer of each minute", () => {
  let bell: MinuteTimer | undefined;
  let rung = Promise.withResolvers<void>();

  beforeEach(() => {
    rung = Promise.withResolvers();
    bell = new MinuteTimer(eachSecond, () => {
      bell?.stop();
      rung.resolve();
    });
  });
  afterEach(() => {
    bell?.stop();
    globalThis.Date = RealDate;
  });

  it("fires at the next match, and again after it was stopped", async () => {
    const afterTheSecond: number[] = [];
    for (let round = 0; round < 3; round++) {
      rung = Promise.withResolvers();
      bell?.start();
      await rung.promise;
      afterTheSecond.push((Date.now() + 50) % 1_000);
    }
    // A busy machine delays one of them.
    assert.ok(Math.min(...afterTheSecond) < 250, `${afterTheSecond}`);
  });

  for (const [what, by] of [
    ["months", 60 * 24 * hour],
    ["a minute", 60_000],
  ] as const) {
    it(`fires at once after the clock was set forward by ${what}, without iterating over all matches or logging`, async () => {
      const warn = console.warn;
      const said: unknown[] = [];
      console.warn = (line) => said.push(line);
      try {
        const before = performance.now();
        bell?.start();
        setClock(by);
        await rung.promise;
        assert.ok(performance.now() - before < 8_000);
        assert.deepEqual(said, []);
      } finally {
        console.warn = warn;
      }
    });
  }
});
