import { usualLimit } from "../../limits/bounded-stream.ts";
import type { Environment } from "../../token/dependencies.ts";
import { readBody } from "./answer-body.ts";
import { allRoots } from "./ca-certificates.ts";
import { type ChosenProxy, proxyFor } from "./proxy.ts";
import { isUntrusted, TransportError, transportError, type Where } from "./transport-error.ts";

export interface TransportOptions {
  readonly env: Environment;
  /** PEM: the only authorities to trust; absent: Bun's, and the system's where those don't do. */
  readonly bundle?: string | undefined;
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request, its answer's body included. */
  readonly requestLimit: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that can't be set, since any moment; default performance.now. */
  readonly timer?: () => number;
}

export interface SendOptions {
  readonly direct?: boolean;
  readonly cutAt?: number;
}

/** Below this a difference of clocks is not told from the answer's own travelling time: milliseconds. */
const unnoticedSkew = 2_000;

/**
 * The way to AWS for every call: one place for proxies, authorities, time limits and the server's clock. It is Bun's
 * fetch, because on Bun only fetch can do all four.
 */
export class Transport {
  /** Why the last request got no answer, if so: some of the SDK's providers keep of an error no more than its text. */
  lastError: TransportError | undefined;
  /** The HTTP status of the last answer, for the same reason. */
  lastStatus: number | undefined;
  /** Where the last request went to. */
  lastWhere: Where | undefined;
  readonly #options: TransportOptions;
  #roots: string | string[] | undefined;
  readonly #openedAhead = new Set<string>();
  #skew = 0;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#roots = options.bundle;
  }

  /** The clock of the server that answered last minus ours, in milliseconds; 0 below two seconds. */
  get clockSkew(): number {
    return Math.abs(this.#skew) < unnoticedSkew ? 0 : this.#skew;
  }

  /**
   * @param direct never by proxy: for addresses that mean another machine when asked from there
   * @param cutAt so many bytes of the body are enough; absent: an answer of more than 1 MiB is none
   * @throws TransportError where no answer came
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
      ...settingsBy(proxy),
    };
    const sent = timer();
    try {
      const response = await this.#fetch(request, init);
      const { status, statusText, headers } = response;
      this.#noteClock(headers.get("date"), now() - (timer() - sent) / 2);
      // Read here, so that the limits and the errors of this room hold for the body too.
      const { bytes, isWhole } = await readBody(response, cutAt ?? usualLimit);
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
   * Opens a connection that the next request to this address will use, if it is open by then. It is opened by a request
   * without a signature, whose answer does not matter: Bun's `fetch.preconnect` takes neither a proxy, nor authorities,
   * nor (in 1.4.3) an address without a port.
   */
  openAhead(url: URL): void {
    if (this.#openedAhead.has(url.origin)) return;
    this.#openedAhead.add(url.origin);
    const { env, signal, requestLimit } = this.#options;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(requestLimit)]);
    const init = this.#trusting({ ...settingsBy(proxyFor(url, env)), method: "HEAD", signal: limit });
    // Whatever is wrong shows once the connection is needed.
    fetch(url.href, init)
      .then((response) => response.arrayBuffer())
      .catch(() => {});
  }

  async #fetch(request: Request, init: BunFetchRequestInit): Promise<Response> {
    request.headers.set("accept-encoding", "identity");
    const spare = request.clone() as Request;
    try {
      return await fetch(request, this.#trusting(init));
    } catch (error) {
      if (this.#roots !== undefined || !isUntrusted(error)) throw error;
      this.#roots = await allRoots();
      return await fetch(spare, this.#trusting(init));
    }
  }

  /** Without authorities of our own nothing is set, so that a connection that was opened ahead serves. */
  #trusting(init: BunFetchRequestInit): BunFetchRequestInit {
    return this.#roots === undefined ? init : { ...init, tls: { ca: this.#roots, rejectUnauthorized: true } };
  }

  /** @param at the middle of the request by our clock, which may have been set since the request was sent */
  #noteClock(date: string | null, at: number): void {
    const served = Date.parse(date ?? "");
    // The header has whole seconds, cut off.
    if (!Number.isNaN(served)) this.#skew = Math.round(served + 500 - at);
  }
}

/** The same for every request, so that they share their connections. */
function settingsBy(proxy: ChosenProxy | undefined): BunFetchRequestInit {
  return {
    // Our reading of NO_PROXY counts, not Bun's.
    proxy: proxy === undefined ? false : { url: proxy.url, respectNoProxy: false },
    // A signed request is meant for one host, and its session token for nobody else's eyes.
    redirect: "manual",
    // A few kilobytes may stand for gigabytes: `readBody` decompresses, within the limit.
    decompress: false,
    // BUN_CONFIG_VERBOSE_FETCH in the environment would have Bun write keys and tokens to stderr.
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

/** Without what was true of the body as it came. */
function decoded(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) kept.delete(name);
  return kept;
}

/** Host and port of a proxy's URL, which may hold a password. */
function hostOf(proxy: string): string {
  return URL.parse(proxy)?.host || "HTTPS_PROXY";
}
