import { run } from "./run.ts";

/**
 * Signs a file with minisign, into the same name with .minisig after it.
 * @param key the path of a secret key without a password
 * @param comment what the signature also vouches for
 */
export function sign(file: string, key: string, comment: string): void {
  run(["minisign", "-S", "-s", key, "-m", file, "-t", comment, "-c", "signature of docker-credential-ecr"]);
}
