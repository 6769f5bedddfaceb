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
  if (problem === "bundle" && session?.bundle) return diagnoseBundle(session.bundle);
  if (problem === "handshake") return diagnoseHandshake(error, session, region);
  if (code === "EMFILE" || code === "ENFILE") return noMoreFiles(code);
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
    case "garbled":
    case "size": {
      const inPlace = "check for a captive portal or a proxy that answers instead of AWS";
      const fix = origin ? `check what answers there, or ${origin.removal}` : inPlace;
      return { code: "BAD_ANSWER", why: `the answer of ${who} ${answerProblem(error)}`, fix };
    }
    default:
      return { code: "UNREACHABLE", why: `${who} did not answer (${code})`, fix };
  }
}

function noMoreFiles(code: string): Diagnosis {
  const fix = "run 'ulimit -n 256' before the program that starts this one, or raise the limit there";
  return { code: "PROCESS_LIMIT", why: `this process or machine can open no more files (${code})`, fix };
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
    case "proxy":
      return { code: "PROXY", ...diagnoseTunnel(error, proxy, fix) };
    case "address":
      return { code: "PROXY", why: `the value of ${variable} is not the address of a proxy`, fix };
    case "garbled":
    case "size":
      return {
        code: "BAD_ANSWER",
        why: `the answer of ${host} through ${proxy} ${answerProblem(error)}`,
        fix,
      };
    default:
      return { code: "UNREACHABLE", why: `${host} did not answer through ${proxy} (${code})`, fix };
  }
}

/** Why a proxy refused the connection. @param usual the fix for other problems of a proxy */
function diagnoseTunnel(error: TransportError, proxy: string, usual: string) {
  const { code, host, proxyStatus: status, proxyVariable: variable = "HTTPS_PROXY" } = error;
  if (code === "UnsupportedProxyProtocol") {
    return {
      why: `${proxy} is neither an http nor an https proxy, and no other kind is supported`,
      fix: usual,
    };
  }
  if (status === 407) {
    const form = "name and password before @HOST, joined by a colon, with special characters as %XX";
    return {
      why: `${proxy} requires a login, or does not accept the one in ${variable} (HTTP 407)`,
      fix: `correct the login in ${variable} (${form})`,
    };
  }
  const why = `${proxy} does not connect to ${host} (${status === undefined ? code : `HTTP ${status}`})`;
  return { why, fix: `have the proxy allow ${host}, ${usual}` };
}

function answerProblem({ problem, code }: TransportError): string {
  if (problem === "garbled") return `is not valid HTTP (${code})`;
  return code === "TOO_LARGE" ? "is larger than 1 MiB" : "is compressed in a way that can't be read";
}

function diagnoseBundle({ path, origin }: CaBundle): Diagnosis {
  return {
    code: "CA_BUNDLE",
    why: `no certificate in the CA bundle ${path} (set by ${origin.name}) can be read`,
    fix: `write the certificates there again, as PEM, or ${origin.removal}`,
  };
}

/** The server has an old version of TLS, another protocol above it, or no TLS. */
function diagnoseHandshake(
  error: TransportError,
  session: Settings | undefined,
  region: Origin | undefined,
): Diagnosis {
  const setting = settingFix(error.host, session, region);
  return {
    code: "TLS",
    why: `${serverName(error, session)} does not support HTTP/1.1 over TLS 1.2 or later (${error.code})`,
    fix: `check what answers there${setting === undefined ? "" : `, or ${setting}`}`,
  };
}

/** A server, the setting of its address, and its proxy. */
function serverName({ host, proxy, proxyVariable }: TransportError, session: Settings | undefined): string {
  const origin = session && originOf(host, session.settings);
  const via = proxy === undefined ? "" : ` through the proxy ${proxy} (${proxyVariable ?? "HTTPS_PROXY"})`;
  return `${host}${origin ? ` (set by ${origin.name})` : ""}${via}`;
}

function diagnoseTls(
  error: TransportError,
  session: Settings | undefined,
  region: Origin | undefined,
): Diagnosis {
  const { code, host } = error;
  const why = `the TLS certificate of ${serverName(error, session)} is not accepted (${code})`;
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
