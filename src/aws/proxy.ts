import { BlockList, isIP } from "node:net";
import type { Environment } from "../token/dependencies.ts";

/**
 * The proxy for a request, or nothing for a direct connection, as Go programs (Docker, AWS's own helper)
 * read the environment: HTTPS_PROXY for https, HTTP_PROXY for http, upper case first, unless NO_PROXY names
 * the host. An entry there is `*`, an address, a CIDR range, or a domain, which stands for its subdomains too
 * (`.domain` and `*.domain`: for them only); any may end in `:port`. The loopback is never proxied.
 *
 * The package proxy-from-env knows neither ranges nor that a domain stands for its subdomains, so with
 * `NO_PROXY=amazonaws.com` it would send to the proxy what curl, Go and Python do not.
 *
 * @returns the variable's value, with `http://` in front where it names no scheme
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const proxy =
    url.protocol === "https:"
      ? either(env, "HTTPS_PROXY", "https_proxy")
      : either(env, "HTTP_PROXY", "http_proxy");
  if (!proxy || isLoopback(hostOf(url))) return undefined;
  const exempt = either(env, "NO_PROXY", "no_proxy") ?? "";
  if (exempt.split(/[\s,]+/).some((entry) => entry !== "" && matches(entry.toLowerCase(), url)))
    return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function either(env: Environment, upper: string, lower: string): string | undefined {
  return env[upper]?.trim() || env[lower]?.trim() || undefined;
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function matches(entry: string, url: URL): boolean {
  if (entry === "*") return true;
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  const host = hostOf(url);
  const bare = name.replace(/^\[(.*)\]$/, "$1").replace(/^\*(?=\.)/, "");
  if (isIP(host)) return bare === host || inRange(bare, host);
  return bare.startsWith(".") ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function inRange(range: string, address: string): boolean {
  const [, net = "", bits] = /^(.+)\/(\d{1,3})$/.exec(range) ?? [];
  const family = isIP(net);
  if (family === 0 || family !== isIP(address) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(net, Number(bits), type);
  return list.check(address, type);
}
