import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { type Origin, settingOrigin, variableOrigin } from "../../profiles/origin.ts";
import type { Session } from "../http/session.ts";
import { MetadataError, roleCredentials } from "./imds-client.ts";

/** The instance metadata service returned no credentials. `cause` has the reason; `fix` is set if known. */
export class InstanceMetadataError extends Error {
  readonly fix: string | undefined;

  constructor(message: string, fix?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InstanceMetadataError";
    this.fix = fix;
  }
}

/**
 * The credentials of the EC2 instance role, with a time limit: most machines outside EC2 are on networks that drop such
 * packets silently.
 *
 * @throws InstanceMetadataError
 */
export async function instanceMetadata(session: Session): Promise<AwsCredentials> {
  // As for the AWS CLI: "true" in any case, and nothing else.
  if (session.env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") {
    const { name, removal } = variableOrigin("AWS_EC2_METADATA_DISABLED");
    throw new InstanceMetadataError(`${name} disables the instance role`, removal);
  }
  session.waitingFor = { what: "the instance metadata service" };
  const limit = AbortSignal.timeout(session.limits.instanceMetadata);
  const isV1Disabled = setting(session, "ec2_metadata_v1_disabled")?.value ?? "false";
  const named = setting(session, "ec2_metadata_service_endpoint");
  try {
    return await roleCredentials({
      endpoint: named?.value ?? defaultEndpoint(session),
      isV1Disabled: isV1Disabled !== "false",
      signal: AbortSignal.any([session.signal, limit]),
      now: session.now,
    });
  } catch (cause) {
    const { why, fix } = explain(cause, named?.origin);
    throw new InstanceMetadataError(why, fix, { cause });
  }
}

/** The setting in the environment, else in the profile; an empty value counts as unset. */
function setting({ env, profiles, settings }: Session, name: string): Located | undefined {
  const variable = `AWS_${name.toUpperCase()}`;
  const set = env[variable];
  if (set) return { value: set, origin: variableOrigin(variable) };
  const ofProfile = profiles.profile(settings.profile)?.get(name);
  return ofProfile?.value ? { value: ofProfile.value, origin: settingOrigin(name, ofProfile) } : undefined;
}

interface Located {
  readonly value: string;
  readonly origin: Origin;
}

/** The endpoint without a setting. */
function defaultEndpoint(session: Session): string {
  const mode = setting(session, "ec2_metadata_service_endpoint_mode")?.value;
  return mode?.toLowerCase() === "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html */
const modify = "aws ec2 modify-instance-metadata-options --instance-id ID";

function explain(
  cause: unknown,
  origin: Origin | undefined,
): { readonly why: string; readonly fix?: string } {
  const { kind, status, hasToken } =
    cause instanceof MetadataError ? cause : new MetadataError("unreachable", true);
  const service = `the instance metadata service${origin ? ` (set by ${origin.name})` : ""}`;
  const isRefusedWithoutToken = status === 401 || kind === "v1";
  if (isRefusedWithoutToken && !hasToken) {
    return {
      why:
        `${service} returned no session token, which it requires${status ? ` (HTTP ${status})` : ""}: ` +
        "in a container the cause is a hop limit of 1",
      fix: `raise the hop limit ('${modify} --http-put-response-hop-limit 2')`,
    };
  }
  if (status === 403) {
    return {
      why: `${service} is disabled for this instance (HTTP 403)`,
      fix: `enable it ('${modify} --http-endpoint enabled')`,
    };
  }
  if (status === 404) {
    return {
      why: "the instance has no role (instance profile)",
      fix: "attach an instance profile with a role to the instance",
    };
  }
  const fix = origin && `check what answers there, or ${origin.removal}`;
  const answered =
    typeof status === "number"
      ? `answered HTTP ${status}`
      : kind === "invalid"
        ? "did not answer with credentials"
        : "can't be reached or did not answer";
  return { why: `${service} ${answered}`, ...(fix !== undefined && { fix }) };
}
