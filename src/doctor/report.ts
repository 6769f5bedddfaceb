import { isoTime } from "../token/iso-time.ts";
import type { Entry } from "./runner.ts";

/** What `--json` prints. Fields may be added, but never changed: docs/doctor.md. */
export interface Report {
  readonly version: 1;
  /** The program's version. */
  readonly program: string;
  /** ISO 8601, by this machine's clock. */
  readonly at: string;
  /** Whether no check failed. */
  readonly ok: boolean;
  /** The hosts that were checked. */
  readonly registries: readonly string[];
  readonly diagnostics: readonly ReportedDiagnostic[];
}

export interface ReportedDiagnostic {
  readonly name: string;
  readonly status: Entry["status"];
  /** Absent: the check is about the machine. */
  readonly registry?: string;
  /** Only if it failed, like `fix`. */
  readonly code?: string;
  readonly seen: string;
  readonly fix?: string;
  readonly tookMs: number;
}

export function reportOf(
  entries: readonly Entry[],
  registries: readonly string[],
  program: string,
  now: number,
): Report {
  return {
    version: 1,
    program,
    at: isoTime(now),
    ok: entries.every(({ status }) => status !== "failed"),
    registries,
    diagnostics: entries.map(({ name, status, registry, code, seen, fix, took }) => ({
      name,
      status,
      ...(registry !== undefined && { registry }),
      ...(code !== undefined && { code }),
      seen,
      ...(fix !== undefined && { fix }),
      tookMs: took,
    })),
  };
}
