import { isIP } from "node:net";
import { redact, redacted } from "../token/redact.ts";

/** Takes what a bundle must not contain anywhere, also not in another section. */
export type Hide = (value: string) => void;

/** The form of a value that may be shown; "hidden": none. */
export type Form =
  | "flag"
  | "word"
  | "name"
  | "region"
  | "arn"
  | "path"
  | "paths"
  | "address"
  | "addresses"
  | "helper"
  | "host"
  | "hidden";

const region = "[a-z]{2,5}(?:-[a-z]{2,12}){1,2}-\\d{1,2}";
const patterns: Readonly<Partial<Record<Form, RegExp>>> = {
  // Numbers, durations, and the words of settings that have a fixed list of values.
  flag: /^(?:\d{1,6}|(?:\d{1,4}[hms]){1,3}|true|false|yes|no|on|off|legacy|regional|standard|adaptive|ipv4|ipv6|json|text|table|yaml(?:-stream)?|Environment|Ec2InstanceMetadata|EcsContainer|notFound|report|file|keychain)$/i,
  word: /^[\w.@-]{1,32}$/,
  name: /^[\w.@+=, -]{1,64}$/,
  region: new RegExp(`^${region}$`),
  arn: /^arn:aws(?:-[a-z]+){0,2}:(?:iam|sts):(?:[a-z0-9-]*):(?:\d{12}|\{account\}):(?:role|user|mfa|assumed-role)\/[\w+=,.@/{}-]{1,256}$/,
  path: /^[/~.](?:[\w@%+=:,./~ -]{0,511})$/,
};

/** The value, or what of it is known to be no secret. The rest goes to `hide`. */
export function shownAs(form: Form, value: string, hide: Hide): string {
  if (value === "") return "";
  switch (form) {
    case "address":
      return shownAddress(value, hide);
    case "addresses":
      return value
        .split(",")
        .map((each) => shownAddress(each.trim(), hide))
        .join(",");
    case "paths":
      return value
        .split(":")
        .map((each) => shownAs("path", each, hide))
        .join(":");
    case "helper":
      if (isKnownHelper(value)) return value;
      break;
    case "host":
      if (isKnownHost(value)) return value;
      break;
    default:
      if (patterns[form]?.test(value) && redact(value) === value) return value;
  }
  hideUnlessPublic(value, hide);
  return redacted;
}

/** Hides a value, and the parts of an address, a path or a command that may be secrets: those with a digit, of some length. */
export function hideUnlessPublic(value: string, hide: Hide): void {
  if (isPublic(value)) return;
  hide(value);
  for (const part of value.split(/[\s/?#&=:\\@"']+/))
    if (part.length >= 8 && /\d/.test(part) && !isPublic(part)) hide(part);
}

/** Whether a value has a form that is public everywhere: a region, an account, AWS's hosts, a setting's word. */
function isPublic(value: string): boolean {
  const forms = [patterns.flag, patterns.region, /^\d{12}$/];
  return forms.some((form) => form?.test(value)) || isKnownHost(value) || isKnownHelper(value);
}

const labels = new RegExp(
  `^(?:\\d{12}|dkr|api|ecr(?:-fips|-public)?|dkr-ecr(?:-fips)?|sts(?:-fips)?|sso|oidc|portal|signin|vpce|${region})$`,
);
const awsDomain =
  /\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|on\.aws|api\.amazonwebservices\.com\.cn)$/;
const publicHosts = new Set(
  "localhost public.ecr.aws docker.io index.docker.io registry-1.docker.io ghcr.io quay.io gcr.io mcr.microsoft.com registry.k8s.io".split(
    " ",
  ),
);

/** AWS's endpoints and registries, this machine, metadata endpoints, and public registries. */
function isKnownHost(host: string): boolean {
  if (publicHosts.has(host)) return true;
  const address = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) > 0) return /^(?:127\.|169\.254\.|::1$|fd00:ec2::)/.test(address);
  const domain = awsDomain.exec(host);
  return (
    domain !== null &&
    host
      .slice(0, domain.index)
      .split(".")
      .every((label) => labels.test(label))
  );
}

const helpers = new Set(
  "ecr ecr-login desktop desktop.exe osxkeychain wincred wincred.exe secretservice pass gcloud gcr acr acr-env acr-linux keychain file none".split(
    " ",
  ),
);
const isKnownHelper = (name: string) => helpers.has(name);

/** Ports that proxies and servers usually have. */
const usualPorts = new Set([":80", ":443", ":1080", ":3128", ":8080", ":8443", ":8888", ":2375", ":2376"]);

/** Scheme, known host and port of an address. All of it up to the last "@" is a login. */
function shownAddress(value: string, hide: Hide): string {
  const scheme = /^(?:https?|socks[45]?[ah]?|tcp|ssh|npipe|fd):\/\//i.exec(value)?.[0] ?? "";
  if (/^unix:\/\//.test(value)) return `unix://${shownAs("path", value.slice(7), hide)}`;
  const rest = value.slice(scheme.length);
  const at = rest.lastIndexOf("@");
  const target = rest.slice(at + 1);
  const [, host = "", port = "", path = ""] =
    /^(\[[^\]]*\]|[^:/?#\\]*)(:\d{1,5}(?![^/?#]))?(.*)$/s.exec(target) ?? [];
  const isKnown = isKnownHost(host);
  if (at >= 0) hideLogin(rest.slice(0, at), hide);
  if (!isKnown) for (const part of [`${host}${port}`, `//${host}`, host]) hideUnlessWord(part, hide);
  const shownPort = isKnown || usualPorts.has(port) ? port : port && `:${redacted}`;
  const isWhole = path === "" || path === "/";
  if (!isWhole) for (const part of [path, ...path.split(/[/?#&=:\\]/)]) hideUnlessWord(part, hide);
  const login = at >= 0 ? `${redacted}@` : "";
  return `${scheme}${login}${isKnown ? host : redacted}${shownPort}${isWhole ? path : `/${redacted}`}`;
}

/** The password, and what programs make of it that read an address in another way. The name is in other texts too. */
function hideLogin(login: string, hide: Hide): void {
  const password = login.slice(login.indexOf(":") + 1);
  for (const part of [login, password, ...password.split(/[:/?#@]/)]) hide(part);
}

/** A word, such as the host "proxy" or the path "start", is in other texts too. */
function hideUnlessWord(part: string, hide: Hide): void {
  if (!/^[a-z]{0,9}$|^credentials$|^(?:meta|security)-\w+$/i.test(part)) hide(part);
}
