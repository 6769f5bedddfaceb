import type { Diagnosis } from "./errors.ts";
import type { TransportError } from "./transport-error.ts";

/** Why no answer came, in words. */
export function diagnoseTransport({ problem, code, host, proxy }: TransportError): Diagnosis {
  const via = proxy === undefined ? "" : ` by proxy ${proxy}`;
  // What can't be reached where there is a proxy is the proxy.
  const reached = proxy === undefined ? host : `the proxy ${proxy}`;
  const network =
    proxy === undefined
      ? "see that this machine's network reaches it (VPN, firewall, VPC endpoint)"
      : mendOfProxy;
  switch (problem) {
    case "timeout":
    case "ended":
      return { code: "TIMEOUT", why: `${host}${via} did not answer in time`, mend: network };
    case "dns":
      return {
        code: "DNS",
        why: `the name of ${reached} can't be resolved`,
        mend:
          proxy === undefined
            ? "check DNS and the network, and that AWS has that endpoint in that region"
            : mendOfProxy,
      };
    case "refused":
    case "unreachable":
      return { code: "UNREACHABLE", why: `${reached} can't be connected to (${code})`, mend: network };
    case "closed":
      return {
        code: "UNREACHABLE",
        why: `${host}${via} closed the connection without an answer`,
        mend: network,
      };
    case "tls":
      return {
        code: "TLS",
        why: `the TLS certificate of ${host}${via} is not accepted (${code})`,
        mend: mendOfTls(code),
      };
    case "proxy":
      return {
        code: "PROXY",
        why: `the proxy ${proxy} does not connect to ${host} (${code})`,
        mend: mendOfProxy,
      };
    case "address":
      return { code: "PROXY", why: `the address of ${reached} is not one`, mend: mendOfProxy };
    case "size":
      return {
        code: "BAD_ANSWER",
        why: `the answer of ${host}${via} is ${code === "TOO_LARGE" ? "larger than 1 MiB" : "compressed in a way that can't be read"}`,
        mend: "see what answers there: a custom endpoint (AWS_ENDPOINT_URL_ECR) or a proxy in AWS's place",
      };
    case "other":
      return { code: "UNREACHABLE", why: `${host}${via} gave no answer (${code})`, mend: network };
  }
}

const mendOfProxy =
  "check HTTPS_PROXY (http://HOST:PORT, with a login before the host if it wants one) and what the proxy allows, or list the host in NO_PROXY";

function mendOfTls(code: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return "check this machine's clock, then who serves that certificate";
  if (/ALTNAME|HOSTNAME/.test(code))
    return "something else answers in its place: check the endpoint, DNS and proxy";
  return "if a company's proxy signs for it, set AWS_CA_BUNDLE to a PEM file with its authority";
}
