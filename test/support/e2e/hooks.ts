import { type Machine, startMachine } from "./machine.ts";

let running: Machine | undefined;

/** The shared machine of all end-to-end tests. */
export function machine(): Machine {
  if (!running) throw new Error("the machine runs only while tests do");
  return running;
}

/** Mocha's root hooks: scripts/test.mjs loads this file with `--require`. */
export const mochaHooks = {
  async beforeAll() {
    running = await startMachine();
  },
  async afterAll() {
    await running?.stop();
    running = undefined;
  },
};
