/** A login, as Docker's config.json stores it for a host without a helper. */
export interface Login {
  readonly username: string;
  readonly secret: string;
}

/** The username under which Docker's helpers store an identity token: docker/docker-credential-helpers, credentials/credentials.go. */
export const tokenUsername = "<token>";

/** Base64 of `username:secret`, as Docker stores a login: docker/cli, cli/config/configfile/file.go. */
export function encodeAuth({ username, secret }: Login): string {
  return Buffer.from(`${username}:${secret}`).toString("base64");
}

/** Decodes like docker/cli: cli/config/configfile/file.go (decodeAuth). Go's base64 ignores line ends. */
export function decodeAuth(auth: string): Login | undefined {
  const base64 = auth.replace(/[\r\n]+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined;
  const text = Buffer.from(base64, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  let [start, end] = [colon + 1, text.length];
  while (start < end && text[start] === "\0") start += 1;
  while (start < end && text[end - 1] === "\0") end -= 1;
  return { username: text.slice(0, colon), secret: text.slice(start, end) };
}
