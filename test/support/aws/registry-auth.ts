import { randomUUID } from "node:crypto";
import type { Principal } from "./credentials.ts";
import type { Place } from "./hosts.ts";
import { type Answer, json } from "./http.ts";
import type { TokenKind } from "./tokens.ts";
import type { World } from "./world.ts";

/** The principal of a request to a registry, or the response that refuses it. */
export type Admission =
  | { readonly principal: Principal | undefined; readonly answer?: never }
  | { readonly answer: Answer };

export const registryVersion = { "docker-distribution-api-version": "registry/2.0" };

/** The registry's errors, in the form of the distribution API. */
export const registryError = (status: number, code: string, message: string): Answer =>
  json(status, { errors: [{ code, message }] }, registryVersion);

const emptyLogin = `Basic ${Buffer.from(":").toString("base64")}`;

const denied = (status: number, message: string) => ({ answer: registryError(status, "DENIED", message) });

const unknownToken = "Your Authorization Token is invalid.";
const expiredToken = "Your authorization token has expired. Reauthenticate and try again.";

/**
 * Checks the Authorization header like ECR's private registries. They send a challenge only without the header, and not
 * for an invalid token.
 */
export function admitPrivate(world: World, place: Place, host: string, authorization?: string): Admission {
  // podman and skopeo send an empty login if they have none.
  if (authorization === undefined || authorization === emptyLogin) {
    const challenge = `Basic realm="https://${host}/",service="ecr.amazonaws.com"`;
    return { answer: unauthorized(challenge) };
  }
  const decision = readToken(world, "private", authorization);
  if (decision === "expired") return denied(403, expiredToken);
  if (decision === "unknown" || decision.region !== place.region) return denied(400, unknownToken);
  return { principal: decision.principal };
}

/** Bearer tokens of the public registry; `principal` is undefined for anonymous ones. */
export class BearerBook {
  readonly #byToken = new Map<string, { principal: Principal | undefined; expiresAt: number }>();

  issue(principal: Principal | undefined, expiresAt: number): string {
    const token = `test-bearer-${randomUUID()}`;
    this.#byToken.set(token, { principal, expiresAt });
    return token;
  }

  find(token: string) {
    return this.#byToken.get(token);
  }
}

/** Checks it like the public registry, which accepts only bearer tokens, and responds with 400 to others. */
export function admitPublic(
  world: World,
  bearers: BearerBook,
  host: string,
  authorization?: string,
): Admission {
  if (authorization === undefined) {
    return { answer: unauthorized(`Bearer realm="https://${host}/token/",service="${host}",scope="aws"`) };
  }
  const bearer = bearers.find(authorization.replace(/^Bearer /i, ""));
  if (!bearer) return denied(400, unknownToken);
  if (bearer.expiresAt <= world.now()) return denied(400, expiredToken);
  return { principal: bearer.principal };
}

/** GET /token/ of the public registry: a bearer token for an authorization token, or an anonymous one. */
export function exchangePublic(world: World, bearers: BearerBook, authorization?: string): Admission {
  const oneHour = 3_600_000;
  const issue = (principal: Principal | undefined, limit: number) =>
    json(200, { token: bearers.issue(principal, Math.min(world.now() + oneHour, limit)) });
  if (authorization === undefined) return { answer: issue(undefined, Infinity) };
  const decision = readToken(world, "public", authorization);
  if (decision === "expired") return denied(400, expiredToken);
  if (decision === "unknown") return denied(400, unknownToken);
  return { answer: issue(decision.principal, decision.expiresAt) };
}

const unauthorized = (challenge: string): Answer => ({
  status: 401,
  headers: { "content-type": "text/plain; charset=utf-8", "www-authenticate": challenge, ...registryVersion },
  body: "Not Authorized\n",
});

function readToken(world: World, kind: TokenKind, authorization: string) {
  const basic = /^Basic +(\S+)$/i.exec(authorization)?.[1] ?? "";
  const [, user, password = ""] = /^([^:]*):(.*)$/.exec(Buffer.from(basic, "base64").toString()) ?? [];
  const grant = user === "AWS" ? world.tokens.find(password) : undefined;
  if (grant?.kind !== kind) return "unknown";
  const { sessionEndsAt = Infinity, expiresAt } = grant;
  const end = world.settings.tokensEndWithSession ? Math.min(expiresAt, sessionEndsAt) : expiresAt;
  return end <= world.now() || world.tokens.isRevoked(password) ? "expired" : grant;
}
