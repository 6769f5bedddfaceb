import { EncodingError } from "./answer-body.ts";

/** Why no answer came. */
export type TransportProblem =
  /** No answer within one request's limit. */
  | "timeout"
  /** The time for the whole is over. */
  | "ended"
  | "dns"
  | "refused"
  | "unreachable"
  | "closed"
  | "tls"
  | "proxy"
  | "address"
  /** The answer is larger than any of AWS's, or compressed beyond recognition. */
  | "size"
  | "other";

/** A request that got no answer. Its `code` and `name` are those by which the SDK knows what is worth another try. */
export class TransportError extends Error {
  readonly code: string;
  readonly problem: TransportProblem;
  /** The server that was to answer, with its port where that is not the scheme's own. */
  readonly host: string;
  /** The proxy in between, host and port only. */
  readonly proxy: string | undefined;
  /** The variable that names it, and the one that lists the hosts to be reached without it. */
  readonly proxyVariable: string | undefined;
  readonly exemptions: string | undefined;

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
  }
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
  ERR_PROXY_TUNNEL: "proxy",
  UnsupportedProxyProtocol: "proxy",
  ERR_INVALID_URL: "address",
  ERR_INVALID_ARG_VALUE: "address",
  FailedToOpenSocket: "unreachable",
};

/** What Bun's fetch threw, told apart. */
export function transportError(error: unknown, where: Where): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof EncodingError) return new TransportError("size", "ENCODING", where, { cause: error });
  const code = codeOf(error);
  const problem = problems[code] ?? (isTls(code) ? "tls" : "other");
  return new TransportError(problem, code, where, { cause: error });
}

/** Whether the server's certificate is signed by nobody that was trusted, so that more authorities may help. */
export function isUntrusted(error: unknown): boolean {
  return untrusted.has(codeOf(error));
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
    /^(CERT_|CRL_|ERR_TLS|ERR_SSL|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)|SSL|TLS|CERTIFICATE/i.test(code)
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
}
