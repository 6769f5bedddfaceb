import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import type { AwsCredentials } from "./aws-credentials.ts";

/**
 * The keys in the environment; undefined where it has none.
 *
 * @throws Failure NO_CREDENTIALS for a key id without its secret: the AWS CLI looks no further either
 */
export function environmentKeys(env: Environment): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CREDENTIAL_EXPIRATION } = env;
  const sessionToken = env.AWS_SECURITY_TOKEN || env.AWS_SESSION_TOKEN;
  if (!AWS_ACCESS_KEY_ID) return undefined;
  if (!AWS_SECRET_ACCESS_KEY) {
    throw new Failure(
      "NO_CREDENTIALS",
      "AWS_ACCESS_KEY_ID is set in the environment and its secret, AWS_SECRET_ACCESS_KEY, is not",
      "set AWS_SECRET_ACCESS_KEY too, or unset AWS_ACCESS_KEY_ID",
    );
  }
  const expiration = new Date(AWS_CREDENTIAL_EXPIRATION ?? "");
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(sessionToken && { sessionToken }),
    ...(!Number.isNaN(expiration.getTime()) && { expiration }),
  };
}

/** Whether the environment names an endpoint for a container's credentials. */
export function hasContainer(env: Environment): boolean {
  return Boolean(env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI);
}
