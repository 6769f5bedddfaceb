/** In the form that the SDK uses. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/**
 * The part that a header can't contain: AWS's keys are printable ASCII. Undefined if all can be sent. The secret access
 * key is not sent.
 */
export function unsendablePart({
  accessKeyId,
  sessionToken = "",
}: AwsCredentials): "access key ID" | "session token" | undefined {
  if (!isSendable(accessKeyId)) return "access key ID";
  return isSendable(sessionToken) ? undefined : "session token";
}

/** Whether a header can contain the text: printable ASCII on one line. Blanks and line ends around it are not sent. */
export function isSendable(text: string): boolean {
  return /^[\t\n\r -~]*$/.test(text) && !/[\n\r]/.test(text.trim());
}
