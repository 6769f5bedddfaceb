// A thread next to the fuzzers, because their thread can't end a check that hangs.
import { fuzzers } from "../../test/fuzz/fuzzers.ts";
import { randomAt } from "../../test/support/fuzz/fuzzer.ts";
import { keep } from "../../test/support/fuzz/keep.ts";

declare const self: Worker;

/** The time limit of one input in seconds, generous for a busy machine. */
const longest = 60;

self.onmessage = ({ data: { shared, seed } }: MessageEvent<{ shared: SharedArrayBuffer; seed: number }>) => {
  const state = new Int32Array(shared);
  let last = "";
  let seconds = 0;
  setInterval(() => {
    const [which = 0, index = -1] = state;
    const now = `${which} ${index}`;
    seconds = now === last && index >= 0 ? seconds + 1 : 0;
    last = now;
    const fuzzer = fuzzers[which];
    if (seconds < longest || !fuzzer) return;
    const path = keep(fuzzer.name, fuzzer.make(randomAt(seed, index)), `it takes more than ${longest} s`);
    console.error(
      `${fuzzer.name}: input ${index} of seed ${seed} takes more than ${longest} s; kept in ${path}`,
    );
    process.kill(process.pid, "SIGKILL");
  }, 1_000);
};
