import { fromInstanceMetadata } from "@aws-sdk/credential-providers";
import { type Session, silent } from "../session.ts";
import type { AwsCredentials } from "./aws-credentials.ts";

/** The instance metadata service gave no credentials; `cause` says why. */
export class InstanceMetadataError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InstanceMetadataError";
  }
}

/** The SDK's limit for one request, in milliseconds; it tries none again. */
const requestLimit = 1_000;

const profileSettings = [
  "ec2_metadata_service_endpoint",
  "ec2_metadata_service_endpoint_mode",
  "ec2_metadata_v1_disabled",
];

/**
 * The credentials of the EC2 instance's role, by IMDSv2 (or by version 1 where the SDK's settings allow it).
 *
 * The whole has a limit of its own: on Bun the SDK's does not hold while a connection is being made, and most
 * machines that are no EC2 instance are on networks that drop such packets without a word.
 *
 * AWS_EC2_METADATA_SERVICE_ENDPOINT and its like are read by the SDK, so from process.env.
 *
 * @throws InstanceMetadataError
 */
export async function instanceMetadata(session: Session): Promise<AwsCredentials> {
  // As for the AWS CLI: "true" in any case, and nothing else.
  if (session.env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") {
    throw new InstanceMetadataError("AWS_EC2_METADATA_DISABLED keeps from asking for an instance's role");
  }
  const profile = session.profiles.profile(session.settings.profile);
  for (const name of profileSettings) {
    // From the files we have read them already; the SDK would by rules of its own.
    const value = process.env[`AWS_${name.toUpperCase()}`] ?? profile?.get(name)?.value;
    if (value !== undefined) process.env[`AWS_${name.toUpperCase()}`] = value;
  }
  // With it Bun's node:http would ask a proxy for what only this machine's own address may be asked for.
  delete process.env.NODE_USE_ENV_PROXY;
  session.waitingFor = "the instance metadata service";
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new InstanceMetadataError("the instance metadata service did not answer")),
    session.limits.instanceMetadata,
  );
  try {
    const ask = fromInstanceMetadata({ timeout: requestLimit, maxRetries: 0, logger: silent });
    return await Promise.race([ask(), late.promise]);
  } catch (cause) {
    if (cause instanceof InstanceMetadataError) throw cause;
    throw new InstanceMetadataError(reasonOf(cause), { cause });
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(cause: unknown): string {
  const status = (cause as { statusCode?: unknown } | undefined)?.statusCode;
  if (status === 404) return "the instance has no role (instance profile)";
  if (typeof status === "number") return `the instance metadata service answered HTTP ${status}`;
  return "the instance metadata service can't be reached or did not answer";
}
