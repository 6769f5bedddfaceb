import { type Machine, startMachine } from "./machine.ts";

let running: Machine | undefined;

/** The one machine of all end-to-end tests. */
export function machine(): Machine {
  if (!running) throw new Error("the machine runs only while tests do");
  return running;
}

/** Mocha's root hooks: scripts/test.mjs has it `--require` this file. */
export const mochaHooks = {
  async beforeAll() {
    running = await startMachine();
  },
  async afterAll() {
    await running?.stop();
    running = undefined;
  },
};
