import type { Environment } from "../../token/dependencies.ts";

/** AWS's own helper, amazon-ecr-credential-helper, by its name in Docker's config. */
export const ecrLoginName = "ecr-login";

/**
 * What becomes of the settings of AWS's helper, which are environment variables alone: one line for each that is set.
 * Their meaning: the README of awslabs/amazon-ecr-credential-helper.
 */
export function ecrLoginNotes(env: Environment): readonly string[] {
  const notes: readonly (readonly [string, string])[] = [
    [
      "AWS_ECR_CACHE_DIR",
      "tokens lie in this helper's state folder now; remove the cache.json there, it holds tokens in plain text",
    ],
    [
      "AWS_ECR_DISABLE_CACHE",
      "not needed: a token that is kept here is not used once its identity has changed, nor after its expiry",
    ],
    [
      "AWS_ECR_IGNORE_CREDS_STORAGE",
      "not needed: docker login works, and counts until docker logout or the token's expiry",
    ],
  ];
  return notes.flatMap(([name, note]) =>
    env[name] ? [`${name} is set, and counts for nothing here: ${note}`] : [],
  );
}

/** Where AWS's helper keeps tokens unless told otherwise. */
export function ecrLoginCache(env: Environment, home: string): string {
  return `${env.AWS_ECR_CACHE_DIR || `${home}/.ecr`}/cache.json`.replace(/^~(?=\/)/, home);
}
