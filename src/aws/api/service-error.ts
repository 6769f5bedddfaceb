/** An error that AWS, or another server in its place, answered. It has the form of the SDK's exceptions. */
export class ServiceError extends Error {
  readonly $metadata: Metadata;
  /** For the retry strategy, which reads `Retry-After`. */
  readonly $response: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };

  /** @param name AWS's name of the error, such as "AccessDeniedException" */
  constructor(name: string, message: string, { status, headers }: Response, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    const requestId = headers.get("x-amzn-requestid") ?? headers.get("x-amz-request-id");
    this.$metadata = { httpStatusCode: status, ...(requestId !== null && { requestId }) };
    this.$response = { statusCode: status, headers: Object.fromEntries(headers) };
  }
}

interface Metadata {
  readonly httpStatusCode: number;
  readonly requestId?: string;
  /** Whether the clocks differed so much that the next attempt is signed with the server's time. */
  clockSkewCorrected?: boolean;
}

/** An answer that can't be read. @param name "SyntaxError" for JSON, which the diagnosis checks */
export function unreadable(name: string, why: string, response: Response): ServiceError {
  return new ServiceError(name, `Deserialization error: ${why}`, response);
}
