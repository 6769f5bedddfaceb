import { Failure } from "../../token/failure.ts";
import { foreignError } from "../../token/foreign-text.ts";
import { diagnoseTransport } from "../errors/transport.ts";
import { registryEndpoint } from "../http/endpoints.ts";
import { proxyFor } from "../http/proxy.ts";
import type { Session } from "../http/session.ts";
import { TransportError } from "../http/transport-error.ts";
import { type AwsRequest, openSession } from "./call.ts";

/** The way to a registry's API, and how far along it one comes. */
export interface Reach {
  /** Host and port; absent: the settings name no place. */
  readonly host?: string;
  /** Host and port of the proxy that is asked, without its login. */
  readonly proxy?: string;
  /** The path of the authorities that count alone. */
  readonly bundle?: string;
  /** Absent: `broken` says why. */
  readonly answer?: { readonly status: number; readonly clockSkew: number };
  readonly broken?: BrokenLink;
}

export interface BrokenLink {
  readonly link: Link;
  readonly failure: Failure;
}

/** What stands between this machine and AWS, in the order in which a request meets it. */
export type Link = "endpoint" | "proxy" | "dns" | "certificates" | "api";

/**
 * Sends one request without a signature to the registry's API: any answer will do. No credential is resolved.
 *
 * Never throws.
 */
export async function reachApi(request: AwsRequest): Promise<Reach> {
  let session: Session;
  try {
    session = await openSession(request);
  } catch (error) {
    return { broken: { link: "certificates", failure: failureOnTheWay(error) } };
  }
  const bundle = session.bundle?.path;
  let url: URL;
  try {
    url = new URL(registryEndpoint(request.registry, session.settings));
  } catch (error) {
    return { ...(bundle && { bundle }), broken: { link: "endpoint", failure: failureOnTheWay(error) } };
  }
  const chosen = proxyFor(url, session.env);
  const proxy = chosen && (URL.parse(chosen.url)?.host || "that is no address");
  const way = { host: url.host, ...(proxy && { proxy }), ...(bundle && { bundle }) };
  try {
    const { status } = await session.transport.send(new Request(url.href));
    return { ...way, answer: { status, clockSkew: session.transport.clockSkew } };
  } catch (error) {
    return { ...way, broken: { link: linkOf(error), failure: failureOnTheWay(error, session) } };
  }
}

function linkOf(error: unknown): Link {
  if (!(error instanceof TransportError)) return "api";
  const { problem, proxy } = error;
  if (problem === "tls") return "certificates";
  if (problem === "proxy" || problem === "address") return "proxy";
  const isOnTheWay = problem === "dns" || problem === "refused" || problem === "unreachable";
  if (isOnTheWay && proxy !== undefined) return "proxy";
  return problem === "dns" ? "dns" : "api";
}

/** What went wrong between here and an answer, in our words. @param session absent: it failed before there was one */
export function failureOnTheWay(error: unknown, session?: Session): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof TransportError) {
    const { code, why, fix } = diagnoseTransport(error, session);
    return new Failure(code, why, fix, { cause: error });
  }
  return new Failure(
    "UNEXPECTED",
    foreignError(error),
    "run it again; if it stays, report this line as a bug",
    {
      cause: error,
    },
  );
}
