import { type AwsCredentials, type Session, silent, userAgent } from "./session.ts";

/** What every client of the SDK is made with. */
export type ClientSettings = ReturnType<typeof clientSettings>;

/** @param source absent: nothing is signed */
export function clientSettings(session: Session, region: string, endpoint: string, source?: AwsCredentials) {
  // Without their end: whether a session has ended is for AWS to say, not for the local clock.
  const { expiration: _, ...credentials } = source ?? {};
  return {
    region,
    endpoint,
    profile: session.settings.profile,
    requestHandler: session.transport.requestHandler,
    // The endpoint has them in its name already; together with one the SDK refuses them.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    customUserAgent: userAgent,
    logger: silent,
    ...(source && { credentials: credentials as Omit<AwsCredentials, "expiration"> }),
  };
}
