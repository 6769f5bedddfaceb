import { parseXML } from "@aws-sdk/xml-builder";
import type { Session } from "../http/session.ts";
import { type Call, callApi, type Target } from "./call.ts";
import { asObject, type JsonObject } from "./json.ts";
import { ServiceError, unreadable } from "./service-error.ts";
import { encoded } from "./sign.ts";

/** An operation of STS, with its parameters in the order in which they are sent. */
export interface QueryOperation {
  readonly name: string;
  readonly version: string;
  readonly parameters: Readonly<Record<string, string | number | undefined>>;
}

/**
 * Calls an operation of a service with the AWS query protocol: form in, XML out.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 *
 * @returns the content of the operation's result element
 * @throws ServiceError, TransportError
 */
export function callQuery(session: Session, target: Target, operation: QueryOperation): Promise<JsonObject> {
  const { name, version, parameters } = operation;
  const fields = Object.entries({ Action: name, Version: version, ...parameters }).flatMap(
    ([field, value]) => (value === undefined ? [] : `${field}=${encoded(String(value))}`),
  );
  const call: Call<JsonObject> = {
    ...target,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: fields.join("&"),
    read: (text, response) => readXml(text, response, `${name}Result`),
  };
  return callApi(session, call);
}

function readXml(text: string, response: Response, resultName: string): JsonObject {
  const answer = parsed(text, response);
  if (response.status < 300) return asObject(answer[resultName]);
  const error = asObject(asObject(answer.Errors).Error ?? answer.Error);
  const message = textIn(error.message ?? error.Message ?? answer.message ?? answer.Message) ?? "Unknown";
  throw new ServiceError(
    textIn(error.Code) ?? defaultErrorName(response),
    message || "UnknownError",
    response,
  );
}

function defaultErrorName({ status }: Response): string {
  return status === 404 ? "NotFound" : "Unknown";
}

/** The content of the document's root element. */
function parsed(text: string, response: Response): JsonObject {
  if (text === "") return {};
  try {
    return asObject(Object.values(parseXML(text))[0]);
  } catch (error) {
    throw unreadable("Error", (error as Error).message, response);
  }
}

/** The text of an element; undefined if it has child elements. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const { "#text": text } = asObject(value);
  return typeof text === "string" ? text : undefined;
}
