import type { Environment } from "../../token/dependencies.ts";

/**
 * The proxy for a request, or undefined for a direct connection. It reads the environment like Go programs (Docker, AWS's
 * helper): HTTPS_PROXY for https, HTTP_PROXY for http, upper case first, unless NO_PROXY contains the host. An entry of
 * NO_PROXY is `*`, an address, a CIDR range, or a domain, which includes its subdomains (`.domain` and `*.domain`: only
 * subdomains); each may end with `:port`. The loopback never uses a proxy.
 *
 * The package proxy-from-env supports neither ranges nor subdomains of a domain: with `NO_PROXY=amazonaws.com` it would use
 * the proxy where curl, Go and Python do not.
 */
export function proxyFor(url: URL, env: Environment): ChosenProxy | undefined {
  const isSecure = url.protocol === "https:";
  const proxy = isSecure
    ? firstSet(env, "HTTPS_PROXY", "https_proxy")
    : firstSet(env, "HTTP_PROXY", "http_proxy");
  if (!proxy || isLoopback(hostOf(url))) return undefined;
  const exempt = firstSet(env, "NO_PROXY", "no_proxy");
  if (
    (exempt?.value ?? "").split(/[\s,]+/).some((entry) => entry !== "" && matches(entry.toLowerCase(), url))
  )
    return undefined;
  const { variable, value } = proxy;
  const address = value.includes("://") ? value : `http://${value}`;
  return { variable, exemptions: exempt?.variable ?? "NO_PROXY", url: address };
}

/** A proxy, and the variable that sets it. */
export interface ChosenProxy {
  /** With `http://` added if the variable has no scheme. */
  readonly url: string;
  readonly variable: string;
  /** The variable with the hosts that don't use the proxy. */
  readonly exemptions: string;
}

function firstSet(env: Environment, ...names: readonly string[]) {
  for (const variable of names) {
    const value = env[variable]?.trim();
    if (value) return { variable, value };
  }
  return undefined;
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function matches(entry: string, url: URL): boolean {
  if (entry === "*") return true;
  const isBareIpv6 = /^[^[\]]*:[^[\]]*:/.test(entry);
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(isBareIpv6 ? `[${entry}]` : entry) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  const host = hostOf(url);
  const bare = name.replace(/^\[(.*)\]$/, "$1").replace(/^\*(?=\.)/, "");
  if (isAddress(url)) return bare === host || inRange(bare, host);
  return bare.startsWith(".") ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

/** The host of a parsed URL has a single form of each address. */
function isAddress({ hostname }: URL): boolean {
  return hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(hostname);
}

function inRange(range: string, address: string): boolean {
  // Loaded only here: it takes longer than all files of a cold get.
  const { BlockList, isIP } = process.getBuiltinModule("node:net");
  const [, base = "", bits] = /^(.+)\/(\d{1,3})$/.exec(range) ?? [];
  const family = isIP(base);
  if (family === 0 || family !== isIP(address) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, Number(bits), type);
  return list.check(address, type);
}
