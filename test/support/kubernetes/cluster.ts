export interface ApiResult {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind
  readonly value: any;
}

/** An API server on the loopback: a real one, or a stand-in. */
export interface Cluster {
  readonly kind: "real" | "stand-in";
  readonly url: string;
  readonly caFile: string;
  start(): Promise<void>;
  /** Ends it at once; it loses no object. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** A request as an administrator. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiResult>;
}
