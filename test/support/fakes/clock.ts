import type { Boot, Clock } from "../../../src/token/life.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** The machine's two clocks, moved by the test. */
export class SettableClock {
  now = Date.UTC(2026, 0, 15, 12);
  boot: Boot | undefined = { id: "first boot", uptime: 5 * hour };

  /** Time goes by, for both clocks. */
  pass(time: number): this {
    this.now += time;
    if (this.boot) this.boot = { ...this.boot, uptime: this.boot.uptime + time };
    return this;
  }

  /** Somebody moves the hands of the wall clock. */
  set(by: number): this {
    this.now += by;
    return this;
  }

  /** The machine starts anew; the wall clock goes on. */
  reboot(): this {
    this.boot = { id: "second boot", uptime: 30 * second };
    return this;
  }

  /** From here on the system tells no boot. */
  forgetBoot(): this {
    this.boot = undefined;
    return this;
  }

  read(): Clock {
    return this.boot ? { now: this.now, boot: this.boot } : { now: this.now };
  }
}
