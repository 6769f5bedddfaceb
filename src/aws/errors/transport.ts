import type { Origin } from "../../profiles/origin.ts";
import type { CaBundle } from "../http/ca-bundle.ts";
import { originOf, wishOrigins } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";
import type { TransportError } from "../http/transport-error.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** What of a session tells where its settings come from. */
export type Settings = Pick<Session, "settings" | "bundle">;

/**
 * Why no answer came, in words.
 *
 * @param session absent: it failed before there was one
 * @param region the setting that put the region into the host's name
 */
export function diagnoseTransport(
  error: TransportError,
  session: Settings | undefined,
  region?: Origin,
): Diagnosis {
  const { problem, code, host, proxy } = error;
  if (problem === "tls") return diagnoseTls(error, session, region);
  if (proxy !== undefined) return diagnoseProxy(error, proxy, suspect(host, session, region));
  const origin = session && originOf(host, session.settings);
  const who = origin ? `${host}, to which ${origin.name} leads,` : host;
  const fix = origin
    ? `see why it does not answer, or ${origin.removal}`
    : "see that this machine's network reaches it (VPN, firewall, VPC endpoint)";
  switch (problem) {
    case "timeout":
    case "ended":
      return { code: "TIMEOUT", why: `${who} did not answer in time`, fix };
    case "dns": {
      const why = `the name of ${who} can't be resolved`;
      return {
        code: "DNS",
        why,
        fix: origin ? `correct it, or ${origin.removal}` : mendOfDns(session, region),
      };
    }
    case "refused":
    case "unreachable":
      return { code: "UNREACHABLE", why: `${who} can't be connected to (${code})`, fix };
    case "closed":
      return { code: "UNREACHABLE", why: `${who} closed the connection without an answer`, fix };
    case "size": {
      const inPlace = "look for a captive portal or a proxy that answers in AWS's place";
      const fix = origin ? `see what answers there, or ${origin.removal}` : inPlace;
      return { code: "BAD_ANSWER", why: `the answer of ${who} ${sizeProblem(code)}`, fix: fix };
    }
    default:
      return { code: "UNREACHABLE", why: `${who} gave no answer (${code})`, fix };
  }
}

/** What to do about the setting that put the host's name together, if one did. */
function suspect(host: string, session: Settings | undefined, region: Origin | undefined) {
  const origin = session && originOf(host, session.settings);
  if (origin) return origin.removal;
  if (region) return region.removal;
  const endpointSettings = session ? wishOrigins(session.settings) : [];
  return endpointSettings.length > 0
    ? endpointSettings.map(({ removal }) => removal).join(" and ")
    : undefined;
}

function mendOfDns(session: Settings | undefined, region: Origin | undefined): string {
  if (region) return `check ${region.name}, then DNS and the network`;
  const endpointSettings = session ? wishOrigins(session.settings) : [];
  if (endpointSettings.length === 0)
    return "check DNS and the network, and that AWS has that endpoint in that region";
  const removals = endpointSettings.map(({ removal }) => removal).join(" and ");
  return `check DNS and the network; where AWS has no such endpoint in that region, ${removals}`;
}

/** What can't be reached where there is a proxy is the proxy. */
function diagnoseProxy(error: TransportError, address: string, suspected: string | undefined): Diagnosis {
  const { problem, code, host, proxyVariable: variable = "HTTPS_PROXY", exemptions = "NO_PROXY" } = error;
  const proxy = `the proxy ${address} (${variable})`;
  const form = "http://HOST:PORT, with a login before the host if it wants one";
  const other = suspected === undefined ? "" : `, or ${suspected}`;
  const fix = `correct ${variable} (${form}), or list ${host} in ${exemptions}${other}`;
  switch (problem) {
    case "timeout":
    case "ended":
      return { code: "TIMEOUT", why: `${host} did not answer in time by ${proxy}`, fix };
    case "dns":
      return { code: "DNS", why: `the name of ${proxy} can't be resolved`, fix };
    case "refused":
    case "unreachable":
      return { code: "UNREACHABLE", why: `${proxy} can't be connected to (${code})`, fix };
    case "closed":
      return { code: "UNREACHABLE", why: `${host} gave no answer by ${proxy}`, fix };
    case "proxy": {
      const allow = `have the proxy allow ${host}, ${fix}`;
      return { code: "PROXY", why: `${proxy} does not connect to ${host} (${code})`, fix: allow };
    }
    case "address":
      return { code: "PROXY", why: `the value of ${variable} is no address of a proxy`, fix };
    case "size":
      return { code: "BAD_ANSWER", why: `the answer of ${host} by ${proxy} ${sizeProblem(code)}`, fix };
    default:
      return { code: "UNREACHABLE", why: `${host} gave no answer by ${proxy} (${code})`, fix };
  }
}

function sizeProblem(code: string): string {
  return code === "TOO_LARGE" ? "is larger than 1 MiB" : "is compressed in a way that can't be read";
}

function diagnoseTls(
  { code, host, proxy, proxyVariable }: TransportError,
  session: Settings | undefined,
  region: Origin | undefined,
): Diagnosis {
  const origin = session && originOf(host, session.settings);
  const via = proxy === undefined ? "" : ` by the proxy ${proxy} (${proxyVariable ?? "HTTPS_PROXY"})`;
  const leads = origin ? `, to which ${origin.name} leads,` : "";
  const why = `the TLS certificate of ${host}${leads}${via} is not accepted (${code})`;
  return { code: "TLS", why, fix: mendOfTls(code, session?.bundle, suspect(host, session, region)) };
}

function mendOfTls(code: string, bundle: CaBundle | undefined, suspected: string | undefined): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return "check this machine's clock, then who serves that certificate";
  if (/ALTNAME|HOSTNAME/.test(code)) {
    const other = suspected === undefined ? "" : `, or ${suspected}`;
    return `something else answers in its place: check DNS and the proxy${other}`;
  }
  if (!bundle) return "set AWS_CA_BUNDLE to a PEM file with its authority, such as that of a company's proxy";
  return `add its authority to ${bundle.path}, since by ${bundle.origin.name} no other counts, or ${bundle.origin.removal}`;
}
