import { Failure } from "../../token/failure.ts";
import { foreignError } from "../../token/foreign-text.ts";
import { diagnoseTransport } from "../errors/transport.ts";
import { registryEndpoint } from "../http/endpoints.ts";
import { proxyFor } from "../http/proxy.ts";
import type { Session } from "../http/session.ts";
import { TransportError } from "../http/transport-error.ts";
import { type AwsRequest, openSession } from "./call.ts";

/** The connection to a registry's API: each step up to an answer or the first failure. */
export interface Reach {
  /** Host and port; absent: the endpoint settings are invalid. */
  readonly host?: string;
  /** Host and port of the proxy, without its login. */
  readonly proxy?: string;
  /** The path of the CA bundle, if one is set. */
  readonly bundle?: string;
  /** Absent: `broken` has the reason. */
  readonly answer?: { readonly status: number; readonly clockSkew: number };
  readonly broken?: BrokenLink;
}

export interface BrokenLink {
  readonly link: Link;
  readonly failure: Failure;
}

/** The steps of a connection to AWS, in the order of a request. */
export type Link = "endpoint" | "proxy" | "dns" | "certificates" | "api";

/**
 * Sends one unsigned request to the registry's API; any answer is a success. Resolves no credentials.
 *
 * Never throws.
 */
export async function reachApi(request: AwsRequest): Promise<Reach> {
  let session: Session;
  try {
    session = await openSession(request);
  } catch (error) {
    return { broken: { link: "certificates", failure: connectionFailure(error) } };
  }
  const bundle = session.bundle?.path;
  let url: URL;
  try {
    url = new URL(registryEndpoint(request.registry, session.settings));
  } catch (error) {
    return { ...(bundle && { bundle }), broken: { link: "endpoint", failure: connectionFailure(error) } };
  }
  const chosen = proxyFor(url, session.env);
  const proxy = chosen && (URL.parse(chosen.url)?.host || "an invalid address");
  const route = { host: url.host, ...(proxy && { proxy }), ...(bundle && { bundle }) };
  try {
    const { status } = await session.transport.send(new Request(url.href));
    return { ...route, answer: { status, clockSkew: session.transport.clockSkew } };
  } catch (error) {
    return { ...route, broken: { link: linkOf(error), failure: connectionFailure(error, session) } };
  }
}

function linkOf(error: unknown): Link {
  if (!(error instanceof TransportError)) return "api";
  const { problem, proxy } = error;
  if (["tls", "handshake", "bundle"].includes(problem)) return "certificates";
  if (problem === "proxy" || problem === "address") return "proxy";
  const isConnectionProblem = problem === "dns" || problem === "refused" || problem === "unreachable";
  if (isConnectionProblem && proxy !== undefined) return "proxy";
  return problem === "dns" ? "dns" : "api";
}

/** Converts an error of the connection into a failure. @param session absent if it failed before the session was open */
export function connectionFailure(error: unknown, session?: Session): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof TransportError) {
    const { code, why, fix } = diagnoseTransport(error, session);
    return new Failure(code, why, fix, { cause: error });
  }
  return new Failure(
    "UNEXPECTED",
    foreignError(error),
    "run it again; if it recurs, report this line as a bug",
    {
      cause: error,
    },
  );
}
