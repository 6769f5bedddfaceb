import type { Origin } from "../../profiles/origin.ts";
import type { CaBundle } from "../http/ca-bundle.ts";
import { originOf, variantOrigins } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";
import type { TransportError } from "../http/transport-error.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** The parts of a session that show the origin of its settings. */
export type Settings = Pick<Session, "settings" | "bundle">;

/**
 * The diagnosis of a request without an answer.
 *
 * @param session absent if it failed before the session was open
 * @param region the setting of the region in the host name
 */
export function diagnoseTransport(
  error: TransportError,
  session: Settings | undefined,
  region?: Origin,
): Diagnosis {
  const { problem, code, host, proxy } = error;
  if (problem === "tls") return diagnoseTls(error, session, region);
  if (proxy !== undefined) return diagnoseProxy(error, proxy, settingFix(host, session, region));
  const origin = session && originOf(host, session.settings);
  const who = origin ? `${host} (set by ${origin.name})` : host;
  const fix = origin
    ? `check why it does not answer, or ${origin.removal}`
    : "check that this machine's network reaches it (VPN, firewall, VPC endpoint)";
  switch (problem) {
    case "timeout":
    case "ended":
      return { code: "TIMEOUT", why: `${who} did not answer in time`, fix };
    case "dns": {
      const why = `the name of ${who} can't be resolved`;
      return {
        code: "DNS",
        why,
        fix: origin ? `correct it, or ${origin.removal}` : dnsFix(session, region),
      };
    }
    case "refused":
    case "unreachable":
      return { code: "UNREACHABLE", why: `${who} can't be connected to (${code})`, fix };
    case "closed":
      return { code: "UNREACHABLE", why: `${who} closed the connection without an answer`, fix };
    case "size": {
      const inPlace = "check for a captive portal or a proxy that answers instead of AWS";
      const fix = origin ? `check what answers there, or ${origin.removal}` : inPlace;
      return { code: "BAD_ANSWER", why: `the answer of ${who} ${sizeProblem(code)}`, fix: fix };
    }
    default:
      return { code: "UNREACHABLE", why: `${who} did not answer (${code})`, fix };
  }
}

/** The fix for the setting that determines the host name, if there is one. */
function settingFix(host: string, session: Settings | undefined, region: Origin | undefined) {
  const origin = session && originOf(host, session.settings);
  if (origin) return origin.removal;
  if (region) return region.removal;
  const endpointSettings = session ? variantOrigins(session.settings) : [];
  return endpointSettings.length > 0
    ? endpointSettings.map(({ removal }) => removal).join(" and ")
    : undefined;
}

function dnsFix(session: Settings | undefined, region: Origin | undefined): string {
  if (region) return `check ${region.name}, then DNS and the network`;
  const endpointSettings = session ? variantOrigins(session.settings) : [];
  if (endpointSettings.length === 0)
    return "check DNS and the network, and that AWS has this endpoint in the region";
  const removals = endpointSettings.map(({ removal }) => removal).join(" and ");
  return `check DNS and the network; if AWS has no such endpoint in the region, ${removals}`;
}

/** The diagnosis with a proxy: what can't be reached is the proxy. */
function diagnoseProxy(error: TransportError, address: string, suspected: string | undefined): Diagnosis {
  const { problem, code, host, proxyVariable: variable = "HTTPS_PROXY", exemptions = "NO_PROXY" } = error;
  const proxy = `the proxy ${address} (${variable})`;
  const form = "http://HOST:PORT, with a login before the host if required";
  const other = suspected === undefined ? "" : `, or ${suspected}`;
  const fix = `correct ${variable} (${form}), or list ${host} in ${exemptions}${other}`;
  switch (problem) {
    case "timeout":
    case "ended":
      return { code: "TIMEOUT", why: `${host} did not answer in time through ${proxy}`, fix };
    case "dns":
      return { code: "DNS", why: `the name of ${proxy} can't be resolved`, fix };
    case "refused":
    case "unreachable":
      return { code: "UNREACHABLE", why: `${proxy} can't be connected to (${code})`, fix };
    case "closed":
      return { code: "UNREACHABLE", why: `${host} did not answer through ${proxy}`, fix };
    case "proxy": {
      const allow = `have the proxy allow ${host}, ${fix}`;
      return { code: "PROXY", why: `${proxy} does not connect to ${host} (${code})`, fix: allow };
    }
    case "address":
      return { code: "PROXY", why: `the value of ${variable} is not the address of a proxy`, fix };
    case "size":
      return { code: "BAD_ANSWER", why: `the answer of ${host} through ${proxy} ${sizeProblem(code)}`, fix };
    default:
      return { code: "UNREACHABLE", why: `${host} did not answer through ${proxy} (${code})`, fix };
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
  const via = proxy === undefined ? "" : ` through the proxy ${proxy} (${proxyVariable ?? "HTTPS_PROXY"})`;
  const leads = origin ? ` (set by ${origin.name})` : "";
  const why = `the TLS certificate of ${host}${leads}${via} is not accepted (${code})`;
  return { code: "TLS", why, fix: tlsFix(code, session?.bundle, settingFix(host, session, region)) };
}

function tlsFix(code: string, bundle: CaBundle | undefined, suspected: string | undefined): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return "check this machine's clock, then the server's certificate";
  if (/ALTNAME|HOSTNAME/.test(code)) {
    const other = suspected === undefined ? "" : `, or ${suspected}`;
    return `another server answers instead: check DNS and the proxy${other}`;
  }
  if (!bundle)
    return "set AWS_CA_BUNDLE to a PEM file with its CA certificate, such as that of a company's proxy";
  return `add its CA certificate to ${bundle.path}, which ${bundle.origin.name} sets as the only CA bundle, or ${bundle.origin.removal}`;
}
