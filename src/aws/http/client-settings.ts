import { externalDataInterceptor, getHomeDir } from "@smithy/core/config";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { customEndpoint, wishes } from "./endpoints.ts";
import { type Session, silent, userAgent } from "./session.ts";

/** What every client of the SDK is made with. */
export type ClientSettings = ReturnType<typeof clientSettings>;

/** @param source absent: nothing is signed */
export function clientSettings(session: Session, region: string, endpoint: string, source?: AwsCredentials) {
  // Without their end: whether a session has ended is for AWS to say, not for the local clock.
  const { expiration: _, ...credentials } = source ?? {};
  return {
    region,
    endpoint,
    ...retrySettings(session),
    requestHandler: session.transport.requestHandler,
    // The endpoint has them in its name already; together with one the SDK refuses them.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    customUserAgent: userAgent,
    logger: silent,
    ...(source && { credentials: credentials as Omit<AwsCredentials, "expiration"> }),
  };
}

/**
 * What a client of a sign-in service is made with: these have endpoints by the SDK's rules where none is set.
 *
 * @throws Failure BAD_ENDPOINT
 */
export function signInClient(session: Session, service: "sso" | "sso_oidc" | "signin", region: string) {
  const endpoint = customEndpoint(service, session.settings)?.url;
  const { fips, dualStack } = wishes(session.settings);
  return {
    region,
    ...retrySettings(session),
    requestHandler: session.transport.requestHandler,
    customUserAgent: userAgent,
    logger: silent,
    ...(endpoint !== undefined && { endpoint }),
    useFipsEndpoint: fips && endpoint === undefined,
    useDualstackEndpoint: dualStack && endpoint === undefined,
  };
}

/** The SDK reads these from the environment; of the files we have read them already, and by the AWS CLI's rules. */
function retrySettings({ env, profiles, settings }: Session) {
  noFilesForSdk();
  const profile = profiles.profile(settings.profile);
  const attempts = Number.parseInt(profile?.get("max_attempts")?.value ?? "", 10);
  const mode = profile?.get("retry_mode")?.value;
  return {
    ...(attempts > 0 && env.AWS_MAX_ATTEMPTS === undefined && { maxAttempts: attempts }),
    ...(mode && env.AWS_RETRY_MODE === undefined && { retryMode: mode }),
  };
}

/** Else its clients read and parse the AWS files again, each setting of theirs once, and by rules of their own. */
function noFilesForSdk(): void {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = process.env;
  const folder = `${getHomeDir()}/.aws`;
  externalDataInterceptor.interceptFile(AWS_CONFIG_FILE || `${folder}/config`, "");
  externalDataInterceptor.interceptFile(AWS_SHARED_CREDENTIALS_FILE || `${folder}/credentials`, "");
}
