import { readServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";
import {
  type AliasLookup,
  type CredentialPorts,
  lookUpAlias,
  type ProtocolAnswer,
  timedCredential,
} from "./timed-credential.ts";

/**
 * Answers a `get` of Bazel's credential helper protocol: `{"uri":…}` with `{"headers":{…},"expires":…}`, where
 * `expires` is RFC 3339. A URI outside ECR gets no headers.
 *
 * Source: https://github.com/EngFlow/credential-helper-spec
 *
 * @throws Failure BAZEL_REQUEST, and what fetching the credential throws
 */
export async function answerBazel(request: string, ports: CredentialPorts): Promise<ProtocolAnswer> {
  const { registry, stored, reason } = await lookUp(uriIn(request), ports);
  const credential = stored ?? (registry && (await timedCredential(registry, ports)));
  if (!credential) return { text: JSON.stringify({ headers: {} }), ...(reason && { reason }) };
  const { username, secret, expiresAt, notice } = credential;
  const basic = Buffer.from(`${username}:${secret}`).toString("base64");
  const text = JSON.stringify({
    headers: { Authorization: [`Basic ${basic}`] },
    // Without `expires` Bazel caches a credential for half an hour.
    expires: new Date(expiresAt ?? 0).toISOString(),
  });
  return { text, ...(notice && { reason: notice }) };
}

function uriIn(request: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(request);
  } catch (error) {
    throw refusal("it is not JSON", error);
  }
  const { uri } = parsed as { readonly uri?: unknown };
  if (typeof uri !== "string") throw refusal("it has no uri");
  return uri;
}

async function lookUp(uri: string, ports: CredentialPorts): Promise<AliasLookup> {
  const url = parseUri(uri);
  // A credential must not be sent unencrypted.
  if (url.protocol !== "https:") return {};
  const server = readServerUrl(url.host);
  if (server.kind === "malformed") return {};
  const lookup = server.kind === "ecr" ? server : await lookUpAlias(server.host, ports);
  const { registry } = lookup;
  // ECR Public accepts a password only where it issues its own tokens; elsewhere it would refuse an anonymous read too.
  const isUsable = registry?.kind !== "public" || /^\/token(?:\/|$)/.test(url.pathname);
  return isUsable ? lookup : {};
}

/** Programs read an unusual URI in different ways, so one whose host is not written plainly is refused. */
function parseUri(uri: string): URL {
  if (!URL.canParse(uri)) throw refusal("its uri is not a URI");
  const url = new URL(uri);
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\\]*)(?=[/?#]|$)/i.exec(uri)?.[1]?.toLowerCase();
  if (authority !== url.host && authority !== `${url.host}:443`) {
    throw refusal("the host in its uri is not written plainly");
  }
  return url;
}

function refusal(problem: string, cause?: unknown): Failure {
  return new Failure(
    "BAZEL_REQUEST",
    `the request is not valid for Bazel's protocol: ${problem}`,
    'send {"uri":"https://HOST/…"} on stdin, or a host name alone for Docker\'s protocol',
    { cause },
  );
}
