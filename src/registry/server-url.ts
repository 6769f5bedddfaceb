import { parseHost } from "./host.ts";
import type { Registry } from "./registry.ts";

/** Which registry a client's server URL names. */
export type ServerUrl =
  | { readonly kind: "ecr"; readonly host: string; readonly registry: Registry }
  /** A registry that is not ECR's: `host` is lower case and keeps a port that is not the scheme's own. */
  | { readonly kind: "other"; readonly host: string }
  /** Not a server URL: to be refused, never looked up. `reason` holds nothing of what came. */
  | { readonly kind: "malformed"; readonly reason: string };

/** Longer than any host with a repository name (253 + 256) and short enough to cost nothing. */
const LONGEST = 2048;

// What clients send: [http[s]://]host[:port][/repository[:tag|@digest]]. Whatever else a URL may hold
// (userinfo, percent signs, backslashes, queries, Unicode) no registry client sends, and parsers differ on
// where the host ends in it. So the pattern names the few characters that are good.
const SERVER_URL =
  /^(?:(https?):\/\/)?([a-z0-9](?:[a-z0-9._-]*[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?(?:\/[a-z0-9._~:+/-]*(?:@[a-z0-9+._-]+:[0-9a-f]+)?)?$/i;

/**
 * Reads what a client sent as its server URL: a bare host, with or without `https://` or `http://`, the
 * scheme's own port, a trailing slash, a repository, upper case; spaces and one line end after it are dropped
 * (testcontainers sends one).
 *
 * - Port 443 is ECR's, whatever the scheme (nerdctl asks for `http://host:443`), and 80 is with `http://`.
 *   Any other port makes it another server: `other`.
 * - A trailing dot, punycode, a deeper or a longer name: `other`, for they are names of another server.
 * - A CR, LF or NUL inside, control characters, `@`, `\`, `%`, `?`, `#`, spaces, anything that is not ASCII,
 *   another scheme, more than 2,048 characters: `malformed`. Docker's own reader joins lines, so a host
 *   that goes on in the next line would become another one.
 */
export function readServerUrl(serverUrl: string): ServerUrl {
  if (serverUrl.length > LONGEST) return malformed(`longer than ${LONGEST} characters`);
  const text = withoutEnd(serverUrl);
  const found = SERVER_URL.exec(text);
  if (!found) return malformed(reasonFor(text));
  const [, scheme, name = "", port] = found;
  const bare = name.toLowerCase();
  if (port !== undefined && !isOwnPort(Number(port), scheme)) {
    if (Number(port) > 65_535) return malformed("no such port");
    return { kind: "other", host: `${bare}:${Number(port)}` };
  }
  const registry = parseHost(bare);
  return registry ? { kind: "ecr", host: bare, registry } : { kind: "other", host: bare };
}

/**
 * Whether a text is nothing but a lower-case host name with its dots, as `readServerUrl` would leave it.
 * It does not say that the host is ECR's.
 */
export function isPlainHost(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetterOrDigit = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
    const isInner = at > 0 && at < text.length - 1;
    if (!isLetterOrDigit && !(isInner && (code === 0x2d || code === 0x2e))) return false;
  }
  return true;
}

function isOwnPort(port: number, scheme: string | undefined): boolean {
  return port === 443 || (port === 80 && scheme?.toLowerCase() === "http");
}

/** Without one line end, and without the spaces and tabs around it. */
function withoutEnd(text: string): string {
  let end = blanksBefore(text, text.length);
  if (text.charCodeAt(end - 1) === 0x0a) {
    end -= text.charCodeAt(end - 2) === 0x0d ? 2 : 1;
    end = blanksBefore(text, end);
  }
  return end === text.length ? text : text.slice(0, end);
}

function blanksBefore(text: string, from: number): number {
  let end = from;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0x09)) end--;
  return end;
}

function malformed(reason: string): ServerUrl {
  return { kind: "malformed", reason };
}

/** Why the pattern did not match: the first that holds. */
function reasonFor(text: string): string {
  if (text === "") return "empty";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return "more than one line";
    if (code < 0x20 || code === 0x7f) return "a control character";
    if (code > 0x7f) return "a character that is not ASCII";
  }
  const scheme = /^([^/]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") return "neither http nor https";
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3);
  const bad = /[^a-z0-9._~:+/[\]-]/i.exec(rest)?.[0];
  if (bad === " ") return "a space inside";
  return bad === undefined ? "no host name" : `a character that no registry has: ${bad}`;
}
