/** What AWS, or what answers in its place, answered in place of a result. The form is that of the SDK's exceptions. */
export class ServiceError extends Error {
  readonly $metadata: Metadata;
  /** For the retry strategy, which reads `Retry-After`. */
  readonly $response: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };

  /** @param name AWS's word for the error, such as "AccessDeniedException" */
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
  /** The local clock was off by so much that the next attempt is signed with another time. */
  clockSkewCorrected?: boolean;
}

/** An answer that can't be read. @param name "SyntaxError" for JSON, by which the diagnosis knows it */
export function unreadable(name: string, why: string, response: Response): ServiceError {
  return new ServiceError(name, `Deserialization error: ${why}`, response);
}
