import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDuration } from "../../src/config/duration.ts";

const DURATIONS: [text: string, milliseconds: number | undefined][] = [
  ["90s", 90_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["1h30m", 5_400_000],
  ["1h0m5s", 3_605_000],
  ["0s", 0],
  ["007s", 7000],
  ["", undefined],
  ["h", undefined],
  ["90", undefined],
  ["1.5h", undefined],
  ["-1h", undefined],
  ["1h 30m", undefined],
  ["30m1h", undefined],
  ["1h1h", undefined],
  ["1H", undefined],
  ["1d", undefined],
  ["1h\n", undefined],
  ["1234567s", undefined],
];

describe("parseDuration", () => {
  for (const [text, milliseconds] of DURATIONS) {
    it(JSON.stringify(text), () => assert.equal(parseDuration(text), milliseconds));
  }

  it("adds all units", () => {
    const count = fc.nat({ max: 999_999 });
    fc.assert(
      fc.property(count, count, count, (h, m, s) =>
        assert.equal(parseDuration(`${h}h${m}m${s}s`), ((h * 60 + m) * 60 + s) * 1000),
      ),
    );
  });
});
