import { homedir } from "node:os";
import { join } from "node:path";

/** A path in the cache of what is built or installed for tests, outside the repository. */
export function testCache(name: string, env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "docker-credential-ecr-tests", name);
}
