import type { TroubleKind } from "./timing.ts";

/**
 * Failures that only a person can mend. Not here, since they also pass by themselves: CLOCK_SKEW (NTP),
 * PROCESS_FAILED (a credential_process that needs the network), TLS and BAD_ANSWER (a captive portal).
 */
const forPersons: ReadonlySet<string> = new Set([
  "NO_CREDENTIALS",
  "PROFILE_NOT_FOUND",
  "PROFILE_INCOMPLETE",
  "MFA_REQUIRED",
  "SSO_EXPIRED",
  "SSO_ROLE_DENIED",
  "LOGIN_EXPIRED",
  "WEB_IDENTITY_FILE",
  "WEB_IDENTITY_REFUSED",
  "ROLE_DENIED",
  "ROLE_ARN",
  "ROLE_PARTITION",
  "ROLE_DURATION",
  "ACCESS_DENIED",
  "SESSION_EXPIRED",
  "KEYS_UNKNOWN",
  "KEYS_WRONG",
  "REGION_NOT_ENABLED",
  "REPLICATION_ACCOUNT",
  "AWS_REFUSED",
  "BAD_ENDPOINT",
  "CA_BUNDLE",
]);

/** @param code of a Failure; one that is not known here is taken for passing */
export function troubleKind(code: string): TroubleKind {
  if (code === "THROTTLED") return "throttled";
  return forPersons.has(code) ? "person" : "passing";
}
