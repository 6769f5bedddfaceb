import type { Environment } from "../../token/dependencies.ts";

/** AWS's own helper, amazon-ecr-credential-helper, by its name in Docker's config. */
export const ecrLoginName = "ecr-login";

/**
 * Notes about the settings of AWS's helper, which are environment variables: one line for each that is set. See the README of awslabs/amazon-ecr-credential-helper.
 */
export function ecrLoginNotes(env: Environment): readonly string[] {
  const notes: readonly (readonly [string, string])[] = [
    [
      "AWS_ECR_CACHE_DIR",
      "tokens are now stored in this helper's state folder; remove the cache.json there, which contains tokens in plain text",
    ],
    [
      "AWS_ECR_DISABLE_CACHE",
      "not needed: this helper does not use a stored token after its identity has changed or it has expired",
    ],
    [
      "AWS_ECR_IGNORE_CREDS_STORAGE",
      "not needed: docker login works, and the login is used until docker logout or the token's expiry",
    ],
  ];
  return notes.flatMap(([name, note]) =>
    env[name] ? [`${name} is set, but this helper ignores it: ${note}`] : [],
  );
}

/** The token cache of AWS's helper. */
export function ecrLoginCache(env: Environment, home: string): string {
  return `${env.AWS_ECR_CACHE_DIR || `${home}/.ecr`}/cache.json`.replace(/^~(?=\/)/, home);
}
