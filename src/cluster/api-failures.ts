import { Failure } from "../token/failure.ts";
import { foreignError, foreignText } from "../token/foreign-text.ts";

/** An answer, whatever its status. */
export interface ApiAnswer {
  readonly status: number;
  /** The parsed JSON; undefined if it isn't JSON. */
  readonly value: unknown;
}

/** A failure that concerns every request, so that no further request is sent. */
export class ClusterFailure extends Failure {
  /** Milliseconds until the next attempt, if the server has named them. */
  retryAfter: number | undefined;
}

export function noAnswer(host: string, error: unknown, limit: number): ClusterFailure {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  const why = isLate ? `no answer within ${limit / 1000} s` : foreignError(error);
  const fix = "see whether the API server runs, and whether this machine reaches it";
  return new ClusterFailure(
    "CLUSTER_UNREACHABLE",
    `Kubernetes' API server ${host} can't be reached: ${why}`,
    fix,
  );
}

export function throttled(host: string, status: number, retryAfter: number): ClusterFailure {
  const what = `Kubernetes' API server ${host} asks for fewer requests (HTTP ${status})`;
  const failure = new ClusterFailure("CLUSTER_THROTTLED", what, "wait: the daemon tries again");
  failure.retryAfter = retryAfter;
  return failure;
}

export function answerTooLarge(host: string, limit: number): ClusterFailure {
  const what = `an answer of Kubernetes' API server ${host} has more than ${limit / 1024 / 1024} MiB`;
  return new ClusterFailure("CLUSTER_ANSWER", what, isItTheServer);
}

/** Of a proxy, or of another program at the address. It must never count as an empty list. */
export function unexpectedAnswer(host: string, action: string): ClusterFailure {
  const what = `${host} answers a request to ${action} in another way than Kubernetes' API server`;
  return new ClusterFailure("CLUSTER_ANSWER", what, isItTheServer);
}

const isItTheServer = "see whether the API server has this address";

/**
 * The failure that an answer means.
 *
 * @param action "get secrets in namespace ci", as RBAC names it
 */
export function answerFailure(host: string, { status, value }: ApiAnswer, action: string): Failure {
  const message = foreignText(messageIn(value) ?? "no reason given");
  if (status === 401) {
    const what = `Kubernetes' API server ${host} does not accept the credentials (HTTP 401): ${message}`;
    return new ClusterFailure(
      "CLUSTER_CREDENTIALS",
      what,
      "correct the user of the kubeconfig, or its token",
    );
  }
  if (status === 403) {
    const what = `Kubernetes' API server ${host} does not allow to ${action}: ${message}`;
    return new Failure("CLUSTER_DENIED", what, fixOfDenial(message));
  }
  if (status === 422) {
    const what = `Kubernetes' API server ${host} refuses to ${action} (HTTP 422): ${message}`;
    const fix = "if the object is immutable, delete it: the daemon's next pass creates it again";
    return new Failure("CLUSTER_ANSWER", what, fix);
  }
  const what = `Kubernetes' API server ${host} refuses to ${action} (HTTP ${status}): ${message}`;
  const fix = status >= 500 ? "see the API server's log" : "see whether its version is supported";
  // 500 may concern one namespace: an admission webhook there that fails.
  return status > 500 || value === undefined
    ? new ClusterFailure("CLUSTER_ANSWER", what, fix)
    : new Failure("CLUSTER_ANSWER", what, fix);
}

/** RBAC, and a quota or an admission policy, have the same status. */
function fixOfDenial(message: string): string {
  return /\bcannot \S+ resource\b/.test(message) || !/quota|admission|denied|violates/.test(message)
    ? "grant it, as examples/kubernetes/pull-secrets.yaml does"
    : "change the quota or policy that the message names, or don't select the namespace";
}

/** Whether the API server has no such object: another server says so with a page. */
export function isNotFound({ status, value }: ApiAnswer): boolean {
  return status === 404 && isObject(value);
}

/** Whether it is an object of the API, or a Status. */
export function isObject(value: unknown): boolean {
  return typeof (value as { kind?: unknown } | null | undefined)?.kind === "string";
}

/** Whether the answer is a refusal to write to a namespace that is being deleted. */
export function isTerminating({ status, value }: ApiAnswer): boolean {
  const causes = (value as { details?: { causes?: unknown } } | undefined)?.details?.causes;
  const reasons = Array.isArray(causes) ? causes.map((cause) => cause?.reason) : [];
  return status === 403 && reasons.includes("NamespaceTerminating");
}

/** The API server's message. It never contains the data of a Secret, except for an invalid one, whose message is not used. */
function messageIn(value: unknown): string | undefined {
  const { message, reason } = (value ?? {}) as { message?: unknown; reason?: unknown };
  if (reason === "Invalid") return "Invalid";
  return typeof message === "string" ? message : undefined;
}
