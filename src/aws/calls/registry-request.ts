import type { Session } from "../http/session.ts";
import type { Transport } from "../http/transport.ts";
import { type AwsRequest, openSession } from "./call.ts";
import { connectionFailure } from "./reachability.ts";

/** A login as Docker sends it. */
export interface RegistryLogin {
  readonly username: string;
  readonly secret: string;
}

/** The response of a registry. */
export interface RegistryResponse {
  readonly status: number;
  /** At most 64 KiB. */
  readonly body: string;
  readonly digest?: string;
  readonly contentType?: string;
}

/** All types that current clients support: a registry converts or refuses others. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const longestBody = 65_536;

/**
 * One GET to the registry itself, as Docker sends it: with Basic authentication, or for ECR Public with a bearer token.
 *
 * @param path below the host, such as `/v2/`
 * @param login absent: anonymous
 * @throws Failure if there is no answer
 */
export async function requestRegistry(
  request: AwsRequest,
  path: string,
  login: RegistryLogin | undefined,
): Promise<RegistryResponse> {
  let session: Session | undefined;
  try {
    session = await openSession(request);
    const { transport } = session;
    const { host, kind } = request.registry;
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.secret}`).toString("base64")}`;
    if (kind === "private") return await get(transport, `https://${host}${path}`, basic);
    const exchange = await get(transport, `https://${host}/token/?service=${host}&scope=aws`, basic);
    const bearer = exchange.status === 200 ? bearerIn(exchange.body) : undefined;
    return bearer ? await get(transport, `https://${host}${path}`, `Bearer ${bearer}`) : exchange;
  } catch (error) {
    throw connectionFailure(error, session);
  }
}

/** Whether a message of ECR reports an expired token: https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html */
export function isExpiredTokenMessage(message: string): boolean {
  return /authorization token has expired/i.test(message);
}

/** Whether the registry refused the login itself: it has expired (ECR Public does not say so), or is not for this registry. */
export function isTokenRefused({ status, body }: RegistryResponse): boolean {
  return status === 400 || isExpiredTokenMessage(body);
}

async function get(transport: Transport, url: string, authorization?: string): Promise<RegistryResponse> {
  const headers = new Headers({ accept: manifestTypes, ...(authorization && { authorization }) });
  const response = await transport.send(new Request(url, { headers }), { cutAt: longestBody });
  const digest = response.headers.get("docker-content-digest");
  const contentType = response.headers.get("content-type");
  return {
    status: response.status,
    body: await response.text(),
    ...(digest && { digest }),
    ...(contentType && { contentType }),
  };
}

function bearerIn(body: string): string | undefined {
  try {
    const { token } = JSON.parse(body);
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined;
  }
}
