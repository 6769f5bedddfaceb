/** The operations of the stand-in, each named once. */
export const operations = [
  "GetAuthorizationToken",
  "GetPublicAuthorizationToken",
  "DescribeRegistry",
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

/** One request that reached the stand-in. */
export interface Call {
  readonly operation: Operation;
  /** The Host header, or what was asked of the proxy. */
  readonly host: string;
  readonly region?: string;
  /** Of the URL; of a request to an API. What a custom endpoint has there tells its users apart. */
  readonly path?: string;
  /** "METHOD PATH" at the registry; the requested operation where it is not known. */
  readonly detail?: string;
  /** Milliseconds since the epoch, by the stand-in's clock. */
  readonly at: number;
  /** The ARN of who asked, once that is known. */
  principal?: string;
  /** "ok", the code of the error, "hang" or "refuse"; absent while it is under way. */
  outcome?: string;
}

export type CallCounts = Readonly<Record<Operation, number>>;

/** What was asked of the stand-in, in order. */
export class CallLog {
  #calls: Call[] = [];

  add(call: Call): Call {
    this.#calls.push(call);
    return call;
  }

  get all(): readonly Call[] {
    return this.#calls;
  }

  /** How often each operation was called, failures counted too. */
  get counts(): CallCounts {
    const counts = Object.fromEntries(operations.map((name) => [name, 0])) as Record<Operation, number>;
    for (const { operation } of this.#calls) counts[operation] += 1;
    return counts;
  }

  clear(): void {
    this.#calls = [];
  }
}
