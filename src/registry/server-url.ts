import { parseHost } from "./host.ts";
import type { Registry } from "./registry.ts";

/** The registry of a client's server URL. */
export type ServerUrl =
  | { readonly kind: "ecr"; readonly host: string; readonly registry: Registry }
  /** A registry that is not ECR: `host` is lower case and keeps a port other than the scheme's default. */
  | { readonly kind: "other"; readonly host: string }
  /** Not a server URL: the caller refuses it. `reason` contains nothing of the input. */
  | { readonly kind: "malformed"; readonly reason: string };

/** Longer than any host with a repository name (253 + 256) and short enough to cost nothing. */
const LONGEST = 2048;

// What clients send: [http[s]://]host[:port][/repository[:tag|@digest]]. No registry client sends anything else that a
// URL may contain (userinfo, percent signs, backslashes, queries, Unicode), and parsers disagree on where the host ends
// in it. So the pattern allows only a few characters.
const SERVER_URL =
  /^(?:(https?):\/\/)?([a-z0-9](?:[a-z0-9._-]*[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?(?:\/[a-z0-9._~:+/-]*(?:@[a-z0-9+._-]+:[0-9a-f]+)?)?$/i;

/**
 * Reads the server URL that a client sent: a bare host, with or without `https://` or `http://`, the scheme's default
 * port, a trailing slash, a repository, upper case. It ignores surrounding spaces and one line end at the end
 * (testcontainers sends one).
 *
 * - Port 443 belongs to ECR with either scheme (nerdctl sends `http://host:443`), port 80 only with `http://`. Any
 *   other port means another server: `other`.
 * - A trailing dot, punycode, a deeper or a longer name: `other`, since these are names of another server.
 * - A CR, LF or NUL inside, control characters, `@`, `\`, `%`, `?`, `#`, spaces, anything that is not ASCII, another
 *   scheme, more than 2,048 characters: `malformed`. Docker's own reader joins lines, so a host that continues on the
 *   next line would become another host.
 */
export function readServerUrl(serverUrl: string): ServerUrl {
  if (serverUrl.length > LONGEST) return malformed(`longer than ${LONGEST} characters`);
  const text = withoutEnd(serverUrl);
  const match = SERVER_URL.exec(text);
  if (!match) return malformed(reasonFor(text));
  const [, scheme, name = "", port] = match;
  const bare = name.toLowerCase();
  if (port !== undefined && !isOwnPort(Number(port), scheme)) {
    if (Number(port) > 65_535) return malformed("no such port");
    return { kind: "other", host: `${bare}:${Number(port)}` };
  }
  const registry = parseHost(bare);
  return registry ? { kind: "ecr", host: bare, registry } : { kind: "other", host: bare };
}

/**
 * Whether a text is only a lower-case host name with dots, as `readServerUrl` would return it. The host need not be
 * ECR's.
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

/** Without one line end at the end, and without surrounding spaces and tabs. */
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

/** The first reason why the pattern did not match. */
function reasonFor(text: string): string {
  if (text === "") return "empty";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return "more than one line";
    if (code < 0x20 || code === 0x7f) return "a control character";
    if (code > 0x7f) return "a character that is not ASCII";
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") return "neither http nor https";
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3);
  const bad = /[^a-z0-9._~:+/[\]-]/i.exec(rest)?.[0];
  if (bad === " ") return "a space inside";
  return bad === undefined ? "no host name" : `a character that no registry name has: ${bad}`;
}
