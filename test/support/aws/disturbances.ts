/** Simulated failures. Operations are named as in calls.ts; "Imds*" and "*" match by prefix. */

/** The simulated failure of an operation. */
export interface Failing {
  /** HTTP status; default 500. */
  readonly status?: number;
  /** Default "InternalFailure". */
  readonly code?: string;
  readonly message?: string;
  /** How many calls; default until cleared. */
  readonly times?: number;
  /** Only calls for this region. */
  readonly region?: string;
}

/** The calls that a disturbance affects. */
export interface Scope {
  /** How many calls; default until cleared. */
  readonly times?: number;
  /** Only calls for this region. */
  readonly region?: string;
}

export type Disturbance =
  | { readonly kind: "fail"; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: "throttle" }
  /** Accepted, but without a response. */
  | { readonly kind: "hang" }
  /** The connection is closed without a response. */
  | { readonly kind: "refuse" };

interface Entry {
  readonly operation: string;
  readonly region?: string;
  readonly disturbance: Disturbance;
  left: number;
}

export class Disturbances {
  #entries: Entry[] = [];
  readonly #latencies = new Map<string, number>();

  add(operation: string, disturbance: Disturbance, { times = Infinity, region }: Scope = {}): void {
    const where = region === undefined ? {} : { region };
    this.#entries.push({ operation, ...where, disturbance, left: times });
  }

  /** The oldest disturbance for this call, which is then used up by one call. */
  take(operation: string, region: string | undefined): Disturbance | undefined {
    const entry = this.#entries.find(
      (each) =>
        each.left > 0 &&
        matches(each.operation, operation) &&
        (each.region === undefined || each.region === region),
    );
    if (entry) entry.left -= 1;
    return entry?.disturbance;
  }

  setLatency(operation: string, milliseconds: number): void {
    this.#latencies.set(operation, milliseconds);
  }

  /** The latency in milliseconds; the exact name takes precedence over a pattern. */
  latencyOf(operation: string): number {
    const pattern = [...this.#latencies.keys()].find((each) => matches(each, operation));
    return this.#latencies.get(operation) ?? this.#latencies.get(pattern ?? "") ?? 0;
  }

  /** Removes the settings of exactly this name; without a name, all of them. */
  clear(operation?: string): void {
    this.#entries =
      operation === undefined ? [] : this.#entries.filter((each) => each.operation !== operation);
    if (operation === undefined) this.#latencies.clear();
    else this.#latencies.delete(operation);
  }
}

const matches = (pattern: string, operation: string): boolean =>
  pattern.endsWith("*") ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
