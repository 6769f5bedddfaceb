import assert from "node:assert/strict";
import { parseTime } from "../../src/profiles/time-text.ts";

describe("parseTime", () => {
  const TIMES: [text: string, time: string | undefined][] = [
    ["2030-01-31T12:00:00Z", "2030-01-31T12:00:00.000Z"],
    ["2030-01-31T12:00:00UTC", "2030-01-31T12:00:00.000Z"],
    ["2030-01-31T12:00:00+02:00", "2030-01-31T10:00:00.000Z"],
    ["2030-01-31T12:00:00.5Z", "2030-01-31T12:00:00.500Z"],
    ["20300131T120000Z", "2030-01-31T12:00:00.000Z"],
    ["2030-01-31T12:00:00", undefined],
    ["tomorrow", undefined],
    ["", undefined],
  ];
  for (const [text, time] of TIMES) {
    it(`reads ${JSON.stringify(text)} as ${time ?? "no time"}`, () => {
      const parsed = parseTime(text);
      assert.equal(parsed === undefined ? undefined : new Date(parsed).toISOString(), time);
    });
  }
});
