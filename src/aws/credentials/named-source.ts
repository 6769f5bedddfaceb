import { Failure } from "../../token/failure.ts";
import { type AwsCredentials, type Session, sessionName } from "../session.ts";
import { SourceError } from "../source-error.ts";
import { containerCredentials, hasContainerCredentials } from "./container.ts";
import { environmentCredentials } from "./environment.ts";
import { instanceMetadata } from "./instance-metadata.ts";
import type { CredentialSource, Profile } from "./profiles.ts";

/**
 * The credentials of a profile whose chain of source profiles ends in a `credential_source`: those of the source,
 * then each role on the way back. The SDK's fromIni does the same by its own providers, which on Bun wait for a mute
 * instance or container far beyond their limits, and warn on stderr.
 *
 * @throws Failure, RoleError, SourceError, TransportError
 */
export async function namedSourceCredentials(
  session: Session,
  source: CredentialSource,
): Promise<AwsCredentials> {
  const { sections } = session.profiles;
  let credentials = await ofSource(session, source, sections[source.profile]?.credential_source);
  for (const profile of source.chain.toReversed()) {
    const settings = sections[profile];
    if (settings?.role_arn) {
      credentials = await assume(session, credentials, profile, settings.role_arn, settings);
    }
  }
  return credentials;
}

async function ofSource(
  session: Session,
  source: CredentialSource,
  name: string | undefined,
): Promise<AwsCredentials> {
  switch (name) {
    case "Environment": {
      const keys = environmentCredentials(session);
      if (keys) return keys;
      throw SourceError.of(source, new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set"));
    }
    case "EcsContainer":
      if (hasContainerCredentials(session)) return containerCredentials(session);
      throw SourceError.of(source, new Error("the environment names no container credentials endpoint"));
    case "Ec2InstanceMetadata":
      try {
        return await instanceMetadata(session);
      } catch (error) {
        throw SourceError.of(source, error);
      }
    default:
      throw new Failure(
        "PROFILE_INCOMPLETE",
        `profile ${source.profile} has the credential_source ${name}, which there is not`,
        "set it to Environment, EcsContainer or Ec2InstanceMetadata",
      );
  }
}

async function assume(
  session: Session,
  source: AwsCredentials,
  profile: string,
  role: string,
  { external_id, role_session_name, duration_seconds }: Profile,
): Promise<AwsCredentials> {
  const duration = Number.parseInt(duration_seconds || "3600", 10);
  if (Number.isNaN(duration)) {
    const mend = "write it in seconds, 900 to 43200";
    throw new Failure("ROLE_DURATION", `duration_seconds of profile ${profile} is not a number`, mend);
  }
  const { assumeRole } = await import("./assume-role.ts");
  return assumeRole(session, source, {
    RoleArn: role,
    RoleSessionName: role_session_name || sessionName,
    DurationSeconds: duration,
    ...(external_id && { ExternalId: external_id }),
  });
}
