import { randomUUID } from "node:crypto";
import { accountOf, nameOf, type Rights, type Role, type User } from "./cast.ts";

/** The principal of a key or a token. */
export interface Principal {
  /** The ARN of the user or the assumed-role session. */
  readonly arn: string;
  /** The ARN of the user or the role itself, for trust policies. */
  readonly issuer: string;
  readonly account: string;
  readonly userId: string;
  readonly rights: Rights;
  /** Whether the keys are of a role: STS limits sessions that they assume to an hour. */
  readonly isRole: boolean;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; absent: static keys. */
  readonly expiresAt?: number;
  readonly principal: Principal;
}

export type Session = Credentials & { readonly sessionToken: string; readonly expiresAt: number };

/** All pairs of keys that AWS has issued. */
export class CredentialBook {
  readonly #byKey = new Map<string, Credentials>();

  constructor(users: readonly User[]) {
    for (const user of users) this.add(user);
  }

  add({ arn, accessKeyId, secretAccessKey, sessionToken, rights = {} }: User): void {
    const userId = `TESTID-${nameOf(arn)}`;
    const principal: Principal = { arn, issuer: arn, account: accountOf(arn), userId, rights, isRole: false };
    const token = sessionToken === undefined ? {} : { sessionToken };
    this.#byKey.set(accessKeyId, { accessKeyId, secretAccessKey, ...token, principal });
  }

  remove(accessKeyId: string): void {
    this.#byKey.delete(accessKeyId);
  }

  find(accessKeyId: string): Credentials | undefined {
    return this.#byKey.get(accessKeyId);
  }

  /** A new session of a role. @param expiresAt milliseconds since the epoch */
  assume(role: Role, sessionName: string, expiresAt: number): Session {
    const id = randomUUID();
    const account = accountOf(role.arn);
    const partition = role.arn.split(":")[1];
    const session: Session = {
      accessKeyId: `TESTSESSION${id.replaceAll("-", "").toUpperCase()}`,
      secretAccessKey: `test-session-secret-${id}`,
      sessionToken: `test-session-token-${id}`,
      expiresAt,
      principal: {
        arn: `arn:${partition}:sts::${account}:assumed-role/${nameOf(role.arn)}/${sessionName}`,
        issuer: role.arn,
        account,
        userId: `TESTROLE-${nameOf(role.arn)}:${sessionName}`,
        rights: role.rights ?? {},
        isRole: true,
      },
    };
    this.#byKey.set(session.accessKeyId, session);
    return session;
  }
}

/** Whether a trust policy accepts a principal. */
export function isTrusted(role: Role, principal: Principal): boolean {
  return (role.trusts ?? []).some(
    (trusted) =>
      trusted === "*" ||
      trusted === principal.account ||
      trusted === principal.issuer ||
      trusted === principal.arn,
  );
}
