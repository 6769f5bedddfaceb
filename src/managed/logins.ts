import { readClock } from "../store/files/clock.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import { expiryOfPassword } from "../token/expiry.ts";
import { Failure } from "../token/failure.ts";
import { isoTime } from "../token/iso-time.ts";
import { type Life, lifeState } from "../token/life.ts";

/** A `docker login` that answers instead of a registry's token. */
export interface ExplicitLogin {
  readonly life: Life;
  /** For a person: until when, and how to end it. */
  readonly note: string;
  /** Its password is none of ECR's: no registry takes it. */
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
  const note = `an explicit 'docker login' answers until ${end}; 'docker logout ${host}' ends it`;
  if (expiryOfPassword(login.secret) !== undefined) return { life: login.life, note };
  const what = `${host}: the password of the explicit 'docker login', which answers until ${end}, is no ECR token`;
  return { life: login.life, note, failure: new Failure("LOGIN_DEAD", what, `docker logout ${host}`) };
}
