// Runs the fuzzers of test/fuzz, one after the other, and stores the first failing input of each.
// Usage: npm run fuzz [-- NAME…] [--seconds N] [--seed S]
//   NAME: default: all except native, which needs clang. N: seconds for each; default: 10. S: repeats the inputs of a run
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzzers } from "../../test/fuzz/fuzzers.ts";
import { type Fuzzer, failureFor, randomAt, shrunk } from "../../test/support/fuzz/fuzzer.ts";
import { keep } from "../../test/support/fuzz/keep.ts";
import { seedOf } from "../../test/support/fuzz/random.ts";

/** Milliseconds. */
const longestShrinking = 15_000;
/** The memory limit of the process, in bytes. */
const mostMemory = 1024 ** 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "10" }, seed: { type: "string" } },
});
const seed = seedOf({ ...process.env, SEED: values.seed });
const seconds = Number(values.seconds);
/** The native front has a fuzzer of its own. */
const native = "native";
const names = [...fuzzers.map(({ name }) => name), native];
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0 || !(seconds > 0)) {
  console.error(`usage: npm run fuzz -- [NAME…] [--seconds N] [--seed S], NAME being ${names.join(", ")}`);
  process.exit(2);
}

let failed = 0;
if (positionals.includes(native)) {
  const script = join(import.meta.dir, "native.ts");
  const { exitCode } = Bun.spawnSync([process.execPath, script, String(seconds), String(seed)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) failed += 1;
}

/** The index of the running fuzzer and input; -1: none. */
const state = new Int32Array(new SharedArrayBuffer(8));
const watch = new Worker(new URL("watch.ts", import.meta.url));
watch.postMessage({ shared: state.buffer, seed });

for (const [which, fuzzer] of fuzzers.entries()) {
  if (positionals.length > 0 && !positionals.includes(fuzzer.name)) continue;
  state[0] = which;
  if (!(await holds(fuzzer, performance.now() + seconds * 1_000))) failed += 1;
  fuzzer.stop?.();
}
process.exit(failed > 0 ? 1 : 0);

/** Runs one fuzzer until a time of `performance.now`. @returns whether no input failed */
async function holds(fuzzer: Fuzzer, until: number): Promise<boolean> {
  const { name } = fuzzer;
  for (let index = 0; ; index++) {
    state[1] = index;
    const input = fuzzer.make(randomAt(seed, index));
    const failure = (await failureFor(fuzzer, input)) ?? tooMuchMemory();
    if (failure === undefined && performance.now() < until) continue;
    state[1] = -1;
    if (failure === undefined) {
      console.log(`${name}: ${index + 1} inputs, none failed (seed ${seed})`);
      return true;
    }
    const smallest = await shrunk(fuzzer, input, performance.now() + longestShrinking);
    const reason = (await failureFor(fuzzer, smallest)) ?? failure;
    console.error(`${name}: input ${index} of seed ${seed} fails; stored in ${keep(name, smallest, reason)}`);
    console.error(JSON.stringify(smallest).slice(0, 2_000));
    console.error(reason instanceof Error ? reason.stack : reason);
    return false;
  }
}

function tooMuchMemory(): Error | undefined {
  const { rss } = process.memoryUsage();
  return rss > mostMemory ? new Error(`${Math.round(rss / 1e6)} MB in memory`) : undefined;
}
