import { defaultLimit } from "../../limits/bounded-stream.ts";
import type { Environment } from "../../token/dependencies.ts";
import { readBody } from "./answer-body.ts";
import { allRoots, readableCertificates } from "./ca-certificates.ts";
import { type ChosenProxy, proxyFor } from "./proxy.ts";
import {
  isUntrusted,
  isUnusableBundle,
  TransportError,
  transportError,
  type Where,
} from "./transport-error.ts";

export interface TransportOptions {
  readonly env: Environment;
  /** PEM with the only trusted CA certificates; absent: Bun's, and the system's if those are not sufficient. */
  readonly bundle?: string | undefined;
  /** Aborts every request. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request, including the body of its answer. */
  readonly requestLimit: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A monotonic clock in milliseconds; default: performance.now. */
  readonly timer?: () => number;
}

export interface SendOptions {
  readonly direct?: boolean;
  readonly cutAt?: number;
}

/** Milliseconds: a smaller clock difference can't be distinguished from the network delay. */
const unnoticedSkew = 2_000;

/**
 * Sends every request to AWS: the only place for proxies, CA certificates, time limits and the server's clock. It uses Bun's
 * fetch, because on Bun only fetch supports all four.
 */
export class Transport {
  /** The error of the last request, if it failed: some of the SDK's providers drop everything but its message. */
  lastError: TransportError | undefined;
  /** The HTTP status of the last answer, for the same reason. */
  lastStatus: number | undefined;
  /** The server and proxy of the last request. */
  lastWhere: Where | undefined;
  readonly #options: TransportOptions;
  #roots: string | string[] | undefined;
  readonly #openedAhead = new Set<string>();
  #skew = 0;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#roots = options.bundle;
  }

  /** The last server's clock minus the local clock, in milliseconds; 0 below two seconds. */
  get clockSkew(): number {
    return Math.abs(this.#skew) < unnoticedSkew ? 0 : this.#skew;
  }

  /**
   * @param direct never with a proxy: for addresses that mean another machine from there
   * @param cutAt truncates the body to this number of bytes; absent: an answer of more than 1 MiB is an error
   * @throws TransportError if there is no answer
   */
  async send(request: Request, { direct = false, cutAt }: SendOptions = {}): Promise<Response> {
    const { env, signal, requestLimit, now, timer = () => performance.now() } = this.#options;
    const url = new URL(request.url);
    const proxy = direct ? undefined : proxyFor(url, env);
    const where: Where = {
      host: url.host,
      ...(proxy && {
        proxy: hostOf(proxy.url),
        proxyVariable: proxy.variable,
        exemptions: proxy.exemptions,
      }),
    };
    this.lastWhere = where;
    const limit = AbortSignal.timeout(requestLimit);
    const init: BunFetchRequestInit = {
      signal: AbortSignal.any([signal, limit, request.signal]),
      ...connectionSettings(proxy),
    };
    const sent = timer();
    try {
      const response = await this.#fetch(request, init);
      const { status, statusText, headers } = response;
      if (status < 200 || status > 599) throw new TransportError("garbled", `HTTP ${status}`, where);
      this.#measureSkew(headers.get("date"), now() - (timer() - sent) / 2);
      // Read here, so that the limits and errors of this module apply to the body too.
      const { bytes, isWhole } = await readBody(response, cutAt ?? defaultLimit);
      if (!isWhole && cutAt === undefined) throw new TransportError("size", "TOO_LARGE", where);
      this.lastError = undefined;
      this.lastStatus = status;
      return new Response(bytes.length > 0 ? bytes : null, { status, statusText, headers: decoded(headers) });
    } catch (error) {
      this.lastError = ended(signal, limit, where, error) ?? transportError(error, where);
      throw this.lastError;
    }
  }

  /**
   * Opens a connection for the next request to this address, with an unsigned request whose answer does not matter: Bun's
   * `fetch.preconnect` supports neither a proxy nor CA certificates, nor (in 1.4.3) an address without a port.
   */
  openAhead(url: URL): void {
    if (this.#openedAhead.has(url.origin)) return;
    this.#openedAhead.add(url.origin);
    const { env, signal, requestLimit } = this.#options;
    const proxy = proxyFor(url, env);
    // A wrong password is sent to a proxy once: companies lock an account after a few attempts.
    if (proxy?.url.includes("@")) return;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(requestLimit)]);
    const init = this.#withCertificates({
      ...connectionSettings(proxy),
      method: "HEAD",
      signal: limit,
    });
    // A failure is reported when the connection is needed.
    fetch(url.href, init)
      .then((response) => response.arrayBuffer())
      .catch(() => {});
  }

  async #fetch(request: Request, init: BunFetchRequestInit): Promise<Response> {
    request.headers.set("accept-encoding", "identity");
    const spare = request.clone() as Request;
    try {
      return await fetch(request, this.#withCertificates(init));
    } catch (error) {
      const roots = await this.#betterRoots(error);
      if (roots === undefined) throw error;
      this.#roots = roots;
      return await fetch(spare, this.#withCertificates(init));
    }
  }

  /** CA certificates with which the request may succeed; undefined if there are none. @throws BundleError */
  async #betterRoots(error: unknown): Promise<string[] | undefined> {
    const { bundle } = this.#options;
    if (bundle === undefined) return this.#roots === undefined && isUntrusted(error) ? allRoots() : undefined;
    return this.#roots === bundle && isUnusableBundle(error) ? readableCertificates(bundle) : undefined;
  }

  /** Sets nothing without own CA certificates, so that a connection that was opened ahead can be used. */
  #withCertificates(init: BunFetchRequestInit): BunFetchRequestInit {
    return this.#roots === undefined ? init : { ...init, tls: { ca: this.#roots, rejectUnauthorized: true } };
  }

  /** @param at the middle of the request by our clock, which may have been set during the request */
  #measureSkew(date: string | null, at: number): void {
    const serverTime = Date.parse(date ?? "");
    // The header has whole seconds, rounded down.
    if (!Number.isNaN(serverTime)) this.#skew = Math.round(serverTime + 500 - at);
  }
}

/** The same settings for every request, so that they share connections. */
function connectionSettings(proxy: ChosenProxy | undefined): BunFetchRequestInit {
  return {
    // NO_PROXY is evaluated here, not by Bun.
    proxy: proxy === undefined ? false : { url: proxy.url, respectNoProxy: false },
    // A signed request and its session token must not be sent to another host.
    redirect: "manual",
    // `readBody` decompresses within the limit: a few kilobytes can expand to gigabytes.
    decompress: false,
    // BUN_CONFIG_VERBOSE_FETCH in the environment would make Bun write keys and tokens to stderr.
    verbose: false,
  };
}

function ended(
  signal: AbortSignal,
  limit: AbortSignal,
  where: Where,
  cause: unknown,
): TransportError | undefined {
  if (signal.aborted) return new TransportError("ended", "ABORTED", where, { cause });
  if (limit.aborted) return new TransportError("timeout", "ETIMEDOUT", where, { cause });
  return undefined;
}

/** The headers without those that describe the encoded body. */
function decoded(headers: Headers): Headers {
  const remaining = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) remaining.delete(name);
  return remaining;
}

/** Host and port of a proxy's URL, which may contain a password. */
function hostOf(proxy: string): string {
  return URL.parse(proxy)?.host || "HTTPS_PROXY";
}
