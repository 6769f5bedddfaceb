import { type AwsCredentials, unsendablePart } from "../../profiles/aws-credentials.ts";
import type { CredentialSource, ProfileRole } from "../../profiles/credential-source.ts";
import { decideSource } from "../../profiles/decide-source.ts";
import { refuseExpired } from "../../profiles/environment.ts";
import { Failure } from "../../token/failure.ts";
import type { Identity, RoleIdentity } from "../../token/identity.ts";
import { registryEndpoint } from "../http/endpoints.ts";
import { type Session, sessionName } from "../http/session.ts";
import { SourceError } from "./source-error.ts";
import { UnsendableKeys } from "./unsendable-keys.ts";

/**
 * The AWS credentials of an identity, newly fetched from the source that `decideSource` returns.
 *
 * @throws Failure, RoleError, SourceError, UnsendableKeys, InstanceMetadataError, TransportError
 */
export async function resolveCredentials(session: Session, identity: Identity): Promise<AwsCredentials> {
  if (identity.kind === "role") return roleCredentials(session, identity);
  const { source, roles } = decideSource(identity, session.env, session.profiles);
  session.source = source;
  let credentials = await fromSource(session, source);
  const part = unsendablePart(credentials);
  if (part !== undefined) throw new UnsendableKeys(part);
  for (const role of roles) credentials = await assumeProfileRole(session, credentials, role);
  return credentials;
}

async function roleCredentials(session: Session, role: RoleIdentity): Promise<AwsCredentials> {
  const partition = /^arn:([^:]+):iam::\d{12}:role\/.+$/.exec(role.roleArn)?.[1];
  const { host, partition: wanted } = session.registry;
  if (partition === undefined) {
    const fix = "write it as arn:PARTITION:iam::ACCOUNT:role/NAME in config.yaml";
    throw new Failure("ROLE_ARN", `${role.roleArn} is not the ARN of a role`, fix);
  }
  if (partition !== wanted) {
    throw new Failure(
      "ROLE_PARTITION",
      `role ${role.roleArn} is in partition ${partition}, but registry ${host} is in ${wanted}: credentials are not valid in another partition`,
      `name a role of partition ${wanted} for this registry in config.yaml`,
    );
  }
  const source = await resolveCredentials(session, role.source);
  openAhead(session);
  const { assumeRole } = await import("./assume-role.ts");
  const params = {
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? sessionName,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    ...(role.duration !== undefined && { DurationSeconds: role.duration }),
  };
  return assumeRole(session, source, params, role.region === undefined ? {} : { region: role.region });
}

/**
 * Opens the connection to the registry's API while credentials are fetched, so that its handshakes take no extra time.
 */
function openAhead({ registry, settings, transport }: Session): void {
  try {
    transport.openAhead(new URL(registryEndpoint(registry, settings)));
  } catch (error) {
    // The call that needs the endpoint reports it.
    if (!(error instanceof Failure)) throw error;
  }
}

/** Sources that take as long as a network call. Those of the machine are excluded: without a role the connection is not needed. */
const slowSources: ReadonlySet<CredentialSource["kind"]> = new Set([
  "web-identity",
  "service-account",
  "sso",
  "login",
  "process",
]);

/** The module of each source is loaded only when it is used. */
async function fromSource(session: Session, source: CredentialSource): Promise<AwsCredentials> {
  if (slowSources.has(source.kind)) openAhead(session);
  switch (source.kind) {
    case "environment":
      refuseExpired(source.keys, session.now());
      return source.keys;
    case "static":
    case "old-file":
      return source.keys;
    case "web-identity":
      return (await import("./web-identity.ts")).webIdentityCredentials(session, source);
    case "service-account":
      return (await import("./web-identity.ts")).serviceAccountCredentials(session, source);
    case "sso":
      return (await import("./sso.ts")).ssoCredentials(session, source);
    case "login":
      return (await import("./login.ts")).loginCredentials(session, source);
    case "process":
      return (await import("./process.ts")).processCredentials(session, source);
    case "container":
      return (await import("./container.ts")).containerCredentials(session);
    case "instance":
      return fromInstance(session, source);
  }
}

async function fromInstance(session: Session, source: CredentialSource): Promise<AwsCredentials> {
  const { instanceMetadata } = await import("./instance-metadata.ts");
  try {
    return await instanceMetadata(session);
  } catch (error) {
    throw source.profile === undefined ? error : SourceError.of(source, error);
  }
}

async function assumeProfileRole(
  session: Session,
  source: AwsCredentials,
  { profile, roleArn, sessionName: name, externalId, duration = "" }: ProfileRole,
): Promise<AwsCredentials> {
  openAhead(session);
  const { assumeRole } = await import("./assume-role.ts");
  const params = {
    RoleArn: roleArn,
    RoleSessionName: name ?? sessionName,
    // As in the AWS CLI, a value that is not an integer is ignored; the default of STS is an hour.
    ...(/^[+-]?\d+$/.test(duration) && { DurationSeconds: Number(duration) }),
    ...(externalId && { ExternalId: externalId }),
  };
  return assumeRole(session, source, params, { profile });
}
