import {
  AdaptiveRetryStrategy,
  getRetryAfterHint,
  isServerError,
  isThrottlingError,
  isTransientError,
  StandardRetryStrategy,
} from "@smithy/core/retry";
import type { RetrySettings } from "../http/retry-settings.ts";

/** The methods that both strategies have; each accepts its own tokens. */
interface Strategy {
  acquireInitialRetryToken(scope: string): Promise<unknown>;
  refreshRetryTokenForRetry(token: unknown, info: object): Promise<unknown>;
}

/** The parameter type of the SDK's checks, which test each property themselves. */
type SdkError = Parameters<typeof isThrottlingError>[0];

/** The SDK's decisions whether and after which delay to retry. Loaded after a failed attempt. */
export class Retries {
  readonly #strategy: Strategy;
  #token: unknown;

  constructor({ maxAttempts, retryMode }: RetrySettings) {
    const isAdaptive = retryMode === "adaptive";
    const strategy = isAdaptive
      ? new AdaptiveRetryStrategy(async () => maxAttempts, { maxAttempts })
      : new StandardRetryStrategy({ maxAttempts });
    this.#strategy = strategy as Strategy;
  }

  /** Waits until the next attempt. @throws the error itself if it is not worth a retry */
  async next(error: unknown): Promise<void> {
    if (!(error instanceof Error)) throw error;
    const retryAfterHint = getRetryAfterHint((error as { $response?: unknown }).$response);
    const info = { error, errorType: typeOf(error as SdkError), ...(retryAfterHint && { retryAfterHint }) };
    try {
      this.#token ??= await this.#strategy.acquireInitialRetryToken("");
      this.#token = await this.#strategy.refreshRetryTokenForRetry(this.#token, info);
    } catch {
      throw error;
    }
  }
}

function typeOf(error: SdkError) {
  if (isThrottlingError(error)) return "THROTTLING";
  if (isTransientError(error)) return "TRANSIENT";
  return isServerError(error) ? "SERVER_ERROR" : "CLIENT_ERROR";
}
