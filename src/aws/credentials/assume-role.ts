import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type Credentials,
  STSClient,
} from "@aws-sdk/client-sts";
import { clientSettings } from "../client-settings.ts";
import { stsEndpoint } from "../endpoints.ts";
import { RoleError } from "../role-error.ts";
import type { Session } from "../session.ts";
import type { AwsCredentials } from "./aws-credentials.ts";

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
  return ask(session, params, region, source, (client) =>
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
  source: AwsCredentials | undefined,
  send: (client: STSClient) => Promise<{ Credentials?: Credentials | undefined }>,
): Promise<AwsCredentials> {
  const endpoint = stsEndpoint(region, session.registry, session.settings);
  const client = new STSClient(clientSettings(session, region, endpoint, source));
  session.waitingFor = `STS at ${new URL(endpoint).host}`;
  let given: Credentials | undefined;
  try {
    given = (await send(client)).Credentials;
  } catch (error) {
    throw new RoleError(role, region, !source, error);
  } finally {
    client.destroy();
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey) {
    throw new RoleError(role, region, !source, new Error("the answer holds no credentials"));
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken && { sessionToken: SessionToken }),
    ...(Expiration && { expiration: Expiration }),
  };
}
