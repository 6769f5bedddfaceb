import type { TokenStore } from "../store/tokens/token-store.ts";
import { Failure } from "../token/failure.ts";

/**
 * Adds to a token why it answers although the user has a stored `docker login`: the keychain that encrypts the login can't
 * be used.
 *
 * @param identities of the tokens, by host
 */
export function withUnreadLogin<Token extends object>(
  token: Token,
  host: string,
  identities: ReadonlyMap<string, string>,
  store: Pick<TokenStore, "unreadLogin">,
): Token & { readonly notice?: Failure } {
  const reason = store.unreadLogin(host);
  return reason ? { ...token, notice: noticeOf(host, identities.get(host), reason) } : token;
}

function noticeOf(host: string, identity: string | undefined, reason: Failure): Failure {
  const used = identity === undefined ? "another token is used" : `the token of ${identity} is used`;
  const what = `the docker login to ${host} can't be read, so ${used}: ${reason.message}`;
  const fix = `start the keychain and unlock it; or run: docker logout ${host}`;
  return new Failure(reason.code, what, fix, { cause: reason });
}
