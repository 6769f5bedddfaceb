import { randomBytes, randomInt } from "node:crypto";
import type { Principal } from "./credentials.ts";

export type TokenKind = "private" | "public";

/** The data of an authorization token. */
export interface Grant {
  readonly principal: Principal;
  readonly kind: TokenKind;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The expiry of the session that requested it; absent: static keys. */
  readonly sessionEndsAt?: number;
}

/** All authorization tokens that ECR has issued. */
export class TokenBook {
  readonly #byPassword = new Map<string, Grant>();
  readonly #revoked = new Set<string>();

  /** @returns the authorization token: base64 of `AWS:<password>` */
  issue(grant: Grant): string {
    const password = makePassword(Math.floor(grant.expiresAt / 1000));
    this.#byPassword.set(password, grant);
    return Buffer.from(`AWS:${password}`).toString("base64");
  }

  find(password: string): Grant | undefined {
    return this.#byPassword.get(password);
  }

  isRevoked(password: string): boolean {
    return this.#revoked.has(password);
  }

  /** @param token the authorization token, its password, or "all" that were issued so far */
  revoke(token: string): void {
    if (token === "all") {
      for (const password of this.#byPassword.keys()) this.#revoked.add(password);
      return;
    }
    const decoded = Buffer.from(token, "base64").toString();
    this.#revoked.add(decoded.startsWith("AWS:") ? decoded.slice(4) : token);
  }
}

/**
 * The form of ECR's passwords for years. Complete tokens of 2,368 and of 2,714 characters are known; these vary between
 * the two, so that no code relies on one size.
 *
 * @param expiration seconds since the epoch
 */
function makePassword(expiration: number): string {
  const payload = randomBytes(randomInt(794, 937)).toString("base64");
  const datakey = randomBytes(139).toString("base64");
  return Buffer.from(
    JSON.stringify({ payload, datakey, version: "2", type: "DATA_KEY", expiration }),
  ).toString("base64");
}
