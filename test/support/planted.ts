import fc from "fast-check";

/** A text with a secret planted in it. */
export interface Planted {
  readonly text: string;
  readonly secret: string;
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ofAlphabet = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc.array(fc.constantFrom(...alphabet), { minLength, maxLength }).map((characters) => characters.join(""));

const base64 = (text: string) => Buffer.from(text).toString("base64");
const base64url = (text: string) => Buffer.from(text).toString("base64url");
const escapeEach = (text: string) =>
  [...text].map((each) => `%${each.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");

/** As people choose them, with all that an address, a header and a file may hold as it is. */
const password = ofAlphabet(`${letters}@/#?%:&=+$!*~^;,.()[]{}|-_`, 8, 30);
const secretKey = ofAlphabet(`${letters}+/`, 40);
const longToken = ofAlphabet(`${letters}+/`, 120, 400).map((text) => `${text}==`);
const opaqueToken = ofAlphabet(`${letters}-_.`, 20, 90);
const webToken = fc
  .tuple(ofAlphabet(letters, 20, 40), ofAlphabet(`${letters}-_`, 40, 300), ofAlphabet(`${letters}-_`, 43))
  .map(([header, payload, signature]) => `eyJ${header}.eyJ${payload}.${signature}`);
const hex = ofAlphabet("0123456789abcdef", 64);
const keyId = ofAlphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);

type Form = (secret: string) => string;

/** Addresses with a login, as variables for proxies, remotes and endpoints hold them. */
const userInfo: readonly Form[] = [
  (s) => `http://ci:${s}@127.0.0.1:9`,
  (s) => `HTTPS_PROXY=http://ci:${s}@proxy.example:3128`,
  (s) => `proxy ci:${s}@proxy.example:3128 refused`,
  (s) => `HTTPS_PROXY="ci:${s}@proxy.example:3128"`,
  (s) => `fetch of https://${s}@registry.example/v2/ failed`,
  (s) => `socks5h://ci:${s}@proxy.example/path?query#fragment`,
  (s) => `http:\\/\\/ci:${s}@proxy.example`,
  (s) => `http:ci:${s}@proxy.example`,
  (s) => `//ci:${s}@proxy.example`,
  (s) => `https://proxy.example/?via=http://ci:${s}@other.example`,
  (s) => `https://login.example/?next=${encodeURIComponent(`https://ci:${s}@other.example/a`)}`,
  (s) =>
    `https://login.example/?next=${encodeURIComponent(encodeURIComponent(`http://ci:${s}@other.example`))}`,
  (s) => `https://ci:${encodeURIComponent(s)}@proxy.example/`,
  (s) => `https://ci:${escapeEach(s)}@proxy.example/`,
];

const basic: readonly Form[] = [
  (s) => `Authorization: Basic ${base64(`ci:${s}`)}`,
  (s) => `authorization:Basic ${base64(`ci:${s}`)}\nHost: registry.example`,
  (s) => `Proxy-Authorization: basic ${base64(`ci:${s}`)}`,
  (s) => `> Authorization: Basic ${base64(`AWS:${s}`)}\n> Accept: */*`,
  (s) => `curl -H 'Authorization: Basic ${base64(`ci:${s}`)}' https://registry.example/v2/`,
  (s) => JSON.stringify({ headers: { Authorization: `Basic ${base64(`ci:${s}`)}` } }),
  (s) => JSON.stringify({ auths: { "registry.example": { auth: base64(`ci:${s}`) } } }),
  (s) => JSON.stringify(JSON.stringify({ auth: base64(`ci:${s}`) })),
  (s) => `X-Registry-Auth: ${base64url(JSON.stringify({ username: "ci", password: s }))}`,
  (s) => `sent ${base64(`ci:${s}`)} there`,
  (s) => `sent ${base64url(`ci:${s}`)} there`,
  (s) => `_auth=${base64(`ci:${s}`)}`,
];

/** A value after its name. */
const named = (name: string): readonly Form[] => [
  (s) => `${name} = ${s}`,
  (s) => `${name}=${s}`,
  (s) => `[default]\n${name} = ${s}\nregion = us-east-1`,
  (s) => `the setting ${name}: ${s} is wrong`,
  (s) => JSON.stringify({ [name]: s }),
  (s) => JSON.stringify({ [name]: s }, undefined, 2),
  (s) => JSON.stringify(JSON.stringify({ a: 1, [name]: s, b: 2 })),
  (s) => `export ${name}='${s.replaceAll("'", "")}'; ./run`,
  (s) => `${name}: "${s}"`,
  (s) => `https://api.example/?a=b&${name}=${encodeURIComponent(s)}&c=d`,
  (s) => `GET /?${encodeURIComponent(`${name}=${s}&c=d`)} failed`,
  (s) => `--${name} ${s}`,
  (s) => `{"${name}" : "${s}"`,
];
const namedOf = (...names: string[]) => names.flatMap(named);

const element = (name: string): readonly Form[] => [
  (s) => `<${name}>${s}</${name}>`,
  (s) => `<${name}><![CDATA[${s}]]></${name}>`,
  (s) => `<ns:${name} xsi:type="string">${s}</ns:${name}><next/>`,
];

const header = (name: string): readonly Form[] => [
  (s) => `${name}: ${s}`,
  (s) => `Host: a\r\n${name}: ${s}\r\nAccept: */*`,
  (s) => JSON.stringify({ [name]: s }),
  (s) => JSON.stringify([name, s].join(": ")),
];

const alone: readonly Form[] = [
  (s) => s,
  (s) => `could not use ${s} here`,
  (s) => `"${s}"`,
  (s) => `(${s})`,
  (s) => `a\n${s}\nb`,
];

const presigned: readonly Form[] = [
  (s) =>
    `https://s3.example/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x&X-Amz-Security-Token=${encodeURIComponent(s)}&X-Amz-Signature=0`,
  (s) => `https://s3.example/o?X-Amz-Signature=${encodeURIComponent(s)}&X-Amz-Expires=60`,
  (s) => `Location: https://s3.example/o?Signature=${encodeURIComponent(s)}&Expires=1`,
  (s) => `next=${encodeURIComponent(`https://s3.example/?X-Amz-Signature=${encodeURIComponent(s)}&a=b`)}`,
];

const bearer: readonly Form[] = [
  (s) => `Authorization: Bearer ${s}`,
  (s) => `authorization: token ${s}`,
  (s) => `the header was 'Bearer ${s}'`,
  (s) => `x-amz-sso_bearer_token: ${s}`,
  ...namedOf("accessToken", "refreshToken", "id_token", "client_secret", "IdentityToken", "registrytoken"),
];

const kinds: readonly { readonly secrets: fc.Arbitrary<string>; readonly forms: readonly Form[] }[] = [
  { secrets: password, forms: userInfo },
  { secrets: password, forms: basic },
  {
    secrets: ofAlphabet(`${letters}@/#?!*.-_`, 8, 30),
    forms: namedOf("password", "PASSWD", "db_passphrase"),
  },
  { secrets: secretKey, forms: [...namedOf("aws_secret_access_key", "SecretAccessKey"), ...alone] },
  { secrets: secretKey, forms: element("SecretAccessKey") },
  {
    secrets: longToken,
    forms: [
      ...namedOf("aws_session_token", "Token", "SessionToken"),
      ...header("X-Amz-Security-Token"),
      ...element("SessionToken"),
      ...presigned,
      ...alone,
    ],
  },
  { secrets: opaqueToken, forms: bearer },
  { secrets: webToken, forms: [...bearer, ...alone, ...header("Cookie")] },
  { secrets: hex, forms: presigned },
  {
    secrets: keyId,
    forms: [(s) => `the key ASIA${s} is not active`, (s) => `Credential=AKIA${s}/20260115/`],
  },
];

/** Texts of many forms, each with one secret. */
export const plantedTexts: fc.Arbitrary<Planted> = fc.oneof(
  ...kinds.flatMap(({ secrets, forms }) =>
    forms.map((form) => secrets.map((secret) => ({ secret, text: form(secret) }))),
  ),
);

/** Characters in a row that would be a part of the secret. */
const recognisable = 8;

/** A part of the secret, as it is or encoded, that a text holds. */
export function leakOf(secret: string, text: string): string | undefined {
  const forms = [secret, encodeURIComponent(secret), escapeEach(secret), base64(secret)];
  for (const form of forms) {
    for (let at = 0; at + recognisable <= form.length; at++) {
      const part = form.slice(at, at + recognisable);
      if (text.includes(part)) return part;
    }
  }
  return undefined;
}
