import type { Environment } from "../token/dependencies.ts";
import type { AwsFiles } from "./config-files.ts";
import type { CredentialSource } from "./credential-source.ts";
import { expandedPath } from "./file-paths.ts";

/**
 * The path where `aws sso login` stores a sign-in. @param name of the sso-session, or the start URL of the older form
 */
export function ssoCachePath(home: string, name: string): string {
  return `${home}/.aws/sso/cache/${hex("sha1", name)}.json`;
}

/** The folder where `aws login` stores sign-ins. */
export function loginCacheFolder(env: Environment, home: string): string {
  const { AWS_LOGIN_CACHE_DIRECTORY: folder } = env;
  return folder === undefined ? `${home}/.aws/login/cache` : expandedPath(folder, env, home);
}

/** The file where `aws login` stores a sign-in. */
export function loginCachePath(env: Environment, home: string, session: string): string {
  return `${loginCacheFolder(env, home)}/${hex("sha256", session)}.json`;
}

/**
 * The files that a new sign-in changes: the caches of `aws sso login` and `aws login`, and the token files of web
 * identities and pods. They don't affect the identity, and each renewal of a session also rewrites the first two, so no
 * token depends on them. But their change may end a failure.
 *
 * @param source absent: none has been decided
 */
export function signInFiles(
  source: CredentialSource | undefined,
  files: AwsFiles | undefined,
  env: Environment,
  home: string,
): readonly string[] {
  const paths = new Set<string>();
  const add = (path: string | undefined) => path && paths.add(path);
  add(env.AWS_WEB_IDENTITY_TOKEN_FILE);
  add(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE);
  if (source?.kind === "web-identity") add(source.tokenFile);
  if (source?.kind === "sso") add(ssoCachePath(home, source.session ?? source.startUrl));
  const addLogin = (session: string) => add(loginCachePath(env, home, session));
  if (source?.kind === "login") addLogin(source.session);
  if (source?.kind !== "process" || !files) return [...paths];
  // The profile that it uses is unknown.
  for (const name of files.profileNames()) {
    const settings = files.profile(name);
    const signIn = settings?.get("sso_session") ?? settings?.get("sso_start_url");
    if (signIn) add(ssoCachePath(home, signIn.value));
    const login = settings?.get("login_session");
    if (login) addLogin(login.value);
  }
  return [...paths];
}

function hex(algorithm: "sha1" | "sha256", text: string): string {
  return new Bun.CryptoHasher(algorithm).update(text).digest("hex");
}
