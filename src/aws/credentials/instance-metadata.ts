import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { type Origin, settingOrigin, variableOrigin } from "../../profiles/origin.ts";
import type { Session } from "../http/session.ts";
import { MetadataError, roleCredentials } from "./imds-client.ts";

/** The instance metadata service gave no credentials; `cause` says why, `fix` what to do where that is known. */
export class InstanceMetadataError extends Error {
  readonly fix: string | undefined;

  constructor(message: string, fix?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InstanceMetadataError";
    this.fix = fix;
  }
}

/**
 * The credentials of the EC2 instance's role. The whole has a limit of its own: most machines that are no EC2 instance
 * are on networks that drop such packets without a word.
 *
 * @throws InstanceMetadataError
 */
export async function instanceMetadata(session: Session): Promise<AwsCredentials> {
  // As for the AWS CLI: "true" in any case, and nothing else.
  if (session.env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") {
    const { name, removal } = variableOrigin("AWS_EC2_METADATA_DISABLED");
    throw new InstanceMetadataError(`${name} keeps from asking for an instance's role`, removal);
  }
  session.waitingFor = { what: "the instance metadata service" };
  const limit = AbortSignal.timeout(session.limits.instanceMetadata);
  const isV1Disabled = setting(session, "ec2_metadata_v1_disabled")?.value ?? "false";
  const named = setting(session, "ec2_metadata_service_endpoint");
  try {
    return await roleCredentials({
      endpoint: named?.value ?? ownEndpoint(session),
      isV1Disabled: isV1Disabled !== "false",
      signal: AbortSignal.any([session.signal, limit]),
      now: session.now,
    });
  } catch (cause) {
    const { why, fix } = explain(cause, named?.origin);
    throw new InstanceMetadataError(why, fix, { cause });
  }
}

/** Of the environment, else of the profile; an empty one counts as not set. */
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

/** The instance's own endpoint, where no setting leads to another. */
function ownEndpoint(session: Session): string {
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
  const service = `the instance metadata service${origin ? `, to which ${origin.name} leads,` : ""}`;
  const isRefusedWithoutToken = status === 401 || kind === "v1";
  if (isRefusedWithoutToken && !hasToken) {
    return {
      why:
        `${service} gave no session token and answers nothing without one${status ? ` (HTTP ${status})` : ""}: ` +
        "in a container that is a hop limit of 1",
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
  const fix = origin && `see what answers there, or ${origin.removal}`;
  const answered =
    typeof status === "number"
      ? `answered HTTP ${status}`
      : kind === "nonsense"
        ? "answered something else than credentials"
        : "can't be reached or did not answer";
  return { why: `${service} ${answered}`, ...(fix !== undefined && { fix }) };
}
