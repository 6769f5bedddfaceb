/**
 * The expiry time that the password of an ECR authorization token contains, in milliseconds since the epoch. ECR's
 * password is base64 of JSON with `expiration` in Unix seconds; undefined for any other form.
 */
export function expiryOfPassword(password: string): number | undefined {
  try {
    const { expiration } = JSON.parse(Buffer.from(password, "base64").toString("utf8"));
    return typeof expiration === "number" && Number.isFinite(expiration) ? expiration * 1000 : undefined;
  } catch {
    return undefined;
  }
}
