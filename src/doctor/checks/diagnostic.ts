import type { CheckRun } from "./check-run.ts";
import type { Finding } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** One link of the chain, looked at by itself. */
export type Diagnostic = MachineDiagnostic | RegistryDiagnostic;

interface Common {
  /** Stable: scripts may key on it. */
  readonly name: string;
  /** The names of those that must not have failed for this one to mean anything. */
  readonly needs?: readonly string[];
  /** Milliseconds; default `usualLimit`. */
  readonly limit?: number;
}

/** The same whatever registry is asked about. */
export interface MachineDiagnostic extends Common {
  readonly scope: "machine";
  look(machine: Machine): Promise<Finding>;
}

export interface RegistryDiagnostic extends Common {
  readonly scope: "registry";
  /** @param signal ends with the diagnostic's limit */
  look(checkRun: CheckRun, signal: AbortSignal): Promise<Finding>;
}

/** Milliseconds: for what looks at this machine only, or asks one thing of the network. */
export const usualLimit = 8_000;
