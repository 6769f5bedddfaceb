import { isAlias, isNode, isScalar, parseDocument, visit } from "yaml";
import type { AwsFiles, Profile } from "../profiles/config-files.ts";
import type { Environment } from "../token/dependencies.ts";
import { redact, redacted } from "../token/redact.ts";

/** Variables of which the value may be told; of the others that play a part, only that they are set. */
const plain =
  /^(?:HOME|PATH|USER|SUDO_USER|LANG|TERM|XDG_\w+|DOCKER_(?:CONFIG|HOST|CONTEXT|BUILDKIT)|(?:HTTPS?|NO|ALL)_PROXY|PACKER_\w+_(?:DIR|PATH)|AWS_(?:PROFILE|DEFAULT_PROFILE|REGION|DEFAULT_REGION|CONFIG_FILE|SHARED_CREDENTIALS_FILE|CA_BUNDLE|ENDPOINT_URL\w*|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_\w+|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|EC2_METADATA_\w+|SDK_LOAD_CONFIG|STS_REGIONAL_ENDPOINTS|MAX_ATTEMPTS|CONTAINER_CREDENTIALS_\w+|CONTAINER_AUTHORIZATION_TOKEN_FILE)|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|NO_COLOR|CI|INVOCATION_ID)$/i;
const ofInterest = /^(?:AWS_|DOCKER_|PACKER_|BUN_|XDG_|SSL_|NODE_)/;

/** Settings of AWS profiles that hold no secret. */
const plainSettings =
  /^(?:region|output|role_arn|source_profile|credential_source|role_session_name|duration_seconds|mfa_serial|sso_\w+|login_session|ca_bundle|services|(?:\w+\.)?endpoint_url|use_\w+|ignore_\w+|sts_regional_endpoints|web_identity_token_file)$/;

export function maskedEnvironment(env: Environment): string {
  return Object.keys(env)
    .sort()
    .flatMap((name) => {
      if (plain.test(name)) return [`${name}=${shownValue(env[name] ?? "", isAddress(name))}`];
      return ofInterest.test(name) ? [`${name} is set`] : [];
    })
    .join("\n");
}

/** All of a proxy's or a URL's value up to its last "@" is a login, whatever is in it: the value is one address. */
function shownValue(value: string, holdsAddress = false): string {
  const start = startOfAddress(value);
  const at = start > 0 || holdsAddress ? value.lastIndexOf("@") : -1;
  const shown = at < start ? value : `${value.slice(0, start)}${redacted}${value.slice(at)}`;
  return redact(withoutQuery(shown));
}

/** Behind the scheme; 0: there is none. */
function startOfAddress(value: string): number {
  return /^\s*\w{1,20}:[\\/]{2}/.exec(value)?.[0].length ?? 0;
}

/** A query is for the server alone. */
function withoutQuery(value: string): string {
  const query = startOfAddress(value) > 0 ? value.indexOf("?") : -1;
  return query < 0 ? value : `${value.slice(0, query)}?${redacted}`;
}

/** Whether a variable's value is addresses: in these an "@" is the end of a login, whatever is before it. */
const isAddress = (name: string) => /_PROXY$|_ENDPOINT(?:_URL\w*)?$|_FULL_URI$|^DOCKER_HOST$/i.test(name);

/** config.yaml; an external id is meant for the two sides alone. YAML has many ways to write one. */
export function maskedConfig(text: string): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const values: string[] = [];
  const spots: { readonly from: number; readonly to: number }[] = [];
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "externalId" || !isNode(value)) return;
      const held = isAlias(value) ? value.resolve(document) : value;
      if (isScalar(held)) values.push(String(held.value));
      if (value.range) spots.push({ from: value.range[0], to: value.range[1] });
    },
  });
  let shown = text;
  for (const { from, to } of spots.toSorted((a, b) => b.from - a.from)) {
    const end = text.slice(from, to).endsWith("\n") ? "\n" : "";
    shown = shown.slice(0, from) + redacted + end + shown.slice(to);
  }
  if (document.errors.length > 0) shown = maskedLines(shown);
  const known = values.filter((value) => value.length >= 4);
  return redact(known.reduce((clean, value) => clean.replaceAll(value, redacted), shown));
}

/** What can't be read as YAML: a line with an external id from there on, and those below it that are deeper. */
function maskedLines(text: string): string {
  const lines = text.split("\n");
  const indentOf = (line: string) => line.search(/\S|$/);
  let above: number | undefined;
  return lines
    .map((line) => {
      if (above !== undefined && (line.trim() === "" || indentOf(line) > above)) {
        return line.trim() === "" ? line : redacted;
      }
      const at = line.indexOf("externalId");
      above = at < 0 ? undefined : indentOf(line);
      return at < 0 ? line : `${line.slice(0, at)}externalId: ${redacted}`;
    })
    .join("\n");
}

export function maskedProfiles(sections: ReadonlyMap<string, Profile>): string {
  return [...sections]
    .map(([header, settings]) => [`[${header}]`, ...flatSettings(settings).map(maskedSetting)].join("\n"))
    .join("\n");
}

function maskedSetting({ name, value }: FlatSetting): string {
  return plainSettings.test(name) ? `${name} = ${shownValue(value)}` : `${name} is set`;
}

interface FlatSetting {
  readonly name: string;
  readonly value: string;
}

/** A setting below another has the names of both. */
function flatSettings(settings: Profile): readonly FlatSetting[] {
  return [...settings].flatMap(([name, { value, nested }]) =>
    nested
      ? [...nested].map(([inner, below]) => ({ name: `${name}.${inner}`, value: below.value }))
      : [{ name, value }],
  );
}

/** What a masker of a whole file makes of it; a file that it can't read is told of by its size alone. */
export function masked(text: string, mask: (text: string) => string): string {
  try {
    return mask(text);
  } catch {
    return `${text.length} characters that can't be read`;
  }
}

/** Every secret that this program can know of. */
export function secretsIn(env: Environment, files: AwsFiles | undefined): readonly string[] {
  const variables = Object.entries(env).filter(([name]) => /SECRET|TOKEN$|PASSW|ACCESS_KEY/i.test(name));
  const sections = (["config", "credentials"] as const).flatMap((file) => [
    ...(files?.sections(file).values() ?? []),
  ]);
  const settings = sections
    .flatMap(flatSettings)
    .filter(({ name }) => /secret|(?:session|security)_token|access_key|external_id/i.test(name));
  const logins = Object.entries(env).flatMap(([name, value = ""]) => loginIn(name, value));
  const values = [...variables.map(([, value = ""]) => value), ...settings.map(({ value }) => value)];
  return [...values, ...logins]
    .filter((value) => value.length >= 4)
    .flatMap(formsOf)
    .sort((a, b) => b.length - a.length);
}

/** The password of an address, and it with its user. */
function loginIn(name: string, value: string): readonly string[] {
  const start = startOfAddress(value);
  const at = value.lastIndexOf("@");
  if (at <= start || (start === 0 && !isAddress(name))) return [];
  const login = value.slice(start, at);
  return [login, login.slice(login.indexOf(":") + 1)];
}

/** How programs write a secret on: as it is, percent-encoded and back, and as base64. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const encoded = [
    encodeURIComponent(secret.toWellFormed()),
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ];
  return [...new Set([secret, decodedPercent(secret), ...encoded])].filter((form) => form.length >= 4);
}

function decodedPercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
