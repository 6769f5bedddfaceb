import fc from "fast-check";

/** A text with a planted secret. */
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

/** Passwords as users choose them, with all characters that URLs, headers and files may contain unescaped. */
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

/** URLs with a login, as in variables for proxies, remotes and endpoints. */
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

/** A name and its value. */
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

/** Settings, options and headers in the output of programs. */
const printed = (name: string): readonly Form[] => [
  (s) => JSON.stringify({ name, value: s }),
  (s) => JSON.stringify({ value: s, name }),
  (s) => JSON.stringify([{ Name: name, Type: "SecureString", Value: s, Version: 1 }], undefined, 2),
  (s) =>
    JSON.stringify({
      env: [
        { key: "a", value: "b" },
        { key: name, value: s },
      ],
    }),
  (s) => JSON.stringify(JSON.stringify({ value: s, name })),
  (s) => JSON.stringify([name, s]),
  (s) => JSON.stringify([`--${name}`, s, "--verbose"]),
  (s) => JSON.stringify({ [name]: [s] }),
  (s) => JSON.stringify({ [name]: { value: s } }, undefined, 2),
  (s) => JSON.stringify({ [name]: s }).replaceAll('"', "&quot;"),
  (s) => JSON.stringify({ [name]: s }).replaceAll('"', "\\u0022"),
  (s) => `env:\n  - name: ${name}\n    value: ${s}\n  - name: b\n    value: c`,
  (s) => `env:\n  - value: ${s}\n    name: ${name}\n`,
  (s) => `env: - value: ${s} name: ${name}`,
  (s) => `${name}: |\n  ${s}\nother: x`,
  (s) => `${name}: >-\n  ${s}\n`,
  (s) => `${name} = <<EOF\n${s}\nEOF\n`,
  (s) => `${name} = """${s}"""`,
  (s) => `{'user': 'ci', '${name}': '${s}'}`,
  (s) => `{'user': 'ci', '${name}': b'${s}'}`,
  (s) => `Login(user='ci', ${name}='${s}')`,
  (s) => `[('${name}', '${s}'), ('a', 'b')]`,
  (s) => `[ 'Host', 'a', '${name}', '${s}' ]`,
  (s) => `map[a:b ${name}:${s} c:d]`,
  (s) => `map[a:[b] ${name}:[${s}] c:[d]]`,
  (s) => `{Name:${name} Value:${s}}`,
  (s) => `&{User:ci ${name}:${s} Host:a}`,
  (s) => `{:user=>"ci", :${name}=>"${s}"}`,
  (s) => `[${name}] => ${s}`,
  (s) => `${name} := "${s}"`,
  (s) => `declare -x ${name}="${s}"`,
  (s) => `aws configure set ${name} ${s}`,
  (s) => `ENV ${name} ${s}`,
  (s) => `aws x --parameters ParameterKey=${name},ParameterValue=${s}`,
  (s) => `--${name}=${s}`,
  (s) => `Connect-Thing -${name} ${s}`,
  (s) => `<input type="hidden" name="${name}" value="${s}">`,
  (s) => `<input value="${s}" name="${name}">`,
  (s) => `<add key="${name}" value="${s}"/>`,
  (s) => `<name>${name}</name><value>${s}</value>`,
  (s) => `<property name="${name}">${s}</property>`,
  (s) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${s}\r\n--x`,
];

const commands: readonly Form[] = [
  (s) => `curl -u ci:${s} https://a.example`,
  (s) => `curl -uci:${s} https://a.example`,
  (s) => `curl --user ci:${s} https://a.example`,
  (s) => `curl --user=ci:${s} https://a.example`,
  (s) => `curl --user 'ci:${s}' https://a.example`,
  (s) => `curl -U "ci:${s}" https://a.example`,
  (s) => `curl --proxy-user ci:${s} https://a.example`,
  (s) => JSON.stringify(["curl", "-u", `ci:${s}`, "https://a.example"]),
  (s) => `['curl', '-u', 'ci:${s}']`,
  (s) => `docker login -u ci -p ${s} a.example`,
  (s) => `docker login --username ci --password ${s} a.example`,
  (s) => `mysql -u root -p${s} db`,
  (s) => `sshpass -p '${s}' ssh a.example`,
  (s) => `curl -d 'user=ci&password=${s}' https://a.example`,
  (s) => `PGPASSWORD=${s} psql`,
  (s) => `machine a.example login ci password ${s}`,
  (s) => `machine a.example\n  login ci\n  password ${s}\n`,
  (s) => `default\n\tpassword ${s}\n`,
  (s) => `AUTH PLAIN ${base64(`\0ci\0${s}`)}`,
  (s) => `Basic%20${encodeURIComponent(base64(`ci:${s}`))}`,
  (s) => `map[Authorization:[Basic ${base64(`ci:${s}`)}]]`,
  (s) => `[authorization: Basic ${base64(`ci:${s}`)}]`,
  (s) => JSON.stringify([["Authorization", `Basic ${base64(`ci:${s}`)}`]]),
  (s) => JSON.stringify({ name: "Authorization", value: `Basic ${base64(`ci:${s}`)}` }),
  (s) => JSON.stringify({ headers: { Authorization: [`Basic ${base64(`ci:${s}`)}`] } }),
  (s) => `headers={'Authorization': b'Basic ${base64(`ci:${s}`)}'}`,
];

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
  {
    secrets: ofAlphabet(`${letters}@/#!*.-_`, 8, 30),
    forms: [...["password", "DB_PASSWORD", "x-api-key", "clientSecret"].flatMap(printed), ...commands],
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

/** The length of a substring that counts as a part of the secret. */
const recognisable = 8;

/** A part of the secret, plain or encoded, that a text contains. */
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
