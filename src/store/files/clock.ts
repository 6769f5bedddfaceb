import type { Clock } from "../../token/life.ts";
import type { FastFiles } from "./fast-files.ts";

/** The ID of the machine's current boot; undefined if the system has none. */
export function readBootId(files: FastFiles): string | undefined {
  return files.read("/proc/sys/kernel/random/boot_id")?.text.trim() || undefined;
}

/** The machine's two clocks. Linux has an ID and an age of the boot; other systems only have the wall clock. */
export function readClock(files: FastFiles, now: number): Clock {
  const id = readBootId(files);
  const seconds = Number.parseFloat(files.read("/proc/uptime")?.text ?? "");
  return id !== undefined && Number.isFinite(seconds)
    ? { now, boot: { id, uptime: Math.round(seconds * 1000) } }
    : { now };
}
