import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import type { AwsCredentials } from "./aws-credentials.ts";
import { parseTime } from "./time-text.ts";

/**
 * The keys in the environment; undefined if there are none.
 *
 * @throws Failure NO_CREDENTIALS for a key ID without its secret, or an AWS_CREDENTIAL_EXPIRATION that is not a time;
 * KEYS_UNKNOWN for a line end in them: the AWS CLI stops here too
 */
export function environmentKeys(env: Environment): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CREDENTIAL_EXPIRATION } = env;
  const sessionToken = env.AWS_SECURITY_TOKEN || env.AWS_SESSION_TOKEN;
  if (!AWS_ACCESS_KEY_ID) return undefined;
  if (!AWS_SECRET_ACCESS_KEY) {
    throw new Failure(
      "NO_CREDENTIALS",
      "AWS_ACCESS_KEY_ID is set in the environment and its secret, AWS_SECRET_ACCESS_KEY, is not",
      "set its secret in AWS_SECRET_ACCESS_KEY, or unset AWS_ACCESS_KEY_ID",
    );
  }
  for (const [name, value] of [
    ["AWS_ACCESS_KEY_ID", AWS_ACCESS_KEY_ID],
    [env.AWS_SECURITY_TOKEN ? "AWS_SECURITY_TOKEN" : "AWS_SESSION_TOKEN", sessionToken],
  ] as const) {
    if (value && /[\r\n]/.test(value)) {
      throw new Failure(
        "KEYS_UNKNOWN",
        `${name} in the environment contains a line end, which no key does`,
        `remove the line end: set ${name} to a single line`,
      );
    }
  }
  const expiration = AWS_CREDENTIAL_EXPIRATION ? expirationOf(AWS_CREDENTIAL_EXPIRATION) : undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(sessionToken && { sessionToken }),
    ...(expiration && { expiration }),
  };
}

/** The AWS CLI also refuses a text that is not a time. */
function expirationOf(text: string): Date {
  const time = parseTime(text);
  if (time !== undefined) return new Date(time);
  throw new Failure(
    "NO_CREDENTIALS",
    "AWS_CREDENTIAL_EXPIRATION in the environment is not a time with a time zone, so it is unknown whether AWS_ACCESS_KEY_ID has expired",
    "unset AWS_CREDENTIAL_EXPIRATION, or set it to the time at which the keys expire, such as 2030-01-31T12:00:00Z",
  );
}

/**
 * @param now milliseconds since the epoch
 * @throws Failure SESSION_EXPIRED for keys that have expired by AWS_CREDENTIAL_EXPIRATION, which the AWS CLI refuses
 * too
 */
export function refuseExpired({ expiration }: AwsCredentials, now: number): void {
  if (!expiration || expiration.getTime() > now) return;
  throw new Failure(
    "SESSION_EXPIRED",
    `the keys in the environment expired at ${expiration.toISOString()} (AWS_CREDENTIAL_EXPIRATION)`,
    "get new keys from the program that set them, or unset AWS_ACCESS_KEY_ID and AWS_CREDENTIAL_EXPIRATION",
  );
}

/** Whether the environment has an endpoint for a container's credentials. */
export function hasContainer(env: Environment): boolean {
  return Boolean(env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI);
}
