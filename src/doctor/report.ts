import { isoTime } from "../token/iso-time.ts";
import type { Entry } from "./runner.ts";

/** What `--json` prints. Fields are added to, never changed: docs/doctor.md. */
export interface Report {
  readonly version: 1;
  /** Of the program. */
  readonly program: string;
  /** ISO 8601, by this machine's clock. */
  readonly at: string;
  /** Whether nothing failed. */
  readonly ok: boolean;
  /** Hosts that were asked about. */
  readonly registries: readonly string[];
  readonly diagnostics: readonly ReportedDiagnostic[];
}

export interface ReportedDiagnostic {
  readonly name: string;
  readonly status: Entry["status"];
  /** Absent: it is about the machine. */
  readonly registry?: string;
  /** Of a failed one, as `fix`. */
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
