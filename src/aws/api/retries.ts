import {
  AdaptiveRetryStrategy,
  getRetryAfterHint,
  isServerError,
  isThrottlingError,
  isTransientError,
  StandardRetryStrategy,
} from "@smithy/core/retry";
import type { RetrySettings } from "../http/retry-settings.ts";

/** What both strategies have; each takes its own tokens back. */
interface Strategy {
  acquireInitialRetryToken(scope: string): Promise<unknown>;
  refreshRetryTokenForRetry(token: unknown, info: object): Promise<unknown>;
}

/** An error as the SDK's judgements take it; they look for each property themselves. */
type SdkError = Parameters<typeof isThrottlingError>[0];

/** The SDK's decisions on what is tried again and after which pause. Loaded once an attempt has failed. */
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

  /** Ends when the next attempt is due. @throws the error itself where it is not worth one */
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
