import { fromInstanceMetadata } from "@aws-sdk/credential-providers";
import { type Origin, settingOrigin, variableOrigin } from "../origin.ts";
import { type Session, silent } from "../session.ts";
import type { AwsCredentials } from "./aws-credentials.ts";

/** The instance metadata service gave no credentials; `cause` says why, `fix` what to do where that is known. */
export class InstanceMetadataError extends Error {
  readonly fix: string | undefined;

  constructor(message: string, fix?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InstanceMetadataError";
    this.fix = fix;
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
    const { name, removal } = variableOrigin("AWS_EC2_METADATA_DISABLED");
    throw new InstanceMetadataError(`${name} keeps from asking for an instance's role`, removal);
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
    () => late.reject(Object.assign(new Error("no answer"), { name: "TimeoutError" })),
    session.limits.instanceMetadata,
  );
  let hasToken = true;
  const logger = {
    ...silent,
    // The SDK says in no other way that its request for a session token failed.
    debug: (...words: unknown[]) => {
      if (words.some((word) => String(word).includes("v1 fallback"))) hasToken = false;
    },
  };
  try {
    const ask = fromInstanceMetadata({ timeout: requestLimit, maxRetries: 0, logger });
    return await Promise.race([ask(), late.promise]);
  } catch (cause) {
    const { why, fix } = explain(cause, hasToken, endpointOrigin(session));
    throw new InstanceMetadataError(why, fix, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** The setting that leads to another instance metadata service than the instance's own. */
function endpointOrigin({ env, profiles, settings }: Session): Origin | undefined {
  const name = "ec2_metadata_service_endpoint";
  const variable = `AWS_${name.toUpperCase()}`;
  if (env[variable]) return variableOrigin(variable);
  const setting = profiles.profile(settings.profile)?.get(name);
  return setting?.value ? settingOrigin(name, setting) : undefined;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html */
const modify = "aws ec2 modify-instance-metadata-options --instance-id ID";

/** @param hasToken whether the service gave a session token, or was not asked for one */
function explain(
  cause: unknown,
  hasToken: boolean,
  origin: Origin | undefined,
): { readonly why: string; readonly fix?: string } {
  const { statusCode: status, name } = cause as { readonly statusCode?: unknown; readonly name?: unknown };
  const service = `the instance metadata service${origin ? `, to which ${origin.name} leads,` : ""}`;
  const isRefusedWithoutToken = status === 401 || name === "InstanceMetadataV1FallbackError";
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
      : name === "SyntaxError" || name === "CredentialsProviderError"
        ? "answered something else than credentials"
        : "can't be reached or did not answer";
  return { why: `${service} ${answered}`, ...(fix !== undefined && { fix }) };
}
