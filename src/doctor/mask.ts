import { isAlias, isNode, isScalar, parseDocument, visit } from "yaml";
import type { AwsFiles, Profile } from "../profiles/config-files.ts";
import type { Environment } from "../token/dependencies.ts";
import { redact, redacted } from "../token/redact.ts";

/** Variables whose value may be shown. Of the other relevant ones (`relevant`) the bundle only says that they are set. */
const shownVariables =
  /^(?:HOME|PATH|USER|SUDO_USER|LANG|TERM|XDG_\w+|DOCKER_(?:CONFIG|HOST|CONTEXT|BUILDKIT)|(?:HTTPS?|NO|ALL)_PROXY|PACKER_\w+_(?:DIR|PATH)|AWS_(?:PROFILE|DEFAULT_PROFILE|REGION|DEFAULT_REGION|CONFIG_FILE|SHARED_CREDENTIALS_FILE|CA_BUNDLE|ENDPOINT_URL\w*|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_\w+|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|EC2_METADATA_\w+|SDK_LOAD_CONFIG|STS_REGIONAL_ENDPOINTS|MAX_ATTEMPTS|CONTAINER_CREDENTIALS_\w+|CONTAINER_AUTHORIZATION_TOKEN_FILE)|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|NO_COLOR|CI|INVOCATION_ID)$/i;
const relevant = /^(?:AWS_|DOCKER_|PACKER_|BUN_|XDG_|SSL_|NODE_)/;

/** Settings of AWS profiles that contain no secret. */
const shownSettings =
  /^(?:region|output|role_arn|source_profile|credential_source|role_session_name|duration_seconds|mfa_serial|sso_\w+|login_session|ca_bundle|services|(?:\w+\.)?endpoint_url|use_\w+|ignore_\w+|sts_regional_endpoints|web_identity_token_file)$/;

export function maskedEnvironment(env: Environment): string {
  return Object.keys(env)
    .sort()
    .flatMap((name) => {
      if (shownVariables.test(name)) return [`${name}=${shownValue(env[name] ?? "", isAddress(name))}`];
      return relevant.test(name) ? [`${name} is set`] : [];
    })
    .join("\n");
}

/** In the value of a proxy or URL, everything up to the last "@" is a login: the value is a single address. */
function shownValue(value: string, holdsAddress = false): string {
  const start = startOfAddress(value);
  const at = start > 0 || holdsAddress ? value.lastIndexOf("@") : -1;
  const shown = at < start ? value : `${value.slice(0, start)}${redacted}${value.slice(at)}`;
  return redact(withoutQuery(shown));
}

/** The index after the scheme; 0: there is no scheme. */
function startOfAddress(value: string): number {
  return /^\s*\w{1,20}:[\\/]{2}/.exec(value)?.[0].length ?? 0;
}

/** A query may contain secrets. */
function withoutQuery(value: string): string {
  const query = startOfAddress(value) > 0 ? value.indexOf("?") : -1;
  return query < 0 ? value : `${value.slice(0, query)}?${redacted}`;
}

/** Whether a variable contains addresses, in which an "@" ends a login. */
const isAddress = (name: string) => /_PROXY$|_ENDPOINT(?:_URL\w*)?$|_FULL_URI$|^DOCKER_HOST$/i.test(name);

/** config.yaml without external IDs, which are shared secrets. YAML has many ways to write one. */
export function maskedConfig(text: string): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const values: string[] = [];
  const ranges: { readonly from: number; readonly to: number }[] = [];
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "externalId" || !isNode(value)) return;
      const scalar = isAlias(value) ? value.resolve(document) : value;
      if (isScalar(scalar)) values.push(String(scalar.value));
      if (value.range) ranges.push({ from: value.range[0], to: value.range[1] });
    },
  });
  let shown = text;
  for (const { from, to } of ranges.toSorted((a, b) => b.from - a.from)) {
    const end = text.slice(from, to).endsWith("\n") ? "\n" : "";
    shown = shown.slice(0, from) + redacted + end + shown.slice(to);
  }
  if (document.errors.length > 0) shown = maskedLines(shown);
  const known = values.filter((value) => value.length >= 4);
  return redact(known.reduce((clean, value) => clean.replaceAll(value, redacted), shown));
}

/** For invalid YAML: masks the rest of a line with an external ID, and the lines below it with deeper indentation. */
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
  return shownSettings.test(name) ? `${name} = ${shownValue(value)}` : `${name} is set`;
}

interface FlatSetting {
  readonly name: string;
  readonly value: string;
}

/** A nested setting gets the names of both, with a dot. */
function flatSettings(settings: Profile): readonly FlatSetting[] {
  return [...settings].flatMap(([name, { value, nested }]) =>
    nested
      ? [...nested].map(([inner, below]) => ({ name: `${name}.${inner}`, value: below.value }))
      : [{ name, value }],
  );
}

/** A masked file; only its size if `mask` can't parse it. */
export function masked(text: string, mask: (text: string) => string): string {
  try {
    return mask(text);
  } catch {
    return `${text.length} characters that can't be read`;
  }
}

/** Every secret that this program can find. */
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
    .flatMap(encodingsOf)
    .sort((a, b) => b.length - a.length);
}

/** The login in an address: USER:PASSWORD, and the password alone. */
function loginIn(name: string, value: string): readonly string[] {
  const start = startOfAddress(value);
  const at = value.lastIndexOf("@");
  if (at <= start || (start === 0 && !isAddress(name))) return [];
  const login = value.slice(start, at);
  return [login, login.slice(login.indexOf(":") + 1)];
}

/** The forms in which programs write a secret: unchanged, percent-encoded, decoded, and as base64. */
function encodingsOf(secret: string): readonly string[] {
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
