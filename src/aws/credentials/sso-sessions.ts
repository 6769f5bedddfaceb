import type { Environment } from "../../token/dependencies.ts";
import { type AwsFiles, followedSections } from "./profile-closure.ts";

/**
 * The files that change when somebody signs in again: the caches of `aws sso login` and `aws login`, and the token
 * files of web identities and pods. They say nothing of who asks, and the first two are also rewritten by each
 * refresh of a session, so no token depends on them; but a failure may be mended once one has changed.
 *
 * Where they lie: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html, for `aws login`
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 *
 * @param profiles in which the search for credentials begins
 */
export function signInFiles(
  files: AwsFiles,
  profiles: readonly string[],
  env: Environment,
  home: string,
): readonly string[] {
  const paths = new Set<string>();
  const add = (path: string | undefined) => path && paths.add(path);
  add(env.AWS_WEB_IDENTITY_TOKEN_FILE);
  add(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE);
  const logins = env.AWS_LOGIN_CACHE_DIRECTORY ?? `${home}/.aws/login/cache`;
  for (const profile of profiles) {
    for (const [name, both] of followedSections(files, profile)) {
      const session = /^sso-session\.(.+)$/.exec(name)?.[1];
      for (const { sso_start_url, login_session, web_identity_token_file } of both) {
        const signedIn = sso_start_url && (session ?? sso_start_url);
        if (signedIn) add(`${home}/.aws/sso/cache/${hex("sha1", signedIn)}.json`);
        if (login_session) add(`${logins}/${hex("sha256", login_session)}.json`);
        add(web_identity_token_file);
      }
    }
  }
  return [...paths];
}

function hex(algorithm: "sha1" | "sha256", text: string): string {
  return new Bun.CryptoHasher(algorithm).update(text).digest("hex");
}
