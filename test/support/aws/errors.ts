/** An AWS error; the protocol of the service determines its form. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** "json" is AWS JSON 1.1 (ECR), "query" is STS's, "rest" is the SSO portal's. */
export type Protocol = "json" | "query" | "rest";

export type Refusal =
  | "missing"
  | "incomplete"
  | "unknownKey"
  | "badSignature"
  | "expiredSession"
  | "denied"
  | "throttled"
  | "unknownOperation";

// The same error has one name in the JSON services and another in STS.
const codes: Readonly<Record<Refusal, { json: [string, number]; query: [string, number] }>> = {
  missing: { json: ["MissingAuthenticationTokenException", 400], query: ["MissingAuthenticationToken", 403] },
  incomplete: { json: ["IncompleteSignatureException", 400], query: ["IncompleteSignature", 400] },
  unknownKey: { json: ["UnrecognizedClientException", 400], query: ["InvalidClientTokenId", 403] },
  badSignature: { json: ["InvalidSignatureException", 400], query: ["SignatureDoesNotMatch", 403] },
  expiredSession: { json: ["ExpiredTokenException", 400], query: ["ExpiredToken", 403] },
  denied: { json: ["AccessDeniedException", 400], query: ["AccessDenied", 403] },
  throttled: { json: ["ThrottlingException", 400], query: ["Throttling", 400] },
  unknownOperation: { json: ["UnknownOperationException", 400], query: ["InvalidAction", 400] },
};

/** The error with its name in the services of a protocol. */
export function refusal(kind: Refusal, protocol: Protocol, message: string): AwsError {
  const [code, status] = codes[kind][protocol === "query" ? "query" : "json"];
  // Of these services, only the SSO portal reports throttling by its status.
  if (kind === "throttled" && protocol === "rest")
    return new AwsError("TooManyRequestsException", 429, message);
  return new AwsError(code, status, message);
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (found) => escapes[found] ?? found);

/** The error as an HTTP response. */
export function renderError(error: AwsError, protocol: Protocol, requestId: string): RenderedError {
  if (protocol === "query") {
    const type = error.status >= 500 ? "Receiver" : "Sender";
    return {
      status: error.status,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
      body:
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>${type}</Type>\n` +
        `    <Code>${escapeXml(error.code)}</Code>\n    <Message>${escapeXml(error.message)}</Message>\n  </Error>\n` +
        `  <RequestId>${requestId}</RequestId>\n</ErrorResponse>\n`,
    };
  }
  const type = protocol === "json" ? "application/x-amz-json-1.1" : "application/json";
  return {
    status: error.status,
    headers: {
      "content-type": type,
      "x-amzn-requestid": requestId,
      ...(protocol === "rest" ? { "x-amzn-errortype": error.code } : {}),
    },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
