import type { Origin } from "../../profiles/origin.ts";
import { originOf } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";
import type { Where } from "../http/transport-error.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** What answered last, where a setting put something in AWS's place or between this program and AWS. */
export interface Answerer {
  /** "localhost:4566 (AWS_ENDPOINT_URL)" */
  readonly name: string;
  /** The same after the host: ", to which AWS_ENDPOINT_URL leads" */
  readonly way: string;
  /** What to do where its answer is not AWS's. */
  readonly fix: string;
}

/** What of a session says who answered. */
export interface Answered {
  readonly settings: Session["settings"];
  readonly transport: Pick<Session["transport"], "lastWhere">;
}

/** By a custom endpoint: whatever it answers, it need not be AWS that says it. */
export function lastEndpoint(
  session: Answered | undefined,
): (Answerer & { readonly origin: Origin }) | undefined {
  const where = session?.transport.lastWhere;
  const origin = session && where && originOf(where.host, session.settings);
  if (!where || !origin) return undefined;
  const { by, past } = proxyIn(where);
  return {
    name: `${where.host} (${origin.name})${by}`,
    way: `, to which ${origin.name} leads${by}`,
    fix: `see what answers at ${where.host}${by}, or ${origin.removal}${past}`,
    origin,
  };
}

/** The same, or a proxy on the way to AWS: for what is no answer of AWS's. */
export function lastAnswerer(session: Answered | undefined): Answerer | undefined {
  const where = session?.transport.lastWhere;
  const endpoint = lastEndpoint(session);
  if (endpoint || where?.proxy === undefined) return endpoint;
  const { by, past } = proxyIn(where);
  return { name: where.host + by, way: by, fix: `see what the proxy does with it${past}` };
}

/** Of an answer that the service, as it is named for a user, can't have given. @param status of HTTP */
export function notAws(
  service: string,
  status: number | undefined,
  session: Answered | undefined,
): Diagnosis {
  const answerer = lastAnswerer(session);
  return {
    code: "BAD_ANSWER",
    why: `what answered for ${answerer ? `${service} at ${answerer.name}` : service} is not AWS (HTTP ${status})`,
    fix: answerer?.fix ?? "look for a captive portal or a proxy that answers in AWS's place",
  };
}

function proxyIn({ host, proxy, proxyVariable, exemptions }: Where) {
  if (proxy === undefined) return { by: "", past: "" };
  return { by: ` by the proxy ${proxy} (${proxyVariable})`, past: `, or list ${host} in ${exemptions}` };
}
