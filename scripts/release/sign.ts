import { run } from "./run.ts";

/**
 * Signs a file with minisign; the signature is the file name with .minisig.
 * @param key the path of a secret key without a password
 * @param comment signed too
 */
export function sign(file: string, key: string, comment: string): void {
  run(["minisign", "-S", "-s", key, "-m", file, "-t", comment, "-c", "signature of docker-credential-ecr"]);
}
