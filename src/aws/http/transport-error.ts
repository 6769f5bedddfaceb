import { EncodingError } from "./answer-body.ts";

/** Why there was no answer. */
export type TransportProblem =
  /** No answer within the limit of one request. */
  | "timeout"
  /** The deadline of the whole call. */
  | "ended"
  | "dns"
  | "refused"
  | "unreachable"
  | "closed"
  | "tls"
  | "proxy"
  | "address"
  /** No certificate of the CA bundle can be read. */
  | "bundle"
  /** No TLS connection: another version or protocol, or no TLS. */
  | "handshake"
  /** The answer is not HTTP. */
  | "garbled"
  /** The answer is larger than the limit, or has an unknown content encoding. */
  | "size"
  | "other";

/** A request without an answer. The SDK decides by `code` and `name` whether to retry. */
export class TransportError extends Error {
  readonly code: string;
  readonly problem: TransportProblem;
  /** The server, with its port if it is not the default. */
  readonly host: string;
  /** The proxy in between, host and port only. */
  readonly proxy: string | undefined;
  /** The variable that sets the proxy, and the one with the hosts that don't use it. */
  readonly proxyVariable: string | undefined;
  readonly exemptions: string | undefined;
  /** The HTTP status with which the proxy refused a tunnel. */
  readonly proxyStatus: number | undefined;
  /** If present, the SDK's rules retry the request; they also retry by `code`. */
  readonly $retryable?: object;

  constructor(problem: TransportProblem, code: string, where: Where, options?: { cause?: unknown }) {
    super(`${where.host}: ${problem} (${code})`, options);
    this.name =
      problem === "timeout" ? "TimeoutError" : problem === "ended" ? "AbortError" : "TransportError";
    this.problem = problem;
    this.code = code;
    this.host = where.host;
    this.proxy = where.proxy;
    this.proxyVariable = where.proxyVariable;
    this.exemptions = where.exemptions;
    this.proxyStatus = problem === "proxy" ? statusOf(options?.cause) : undefined;
    if (isTransient(problem, this.proxyStatus)) this.$retryable = {};
  }
}

/** Not a refused login: after a few attempts, companies lock the account. */
function isTransient(problem: TransportProblem, proxyStatus = 0): boolean {
  return problem === "garbled" || problem === "closed" || proxyStatus === 429 || proxyStatus >= 500;
}

function statusOf(cause: unknown): number | undefined {
  const status = (cause as { status?: unknown } | undefined)?.status;
  return typeof status === "number" ? status : undefined;
}

export interface Where {
  readonly host: string;
  readonly proxy?: string | undefined;
  readonly proxyVariable?: string | undefined;
  readonly exemptions?: string | undefined;
}

const problems: Readonly<Record<string, TransportProblem>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  ECONNREFUSED: "refused",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  ETIMEDOUT: "unreachable",
  ECONNRESET: "closed",
  EPIPE: "closed",
  ConnectionClosed: "closed",
  EPROTO: "handshake",
  Malformed_HTTP_Response: "garbled",
  InvalidContentLength: "garbled",
  UnrequestedUpgrade: "garbled",
  ERR_PROXY_TUNNEL: "proxy",
  UnsupportedProxyProtocol: "proxy",
  ERR_INVALID_URL: "address",
  ERR_INVALID_ARG_VALUE: "address",
  FailedToOpenSocket: "unreachable",
  UNREADABLE_BUNDLE: "bundle",
};

/** Classifies an error of Bun's fetch. */
export function transportError(error: unknown, where: Where): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof EncodingError) return new TransportError("size", "ENCODING", where, { cause: error });
  const code = codeOf(error);
  const problem = problems[code] ?? (isTls(code) ? "tls" : "other");
  return new TransportError(problem, code, where, { cause: error });
}

/** Whether the server's certificate is not signed by a trusted CA, so that more CA certificates may help. */
export function isUntrusted(error: unknown): boolean {
  return untrusted.has(codeOf(error));
}

/** Whether Bun could not use the CA bundle; other errors have this code too. */
export function isUnusableBundle(error: unknown): boolean {
  return codeOf(error) === "FailedToOpenSocket";
}

const untrusted: ReadonlySet<string> = new Set([
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_UNTRUSTED",
  "UNKNOWN_CERTIFICATE_VERIFICATION_ERROR",
]);

function isTls(code: string): boolean {
  return (
    untrusted.has(code) ||
    /^(CERT_|CRL_|ERR_TLS|ERR_SSL|INVALID_CA|HOSTNAME_MISMATCH)|SSL|TLS|CERTIFICATE/i.test(code)
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
}
