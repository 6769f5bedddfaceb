/**
 * When an ECR authorization token's password expires, by its own word: milliseconds since the epoch, or
 * undefined where it is not of ECR's form, which is base64 of JSON with `expiration` in Unix seconds.
 */
export function expiryOfPassword(password: string): number | undefined {
  try {
    const { expiration } = JSON.parse(Buffer.from(password, "base64").toString("utf8"));
    return typeof expiration === "number" && Number.isFinite(expiration) ? expiration * 1000 : undefined;
  } catch {
    return undefined;
  }
}
