import type { Clock } from "../../token/life.ts";
import type { QuickFiles } from "./fast-files.ts";

/** The identity of this boot of this machine; undefined where the system tells none. */
export function readBootId(files: QuickFiles): string | undefined {
  return files.read("/proc/sys/kernel/random/boot_id")?.text.trim() || undefined;
}

/** The machine's two clocks. Linux tells a boot's identity and age; elsewhere there is the wall clock alone. */
export function readClock(files: QuickFiles, now: number): Clock {
  const id = readBootId(files);
  const seconds = Number.parseFloat(files.read("/proc/uptime")?.text ?? "");
  return id !== undefined && Number.isFinite(seconds)
    ? { now, boot: { id, uptime: Math.round(seconds * 1000) } }
    : { now };
}
