import { readBounded } from "../limits/bounded-file.ts";
import { type Environment, type FileDependency, fingerprint } from "../token/dependencies.ts";
import type { CredentialSource, Decision } from "./credential-source.ts";

/** The tokens with which a pod or a job proves its identity. */
export interface IdentityTokens {
  readonly files: readonly FileDependency[];
  /** The owners of the tokens, in the order of the files: a rotation does not change them. */
  readonly owners: readonly unknown[];
}

/** Bytes; a token has a few kilobytes, and STS accepts no more than 20,000. */
export const largestToken = 65_536;

/** @param readStamp of a path; see store/ */
export async function identityTokens(
  decision: Decision | undefined,
  env: Environment,
  readStamp: (path: string) => string,
): Promise<IdentityTokens> {
  const paths = decision ? tokenFiles(decision.source, env) : [];
  // Before the content, so that an edit in between is noticed.
  const files = paths.map((path) => ({ path, stamp: readStamp(path) }));
  return { files, owners: await Promise.all(paths.map(ownerOf)) };
}

function tokenFiles(source: CredentialSource, env: Environment): readonly string[] {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: container, AWS_WEB_IDENTITY_TOKEN_FILE: web } = env;
  const isSet = (path: string | undefined): path is string => path !== undefined && path !== "";
  switch (source.kind) {
    case "web-identity":
      return [source.tokenFile];
    case "container":
      return [container].filter(isSet);
    case "process":
      // A credential_process may use either.
      return [container, web].filter(isSet);
    default:
      return [];
  }
}

/** Issuer, subject and audience of a JWT, unverified; for another kind of token its fingerprint. */
async function ownerOf(path: string): Promise<unknown> {
  const file = await readBounded(path, largestToken);
  if (file.kind !== "bytes") return file.kind;
  const token = new TextDecoder().decode(file.bytes);
  const { iss, sub, aud } = claimsOf(token);
  return sub === undefined ? fingerprint(token.trim()) : [iss, sub, aud];
}

function claimsOf(token: string): { readonly [claim: string]: unknown } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
