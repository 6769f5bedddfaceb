import { registryEndpoint } from "./endpoints.ts";
import { type AwsCredentials, type Session, silent, userAgent } from "./session.ts";

/** What either client is made with. */
export type ClientConfig = ReturnType<typeof clientConfig>;

/** The answer of either API as far as it matters. */
export interface RawAuthorization {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** An answer of ECR's, decoded. */
export interface Authorization {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since the epoch by AWS's clock. */
  readonly expiresAt: number;
}

/** The answer is not what ECR answers. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

/**
 * Asks for a token under credentials.
 *
 * @throws AnswerError, TransportError, the SDK's exceptions
 */
export async function authorize(session: Session, credentials: AwsCredentials): Promise<Authorization> {
  const endpoint = registryEndpoint(session.registry, session.settings);
  const { getAuthorization } =
    session.registry.kind === "public" ? await import("./ecr-public.ts") : await import("./ecr.ts");
  session.waitingFor = `ECR at ${new URL(endpoint).host}`;
  return decode(await getAuthorization(clientConfig(session, endpoint, credentials), session.signal));
}

function clientConfig(session: Session, endpoint: string, { expiration: _, ...keys }: AwsCredentials) {
  return {
    region: session.registry.region,
    endpoint,
    // Without their end: whether a session has ended is for AWS to say, not for the local clock.
    credentials: keys,
    profile: session.settings.profile,
    requestHandler: session.transport.requestHandler,
    // The endpoint has them in its name already; together with one the SDK refuses them.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    customUserAgent: userAgent,
    logger: silent,
  };
}

function decode({ authorizationToken = "", expiresAt }: RawAuthorization): Authorization {
  const decoded = Buffer.from(authorizationToken, "base64").toString();
  const colon = decoded.indexOf(":");
  const end = expiresAt?.getTime() ?? Number.NaN;
  if (colon <= 0 || colon === decoded.length - 1 || Number.isNaN(end)) {
    throw new AnswerError("the answer holds no authorization token");
  }
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1), expiresAt: end };
}
