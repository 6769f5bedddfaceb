import { fromIni, fromTokenFile } from "@aws-sdk/credential-providers";
import { Failure } from "../../token/failure.ts";
import type { Identity, RoleIdentity } from "../../token/identity.ts";
import { customEndpoint, wishes } from "../endpoints.ts";
import { type AwsCredentials, type Session, sessionName, silent, userAgent } from "../session.ts";
import { SourceError } from "../source-error.ts";
import { containerCredentials, hasContainerCredentials } from "./container.ts";
import { environmentCredentials } from "./environment.ts";
import { instanceMetadata } from "./instance-metadata.ts";
import { namedSourceCredentials } from "./named-source.ts";
import { withinProcessLimits } from "./process.ts";
import { type CredentialSource, credentialSource, isHalfSet } from "./profiles.ts";

/**
 * The AWS credentials of an identity, got anew.
 *
 * @throws Failure, RoleError, SourceError, InstanceMetadataError, TransportError
 */
export async function resolveCredentials(session: Session, identity: Identity): Promise<AwsCredentials> {
  switch (identity.kind) {
    case "profile":
      return ofProfile(session, identity.profile, credentialSource(session.profiles, identity.profile));
    case "role":
      return ofRole(session, identity);
    case "ambient":
      return ofAmbience(session);
  }
}

async function ofRole(session: Session, role: RoleIdentity): Promise<AwsCredentials> {
  const partition = /^arn:([^:]+):iam::\d{12}:role\/.+$/.exec(role.roleArn)?.[1];
  const { host, partition: wanted } = session.registry;
  if (partition === undefined) {
    const mend = "write it as arn:PARTITION:iam::ACCOUNT:role/NAME in config.yaml";
    throw new Failure("ROLE_ARN", `${role.roleArn} is not the ARN of a role`, mend);
  }
  if (partition !== wanted) {
    throw new Failure(
      "ROLE_PARTITION",
      `role ${role.roleArn} is of partition ${partition}, and registry ${host} of ${wanted}: neither opens the other`,
      `name a role of partition ${wanted} for this registry in config.yaml`,
    );
  }
  const source = await resolveCredentials(session, role.source);
  const { assumeRole } = await import("./assume-role.ts");
  const params = {
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? sessionName,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    ...(role.duration !== undefined && { DurationSeconds: role.duration }),
  };
  return assumeRole(session, source, params, role.region);
}

/**
 * The SDK's default chain for Node, in its order (credential-provider-node), of its own providers but for the
 * container's. Put together here and not taken whole, because that one
 * - goes on to the next source where a profile's own fails, so that in the end the instance's role answers for a
 *   profile that AWS_PROFILE misspells, whose roles lead in a circle or whose credential_process failed, and why is
 *   lost;
 * - warns on stderr;
 * - asks for ever where a session's end lies before the local clock.
 */
async function ofAmbience(session: Session): Promise<AwsCredentials> {
  const { env, profiles } = session;
  const keys = env.AWS_PROFILE ? undefined : environmentCredentials(session);
  if (keys) return keys;
  const profile = env.AWS_PROFILE || "default";
  if (env.AWS_PROFILE || profiles.sections[profile]) {
    const source = credentialSource(profiles, profile);
    if (source.kind !== "none" || isHalfSet(profiles, profile)) return ofProfile(session, profile, source);
  }
  if (env.AWS_WEB_IDENTITY_TOKEN_FILE && env.AWS_ROLE_ARN) return ofTokenFile(session);
  if (hasContainerCredentials(session)) return containerCredentials(session);
  return instanceMetadata(session);
}

/**
 * What the SDK makes of a profile, but for a `credential_source`. The sign-in files of SSO and `aws login` it looks for under process.env's HOME,
 * and an SSO profile once more where process.env's AWS_CONFIG_FILE says.
 */
async function ofProfile(
  session: Session,
  profile: string,
  source: CredentialSource,
): Promise<AwsCredentials> {
  if (source.kind === "named") return namedSourceCredentials(session, source);
  const { env, profiles, signal, transport, registry } = session;
  const provider = fromIni({
    profile,
    filepath: profiles.credentialsPath,
    configFilepath: profiles.configPath,
    ignoreCache: true,
    logger: silent,
    // For SSO, its OIDC service and `aws login`: no region, which they take from the files.
    clientConfig: {
      requestHandler: transport.requestHandler,
      customUserAgent: userAgent,
      logger: silent,
      useFipsEndpoint: wishes(session.settings).fips && !hasCustomSignIn(session),
      useDualstackEndpoint: wishes(session.settings).dualStack && !hasCustomSignIn(session),
    },
    roleAssumer: async (credentials, params) => {
      const { assumeRole } = await import("./assume-role.ts");
      return assumeRole(session, credentials, params);
    },
    roleAssumerWithWebIdentity: async (params) => {
      const { assumeRoleWithWebIdentity } = await import("./assume-role.ts");
      return assumeRoleWithWebIdentity(session, params);
    },
  });
  session.waitingFor = waitingFor(source);
  try {
    return await withinProcessLimits(env, signal, () =>
      provider({ callerClientConfig: { region: async () => registry.region } }),
    );
  } catch (cause) {
    throw SourceError.of(source, cause);
  }
}

function hasCustomSignIn({ settings }: Session): boolean {
  return (["sso", "sso_oidc", "signin"] as const).some((service) => customEndpoint(service, settings));
}

function waitingFor({ kind, profile }: CredentialSource): string {
  if (kind === "process") return `the credential_process of profile ${profile}`;
  return kind === "sso"
    ? `IAM Identity Center (profile ${profile})`
    : `the credentials of profile ${profile}`;
}

async function ofTokenFile(session: Session): Promise<AwsCredentials> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE = "", AWS_ROLE_ARN = "", AWS_ROLE_SESSION_NAME } = session.env;
  const provider = fromTokenFile({
    webIdentityTokenFile: AWS_WEB_IDENTITY_TOKEN_FILE,
    roleArn: AWS_ROLE_ARN,
    // Empty counts as unset, as it does for the AWS CLI.
    roleSessionName: AWS_ROLE_SESSION_NAME || sessionName,
    roleAssumerWithWebIdentity: async (params) => {
      const { assumeRoleWithWebIdentity } = await import("./assume-role.ts");
      return assumeRoleWithWebIdentity(session, params);
    },
    logger: silent,
  });
  try {
    return await provider();
  } catch (cause) {
    throw SourceError.of({ kind: "web-identity", profile: undefined }, cause);
  }
}
