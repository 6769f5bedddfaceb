import type { AwsCredentials, Session } from "../session.ts";

/** The keys in the environment, if it holds both. */
export function environmentCredentials({ env }: Session): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  const expiration = new Date(AWS_CREDENTIAL_EXPIRATION ?? "");
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    ...(!Number.isNaN(expiration.getTime()) && { expiration }),
  };
}
