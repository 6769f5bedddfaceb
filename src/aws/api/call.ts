import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { retrySettings } from "../http/retry-settings.ts";
import { type Session, userAgent } from "../http/session.ts";
import { ServiceError } from "./service-error.ts";
import { signedHeaders } from "./sign.ts";

/** One call of an operation of an AWS service. */
export interface Call<Answer> extends Target {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** @throws ServiceError for an answer that is an error, or can't be read */
  read(text: string, response: Response): Answer;
}

/** The service that is called, and the credentials. */
export interface Target {
  /** Its signing name: "ecr". */
  readonly service: string;
  readonly region: string;
  readonly endpoint: string;
  /** Absent: the request is not signed. */
  readonly credentials?: AwsCredentials | undefined;
}

/** If the clocks differ by at least this, in milliseconds, a failed request is signed again with the server's time. */
const correctedSkew = 240_000;

/**
 * Sends a request, with retries.
 *
 * It does not use the SDK's clients, because they take longer to load than the rest of a cold get. Signature, retries and
 * error names are the same; a test compares both.
 *
 * @throws ServiceError, TransportError
 */
export async function callApi<Answer>(session: Session, call: Call<Answer>): Promise<Answer> {
  const url = new URL(call.endpoint);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.search = "";
  url.hash = "";
  const settings = retrySettings(session);
  const invocation = crypto.randomUUID();
  let offset = 0;
  let retries: { next(error: unknown): Promise<void> } | undefined;
  for (let attempt = 1; ; attempt++) {
    const headers = {
      ...call.headers,
      "content-length": String(Buffer.byteLength(call.body)),
      "amz-sdk-invocation-id": invocation,
      "amz-sdk-request": `attempt=${attempt}; max=${settings.maxAttempts}`,
    };
    try {
      const response = await session.transport.send(requestOf(call, url, headers, session.now() + offset));
      const answer = call.read(await response.text(), response);
      session.lastAttempt = undefined;
      return answer;
    } catch (error) {
      offset = correctedOffset(error, offset, session.now());
      if (attempt >= settings.maxAttempts) throw error;
      const { Retries } = await import("./retries.ts");
      retries ??= new Retries(settings);
      session.lastAttempt = error;
      await retries.next(error);
    }
  }
}

/** @param at the time of the signature, in milliseconds since the epoch */
function requestOf(
  { service, region, credentials, body }: Call<unknown>,
  url: URL,
  headers: Readonly<Record<string, string>>,
  at: number,
): Request {
  const sent = credentials
    ? signedHeaders({ url, headers, body }, { service, region, at }, credentials)
    : headers;
  return new Request(url.href, { method: "POST", headers: { ...sent, "user-agent": userAgent }, body });
}

/** The server's clock minus the local clock, if the difference may be the cause of an error, which is then worth a retry. */
function correctedOffset(error: unknown, offset: number, now: number): number {
  if (!(error instanceof ServiceError)) return offset;
  const { date, age } = error.$response.headers;
  const measured = Date.parse(date ?? "") - now;
  // The date of a cached answer is that of an earlier time.
  if (age !== undefined || !(Math.abs(measured - offset) >= correctedSkew)) return offset;
  error.$metadata.clockSkewCorrected = true;
  return measured;
}
