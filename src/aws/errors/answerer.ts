import type { Origin } from "../../profiles/origin.ts";
import { originOf } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";
import type { Where } from "../http/transport-error.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** The server that answered last, if a setting put another server in AWS's place or between this program and AWS. */
export interface Answerer {
  /** "localhost:4566 (AWS_ENDPOINT_URL)" */
  readonly name: string;
  /** A text to append to the host: " (set by AWS_ENDPOINT_URL)" */
  readonly suffix: string;
  /** The fix if its answer is not AWS's. */
  readonly fix: string;
}

/** The parts of a session that show which server answered. */
export interface Answered {
  readonly settings: Session["settings"];
  readonly transport: Pick<Session["transport"], "lastWhere">;
}

/** The custom endpoint that answered last: its answer need not be AWS's. */
export function lastEndpoint(
  session: Answered | undefined,
): (Answerer & { readonly origin: Origin }) | undefined {
  const where = session?.transport.lastWhere;
  const origin = session && where && originOf(where.host, session.settings);
  if (!where || !origin) return undefined;
  const { by, past } = proxyIn(where);
  return {
    name: `${where.host} (${origin.name})${by}`,
    suffix: ` (set by ${origin.name})${by}`,
    fix: `check what answers at ${where.host}${by}, or ${origin.removal}${past}`,
    origin,
  };
}

/** The custom endpoint or the proxy that answered last, for an answer that is not AWS's. */
export function lastAnswerer(session: Answered | undefined): Answerer | undefined {
  const where = session?.transport.lastWhere;
  const endpoint = lastEndpoint(session);
  if (endpoint || where?.proxy === undefined) return endpoint;
  const { by, past } = proxyIn(where);
  return { name: where.host + by, suffix: by, fix: `check what the proxy does with the request${past}` };
}

/** The diagnosis of an answer that is not AWS's. @param service its name for users @param status HTTP status */
export function notAws(
  service: string,
  status: number | undefined,
  session: Answered | undefined,
): Diagnosis {
  const answerer = lastAnswerer(session);
  return {
    code: "BAD_ANSWER",
    why: `the answer of ${answerer ? `${service} at ${answerer.name}` : service} is not AWS's (HTTP ${status})`,
    fix: answerer?.fix ?? "check for a captive portal or a proxy that answers instead of AWS",
  };
}

function proxyIn({ host, proxy, proxyVariable, exemptions }: Where) {
  if (proxy === undefined) return { by: "", past: "" };
  return { by: ` through the proxy ${proxy} (${proxyVariable})`, past: `, or list ${host} in ${exemptions}` };
}
