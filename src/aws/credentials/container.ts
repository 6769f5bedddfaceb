import { problemOf, readBounded } from "../../limits/bounded-file.ts";
import { type AwsCredentials, isSendable } from "../../profiles/aws-credentials.ts";
import { largestToken } from "../../profiles/identity-tokens.ts";
import { Failure } from "../../token/failure.ts";
import type { Session } from "../http/session.ts";
import { jsonObject } from "./json-object.ts";

/** The host of ECS's relative URIs, and the addresses besides the loopback that are allowed without TLS. */
const ecs = "169.254.170.2";
const plainHosts: ReadonlySet<string> = new Set([
  ecs,
  "169.254.170.23",
  "[fd00:ec2::23]",
  "localhost",
  "[::1]",
]);

const tries = 2;
const code = "CONTAINER_CREDENTIALS";

/**
 * The credentials of an ECS task or an EKS pod (pod identity), fetched without a proxy.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 *
 * The SDK's provider is not used: on Bun its time limit only prints a warning on stderr, so an endpoint that accepts a
 * connection without an answer would hang it.
 *
 * @throws Failure CONTAINER_CREDENTIALS; TransportError
 */
export async function containerCredentials(session: Session): Promise<AwsCredentials> {
  const { url, variable } = endpointOf(session);
  const authorization = await authorizationOf(session);
  session.waitingFor = { what: `the container credentials endpoint at ${url.host}` };
  const headers = new Headers({ accept: "application/json", ...(authorization && { authorization }) });
  for (let attempt = 1; ; attempt++) {
    const response = await session.transport.send(new Request(url.href, { headers }), { direct: true });
    // EKS's agent throttles when many pods start at once.
    const isRetryable = response.status >= 500 || response.status === 429;
    if (isRetryable && attempt < tries) continue;
    return parse(`${url.host} (${variable})`, response.status, await response.text());
  }
}

function endpointOf({ env }: Session): { readonly url: URL; readonly variable: string } {
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const full = env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "";
  const url = URL.parse(relative ? `http://${ecs}${relative}` : full);
  const variable = relative ? "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" : "AWS_CONTAINER_CREDENTIALS_FULL_URI";
  const isPrivate = url && (plainHosts.has(url.hostname) || /^127(\.\d{1,3}){3}$/.test(url.hostname));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isPrivate)) return { url, variable };
  throw new Failure(
    code,
    `${variable} is not a URL from which credentials may be fetched`,
    `set it to an https URL, or an http URL with a loopback address or that of ECS or EKS; or unset ${variable}`,
  );
}

async function authorizationOf({ env }: Session): Promise<string | undefined> {
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const text = file ? await readTokenFile(file) : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const token = text?.replace(/\r?\n$/, "");
  if (!token || isSendable(token)) return token;
  throw new Failure(
    code,
    `the container's authorization token (${file ? "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" : "AWS_CONTAINER_AUTHORIZATION_TOKEN"}) has more than one line, or non-ASCII characters`,
    "write the token there as one line of printable ASCII",
  );
}

async function readTokenFile(path: string): Promise<string> {
  const file = await readBounded(path, largestToken);
  if (file.kind === "bytes") return new TextDecoder().decode(file.bytes);
  const variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
  throw new Failure(
    code,
    `${path}, set in ${variable}, ${problemOf(file, largestToken)}`,
    `mount the pod's token there, or unset ${variable}`,
  );
}

function parse(where: string, status: number, body: string): AwsCredentials {
  const fields = status === 200 ? (jsonObject(body) ?? {}) : {};
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = fields;
  if (typeof AccessKeyId === "string" && typeof SecretAccessKey === "string") {
    const expiration = new Date(String(Expiration));
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(typeof Token === "string" && { sessionToken: Token }),
      ...(!Number.isNaN(expiration.getTime()) && { expiration }),
    };
  }
  throw new Failure(
    code,
    `the container credentials endpoint at ${where} returned no credentials (HTTP ${status})`,
    status === 401 || status === 403
      ? "put the required token into AWS_CONTAINER_AUTHORIZATION_TOKEN or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
      : "check that the task or pod has a role, and the log of its agent",
  );
}
