/** The names of the stand-in's operations. */
export const operations = [
  "GetAuthorizationToken",
  "GetPublicAuthorizationToken",
  "DescribeRegistry",
  "DescribeRepositories",
  "DescribeImages",
  "AssumeRole",
  "AssumeRoleWithWebIdentity",
  "GetCallerIdentity",
  "GetRoleCredentials",
  "CreateToken",
  "ImdsToken",
  "ImdsRole",
  "ImdsCredentials",
  "ImdsOther",
  "ContainerCredentials",
  "Registry",
  "PublicRegistryToken",
  "Connect",
  "Unknown",
] as const;

export type Operation = (typeof operations)[number];

/** A request to the stand-in. */
export interface Call {
  readonly operation: Operation;
  /** The Host header, or the target of a proxy request. */
  readonly host: string;
  readonly region?: string;
  /** The path of the URL of an API request. The path of a custom endpoint identifies its users. */
  readonly path?: string;
  /** "METHOD PATH" at the registry; the requested operation if it is unknown. */
  readonly detail?: string;
  /** Milliseconds since the epoch, by the stand-in's clock. */
  readonly at: number;
  /** The ARN of the principal, once it is known. */
  principal?: string;
  /** "ok", the code of the error, "hang" or "refuse"; absent while it is running. */
  outcome?: string;
}

export type CallCounts = Readonly<Record<Operation, number>>;

/** The requests to the stand-in, in order. */
export class CallLog {
  #calls: Call[] = [];

  add(call: Call): Call {
    this.#calls.push(call);
    return call;
  }

  get all(): readonly Call[] {
    return this.#calls;
  }

  /** The number of calls of each operation, including failures. */
  get counts(): CallCounts {
    const counts = Object.fromEntries(operations.map((name) => [name, 0])) as Record<Operation, number>;
    for (const { operation } of this.#calls) counts[operation] += 1;
    return counts;
  }

  clear(): void {
    this.#calls = [];
  }
}
