import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type Credentials,
  STSClient,
} from "@aws-sdk/client-sts";
import { stsEndpoint } from "./endpoints.ts";
import { RoleError } from "./role-error.ts";
import { type AwsCredentials, type Session, silent, userAgent } from "./session.ts";

/**
 * Role sessions for the whole fetch, in the place of the SDK's own assumers: theirs leave partition, FIPS and custom
 * endpoints to the SDK's rules and know nothing of the time limit.
 *
 * @param region of the STS endpoint; default the registry's
 * @throws RoleError
 */
export async function assumeRole(
  session: Session,
  source: AwsCredentials,
  params: AssumeRoleCommandInput,
  region?: string,
): Promise<AwsCredentials> {
  // The SDK must not judge by the local clock whether they have ended: that is for STS to say.
  const { expiration: _, ...credentials } = source;
  return ask(session, params, region, credentials, (client) =>
    client.send(new AssumeRoleCommand(params), { abortSignal: session.signal }),
  );
}

/** The same by the token of an identity provider; nothing is signed. @throws RoleError */
export async function assumeRoleWithWebIdentity(
  session: Session,
  params: AssumeRoleWithWebIdentityCommandInput,
): Promise<AwsCredentials> {
  return ask(session, params, undefined, undefined, (client) =>
    client.send(new AssumeRoleWithWebIdentityCommand(params), { abortSignal: session.signal }),
  );
}

async function ask(
  session: Session,
  { RoleArn: role = "" }: { RoleArn?: string | undefined },
  region: string = session.registry.region,
  credentials: AwsCredentials | undefined,
  send: (client: STSClient) => Promise<{ Credentials?: Credentials | undefined }>,
): Promise<AwsCredentials> {
  const endpoint = stsEndpoint(region, session.registry, session.settings);
  const client = new STSClient({
    region,
    endpoint,
    profile: session.settings.profile,
    requestHandler: session.transport.requestHandler,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    customUserAgent: userAgent,
    logger: silent,
    ...(credentials && { credentials }),
  });
  session.waitingFor = `STS at ${new URL(endpoint).host}`;
  let given: Credentials | undefined;
  try {
    given = (await send(client)).Credentials;
  } catch (error) {
    throw new RoleError(role, region, !credentials, error);
  } finally {
    client.destroy();
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey) {
    throw new RoleError(role, region, !credentials, new Error("the answer holds no credentials"));
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken && { sessionToken: SessionToken }),
    ...(Expiration && { expiration: Expiration }),
  };
}
