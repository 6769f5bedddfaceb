import type { CheckRun } from "./check-run.ts";
import type { Finding } from "./finding.ts";
import type { DoctorContext } from "./machine.ts";

/** One check of the chain. */
export type Diagnostic = MachineDiagnostic | RegistryDiagnostic;

interface Common {
  /** Stable, since scripts may use it. */
  readonly name: string;
  /** The checks that must not have failed; otherwise this one is skipped. */
  readonly needs?: readonly string[];
  /** Milliseconds; default `defaultLimit`. */
  readonly limit?: number;
}

/** A check that does not depend on a registry. */
export interface MachineDiagnostic extends Common {
  readonly scope: "machine";
  look(machine: DoctorContext): Promise<Finding>;
}

export interface RegistryDiagnostic extends Common {
  readonly scope: "registry";
  /** @param signal ends with the diagnostic's limit */
  look(checkRun: CheckRun, signal: AbortSignal): Promise<Finding>;
}

/** Milliseconds, for a check of this machine or with one request to the network. */
export const defaultLimit = 8_000;
