import assert from "node:assert/strict";
import { nextPause, type Pause } from "../../src/outputs/cluster-pause.ts";

const reason = { code: "CLUSTER_UNREACHABLE", what: "x", fix: "y" };

describe("nextPause", () => {
  for (const random of [0, 0.5, 1]) {
    it(`grows from seconds to at most 5 minutes (random ${random})`, () => {
      const delays: number[] = [];
      let pause: Pause | undefined;
      for (let attempt = 0; attempt < 40; attempt++) {
        pause = nextPause(pause, reason, undefined, 1_000, random);
        delays.push(pause.until - 1_000);
      }
      assert.ok(delays.every((delay, index) => delay >= (delays[index - 1] ?? 2_500)));
      assert.ok(Math.max(...delays) <= 300_000);
      assert.ok((delays[0] ?? 0) <= 5_000);
    });

    it(`never ends before the time that the server named (random ${random})`, () => {
      assert.ok(nextPause(undefined, reason, 60_000, 0, random).until >= 60_000);
      assert.ok(nextPause(undefined, reason, 86_400_000, 0, random).until <= 400_000);
    });
  }
});
