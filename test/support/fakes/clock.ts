import type { Boot, Clock } from "../../../src/token/life.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** The machine's two clocks, controlled by the test. */
export class SettableClock {
  now = Date.UTC(2026, 0, 15, 12);
  boot: Boot | undefined = { id: "first boot", uptime: 5 * hour };

  /** Lets time pass, on both clocks. */
  pass(time: number): this {
    this.now += time;
    if (this.boot) this.boot = { ...this.boot, uptime: this.boot.uptime + time };
    return this;
  }

  /** Sets the wall clock. */
  set(by: number): this {
    this.now += by;
    return this;
  }

  /** Reboots the machine; the wall clock continues. */
  reboot(): this {
    this.boot = { id: "second boot", uptime: 30 * second };
    return this;
  }

  /** From now on, the boot is unknown. */
  forgetBoot(): this {
    this.boot = undefined;
    return this;
  }

  read(): Clock {
    return this.boot ? { now: this.now, boot: this.boot } : { now: this.now };
  }
}
