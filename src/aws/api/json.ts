import type { Session } from "../http/session.ts";
import { type Call, callApi, type Target } from "./call.ts";
import { ServiceError, unreadable } from "./service-error.ts";

/** An object of an answer whose fields are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Calls an operation without input of a service that speaks AWS JSON 1.1.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 *
 * @param operation includes the name of the service: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
 * @throws ServiceError, TransportError
 */
export function callJson(session: Session, target: Target, operation: string): Promise<JsonObject> {
  const call: Call<JsonObject> = {
    ...target,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": operation },
    body: "{}",
    read: readJson,
  };
  return callApi(session, call);
}

function readJson(text: string, response: Response): JsonObject {
  const answer = parsed(text, response);
  if (response.status < 300) return answer;
  throw new ServiceError(errorName(answer, response), textOf(answer, "message") || "UnknownError", response);
}

function parsed(text: string, response: Response): JsonObject {
  if (text === "") return {};
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    throw unreadable("SyntaxError", (error as Error).message, response);
  }
}

/** The value if it is an object, else an empty object. */
export function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}

/** Services write the name as "namespace#Name:URL", in the body or a header. */
function errorName(answer: JsonObject, { headers }: Response): string {
  const raw = answer.__type ?? anyCase(answer, "code") ?? headers.get("x-amzn-errortype");
  if (typeof raw !== "string" && typeof raw !== "number") return "Unknown";
  const [name = ""] = String(raw).split(/[,:]/);
  return name.slice(name.indexOf("#") + 1);
}

function textOf(answer: JsonObject, name: "message"): string {
  const value = answer[name] ?? answer.Message;
  // Not an object, which may be nested so deep that it exhausts the stack.
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The value of a key in any case. */
function anyCase(answer: JsonObject, name: string): unknown {
  const key = Object.keys(answer).find((each) => each.toLowerCase() === name);
  return key === undefined ? undefined : answer[key];
}
