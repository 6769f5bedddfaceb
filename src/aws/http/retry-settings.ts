import type { Session } from "./session.ts";

/** The number of attempts of a call, and the kind of delays. */
export interface RetrySettings {
  readonly maxAttempts: number;
  /** "standard" or "adaptive"; anything else counts as "standard". */
  readonly retryMode: string;
}

/** The SDK's defaults. */
const usual: RetrySettings = { maxAttempts: 3, retryMode: "standard" };

/**
 * AWS_MAX_ATTEMPTS and AWS_RETRY_MODE, else the profile's settings. An invalid number is ignored: it is no reason to fail.
 */
export function retrySettings({
  env,
  profiles,
  settings,
}: Pick<Session, "env" | "profiles" | "settings">): RetrySettings {
  const profile = profiles.profile(settings.profile);
  const attempts = [env.AWS_MAX_ATTEMPTS, profile?.get("max_attempts")?.value]
    .map((value) => Number.parseInt(value ?? "", 10))
    .find((value) => value > 0);
  return {
    maxAttempts: attempts ?? usual.maxAttempts,
    retryMode: env.AWS_RETRY_MODE || profile?.get("retry_mode")?.value || usual.retryMode,
  };
}
