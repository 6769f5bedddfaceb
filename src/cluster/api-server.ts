import { proxyFor } from "../aws/http/proxy.ts";
import { readAtMost } from "../limits/bounded-stream.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { type ApiAnswer, answerTooLarge, noAnswer, throttled } from "./api-failures.ts";
import { type ClusterCredentials, readCredentials } from "./credentials.ts";
import type { ClusterAccess } from "./kubeconfig.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** From `/api/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/** Bytes of one answer: a page of 500 objects without their data has less than 2 MiB. */
const largestAnswer = 8 * 1024 * 1024;
/** Milliseconds for one request and its answer. */
const requestLimit = 15_000;
/** How often a request is sent if the server asks for a later attempt, and the longest wait for it in milliseconds. */
const mostAttempts = 3;
const longestWait = 5_000;
/** Milliseconds for which credentials are used before they are read again. */
const credentialsLife = 60_000;

interface ReadCredentials {
  readonly value: Promise<ClusterCredentials>;
  readonly readAt: number;
}

export interface ApiServerOptions {
  readonly env: Environment;
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** A monotonic clock, in milliseconds. */
  readonly timer?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly requestLimit?: number;
}

/**
 * Sends requests to Kubernetes' API server, with limits for size and time. `@kubernetes/client-node` is not used: on Bun it
 * ignores the cluster's CA certificate, and it limits neither answers nor plugins.
 */
export class ApiServer {
  #credentials: ReadCredentials | undefined;

  constructor(
    private readonly access: ClusterAccess,
    private readonly options: ApiServerOptions,
  ) {}

  /** Host and port, for messages. */
  get host(): string {
    return this.access.server.host;
  }

  /** @throws Failure KUBECONFIG, CLUSTER_UNREACHABLE, CLUSTER_THROTTLED, CLUSTER_ANSWER */
  async send(request: ApiRequest): Promise<ApiAnswer> {
    const { sleep = Bun.sleep } = this.options;
    let hasNewCredentials = false;
    for (let attempt = 1; ; attempt++) {
      const credentials = this.credentials();
      const response = await this.attempt(request, await credentials.value);
      const { status, retryAfter } = response;
      // The token may have expired, or kubelet has replaced it. Another request may have read the new one already.
      if (status === 401 && !hasNewCredentials) {
        hasNewCredentials = true;
        if (this.#credentials === credentials) this.#credentials = undefined;
        continue;
      }
      if (status !== 429 && !(status >= 500 && retryAfter !== undefined)) return response;
      const wait = retryAfter ?? 1_000;
      if (attempt === mostAttempts || wait > longestWait) throw throttled(this.host, status, wait);
      await sleep(wait);
    }
  }

  private async attempt(
    request: ApiRequest,
    { ca, cert, key, token }: ClusterCredentials,
  ): Promise<ApiAnswer & { readonly retryAfter: number | undefined }> {
    const { env, signal, requestLimit: limit = requestLimit } = this.options;
    const { method, path, query = {}, body, contentType = "application/json" } = request;
    const { server } = this.access;
    const url = new URL(server);
    url.pathname = server.pathname.replace(/\/$/, "") + path;
    url.search = new URLSearchParams(query).toString();
    const proxy = this.access.proxy ?? proxyFor(url, env)?.url;
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: request.accept ?? "application/json",
          "accept-encoding": "identity",
          "user-agent": "docker-credential-ecr",
          ...(body !== undefined && { "content-type": contentType }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(limit)]),
        redirect: "manual",
        decompress: false,
        verbose: false,
        proxy: proxy === undefined ? false : { url: proxy, respectNoProxy: false },
        tls: {
          rejectUnauthorized: true,
          ...(ca !== undefined && { ca }),
          ...(cert !== undefined && { cert }),
          ...(key !== undefined && { key }),
        },
      } as BunFetchRequestInit);
      const { bytes, isWhole } = await readAtMost(response.body, largestAnswer);
      if (!isWhole) throw answerTooLarge(this.host, largestAnswer);
      const retryAfter = retryAfterIn(response.headers);
      return { status: response.status, value: jsonIn(bytes), retryAfter };
    } catch (error) {
      throw error instanceof Failure ? error : noAnswer(this.host, error, limit);
    }
  }

  private credentials(): ReadCredentials {
    const { env, signal, timer = () => performance.now() } = this.options;
    if (!this.#credentials || timer() - this.#credentials.readAt > credentialsLife) {
      this.#credentials = { value: readCredentials(this.access, env, signal), readAt: timer() };
    }
    return this.#credentials;
  }
}

/** Milliseconds; the API server sends seconds, never a date. */
function retryAfterIn(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  return /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
