import { Failure } from "../../token/failure.ts";

/** A login to a host outside ECR. */
export interface Login {
  /** `<token>`: the secret is an identity token. */
  readonly username: string;
  readonly secret: string;
}

/** Bytes: far more than any registry's token. */
const longest = 64 * 1024;

/** @throws Failure LOGIN_TOO_LONG */
export function assertFits(server: string, { username, secret }: Login): void {
  if (Math.max(Buffer.byteLength(username), Buffer.byteLength(secret)) <= longest) return;
  const what = `the login to ${server} was not stored: it is longer than 64 KiB`;
  throw new Failure("LOGIN_TOO_LONG", what, "log in with a shorter password or token");
}

/** As it is stored in a keychain entry, with the key names of Docker's protocol, since a user may look at it. */
export function loginText({ username, secret }: Login): string {
  return JSON.stringify({ Username: username, Secret: secret });
}

/** Undefined if the text is not a login of this program. */
export function parseLogin(text: string): Login | undefined {
  try {
    const { Username: username, Secret: secret } = JSON.parse(text);
    return typeof username === "string" && typeof secret === "string" ? { username, secret } : undefined;
  } catch {
    return undefined;
  }
}
