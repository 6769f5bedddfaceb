import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type Credentials,
  STSClient,
} from "@aws-sdk/client-sts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { clientSettings } from "../http/client-settings.ts";
import { stsEndpoint } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";
import { RoleError } from "./role-error.ts";

interface RoleOrigin {
  /** Of the STS endpoint; default the registry's. */
  readonly region?: string;
  /** The profile whose settings name the role. */
  readonly profile?: string;
}

/**
 * Role sessions for the whole fetch, in the place of the SDK's own assumers: theirs leave partition, FIPS and custom
 * endpoints to the SDK's rules and know nothing of the time limit.
 *
 * @throws RoleError
 */
export async function assumeRole(
  session: Session,
  source: AwsCredentials,
  params: AssumeRoleCommandInput,
  role: RoleOrigin,
): Promise<AwsCredentials> {
  return ask(session, params, role, source, (client) =>
    client.send(new AssumeRoleCommand(params), { abortSignal: session.signal }),
  );
}

/** The same by the token of an identity provider; nothing is signed. @throws RoleError */
export async function assumeRoleWithWebIdentity(
  session: Session,
  params: AssumeRoleWithWebIdentityCommandInput,
): Promise<AwsCredentials> {
  return ask(session, params, {}, undefined, (client) =>
    client.send(new AssumeRoleWithWebIdentityCommand(params), { abortSignal: session.signal }),
  );
}

async function ask(
  session: Session,
  { RoleArn: role = "" }: { RoleArn?: string | undefined },
  { region = session.registry.region, profile }: RoleOrigin,
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
    throw new RoleError({ role, region, profile, byWebIdentity: !source }, error);
  } finally {
    client.destroy();
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey) {
    const error = new Error("the answer holds no credentials");
    throw new RoleError({ role, region, profile, byWebIdentity: !source }, error);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken && { sessionToken: SessionToken }),
    ...(Expiration && { expiration: Expiration }),
  };
}
