import { readClock } from "../store/files/clock.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { Failure } from "../token/failure.ts";
import { isoTime } from "../token/iso-time.ts";
import { type Life, lifeState } from "../token/life.ts";

/** An explicit `docker login` that is used instead of a registry's token. */
export interface ExplicitLogin {
  readonly life: Life;
  /** For users: until when it is used, and how to remove it. */
  readonly note: string;
  /** Its password is no ECR token, so no ECR registry accepts it. */
  readonly failure?: Failure;
}

export async function explicitLogin(
  host: string,
  { store, files, now }: StoredTokens,
): Promise<ExplicitLogin | undefined> {
  const login = await store.readLogin(host);
  if (!login || !("life" in login) || lifeState(login.life, readClock(files, now())) === "expired") {
    return undefined;
  }
  const end = isoTime(login.life.expiresAt);
  const note = `an explicit 'docker login' is used until ${end}; 'docker logout ${host}' removes it`;
  if (expiryOfPassword(login.secret) !== undefined) return { life: login.life, note };
  const what = `${host}: the password of the explicit 'docker login', which is used until ${end}, is not an ECR token`;
  return { life: login.life, note, failure: new Failure("LOGIN_DEAD", what, `docker logout ${host}`) };
}
