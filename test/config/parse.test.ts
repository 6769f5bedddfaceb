import assert from "node:assert/strict";
import { type Config, emptyConfig } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { lineAndColumn, lineFinder } from "../../src/config/problem.ts";
import { parseHost } from "../../src/registry/host.ts";
import { example } from "./example.ts";

const parse = (text: string): Config => parseConfig(text, "config.yaml");
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const role = "arn:aws:iam::111122223333:role/pull";

describe("parseConfig", () => {
  it("reads a pull secret with its defaults, and with every key", () => {
    const outputs = (text: string) =>
      plain(parse(`version: 1\noutputs:\n  - kubernetesSecret: ${text}`).secretOutputs);
    assert.deepEqual(outputs("{ name: ecr-pull, all: true }"), [
      { name: "ecr-pull", namespaces: { kind: "all" }, serviceAccounts: [], cluster: {} },
    ]);
    const whole = `{ name: a.b, selector: { example.com/team: ci, on: "" }, registries: [public.ecr.aws],
      serviceAccounts: patch, serviceAccountNames: [build], kubeconfig: /etc/../etc/k, context: "arn:aws:eks:x/y" }`;
    assert.deepEqual(outputs(whole), [
      {
        name: "a.b",
        namespaces: { kind: "labels", labels: { "example.com/team": "ci", on: "" } },
        registries: ["public.ecr.aws"],
        serviceAccounts: ["build"],
        cluster: { kubeconfig: "/etc/k", context: "arn:aws:eks:x/y" },
      },
    ]);
    assert.deepEqual(outputs("{ name: a, namespaces: [ci], serviceAccounts: patch }"), [
      { name: "a", namespaces: { kind: "names", names: ["ci"] }, serviceAccounts: ["default"], cluster: {} },
    ]);
  });

  it("reads every key of the example", () => {
    assert.deepEqual(plain(parse(example)), {
      version: 1,
      minValidity: 3_600_000,
      identities: {
        ci: { kind: "profile", profile: "ci" },
        "prod-pull": { kind: "role", roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: "ci" },
      },
      identityLines: { ci: 4, "prod-pull": 5 },
      registries: [
        {
          target: { kind: "account", account: "111122223333", regions: ["us-east-1"] },
          identity: "ci",
          replication: { follow: true, identity: "prod-pull" },
          line: 7,
        },
        {
          target: { kind: "account", account: "444455556666", regions: ["us-west-2", "eu-west-1"] },
          identity: "prod-pull",
          line: 11,
        },
        { target: { kind: "host", registry: parseHost("public.ecr.aws") }, line: 14 },
      ],
      aliases: { "images.example.com": "111122223333.dkr.ecr.us-east-1.amazonaws.com" },
      fallback: { kind: "keychain" },
      reportsFailures: false,
      store: "file",
      outputs: [{ dockerConfig: "/srv/ci/.docker/config.json" }],
      secretOutputs: [],
    });
  });

  for (const [what, text] of [
    ["comments alone", "# version: 1\n\n"],
    ["a byte order mark and a comment", "\ufeff# none"],
    ["a document with a comment", "---\n# none\n"],
    ["the version alone", "version: 1\n"],
    ["a byte order mark and CRLF", "\ufeffversion: 1\r\n"],
    ["JSON, which YAML is too", '{"version": 1}'],
  ] as const) {
    it(`returns the default config for ${what}`, () =>
      assert.deepEqual(plain(parse(text)), plain(emptyConfig)));
  }

  for (const text of ["", " \n\t\r\n", "\ufeff", "\0".repeat(4096), "\n\0\0"])
    it(`refuses ${JSON.stringify(text.slice(0, 20))}, as a full disk leaves it`, () =>
      assert.throws(() => parse(text), {
        code: "CONFIG_SYNTAX",
        message: /:1:1: the file is empty/,
        fix: "write its settings again, or remove the file",
      }));

  for (const text of ["---\n", "---\n...\n", "null\n", "~", "--- null\n"])
    it(`refuses ${JSON.stringify(text)}, as a failed generator writes it`, () =>
      assert.throws(() => parse(text), { code: "CONFIG_SYNTAX", message: /the file has no content/ }));

  for (const [text, code] of [
    ["version:\n", "CONFIG_VERSION"],
    ["version: null\n", "CONFIG_VERSION"],
    ["{}\n", "CONFIG_VERSION"],
    ["[]\n", "CONFIG_INVALID"],
    ["''\n", "CONFIG_INVALID"],
    ["version: 1\n\0\0\0", "CONFIG_SYNTAX"],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parse(text), { code }));

  it("reads all keys of a role", () => {
    const { identities } = parse(
      `version: 1\nidentities:\n  r: { roleArn: "${role}", externalId: "12:34", sessionName: ci@build, duration: 1h30m, region: eu-west-1 }`,
    );
    assert.deepEqual(plain(identities["r"]), {
      kind: "role",
      roleArn: role,
      externalId: "12:34",
      sessionName: "ci@build",
      duration: 5400,
      region: "eu-west-1",
    });
  });

  it("resolves anchors and merge keys; own keys, then the first merged ones, take precedence", () => {
    const { identities } = parse(`version: 1
identities:
  a: &a { roleArn: "${role}", duration: 15m, sessionName: first }
  b: &b { roleArn: "${role}", sessionName: second, region: us-east-1 }
  c: { <<: [*a, *b], duration: 30m }
  d: *a
`);
    assert.deepEqual(plain(identities["c"]), {
      kind: "role",
      roleArn: role,
      sessionName: "first",
      duration: 1800,
      region: "us-east-1",
    });
    assert.deepEqual(identities["d"], identities["a"]);
  });

  it("uses the last definition of an anchor above the alias", () => {
    const { registries } = parse(
      'version: 1\nregistries:\n  - account: &a "111122223333"\n  - account: &a "444455556666"\n  - account: *a\n',
    );
    assert.deepEqual(
      registries.map(({ target }) => target.kind === "account" && target.account),
      ["111122223333", "444455556666", "444455556666"],
    );
  });

  it("reads no and yes as text, even with %YAML 1.1", () => {
    const { identities } = parse("%YAML 1.1\n---\nversion: 1\nidentities: { no: { profile: yes } }");
    assert.deepEqual(plain(identities), { no: { kind: "profile", profile: "yes" } });
  });

  it("finds nothing under names of Object.prototype", () => {
    const { identities, aliases } = parse("version: 1\nidentities: {}\naliases: {}");
    for (const name of ["constructor", "toString", "__proto__"]) {
      assert.equal(identities[name], undefined);
      assert.equal(aliases[name], undefined);
    }
  });

  it("accepts a role from a profile, and a session of an hour from a role", () => {
    const text = `version: 1\nidentities:
  p: { profile: p }
  long: { roleArn: "${role}", source: p, duration: 12h }
  chained: { roleArn: "${role}", source: long, duration: 1h }`;
    assert.deepEqual(Object.keys(parse(text).identities), ["p", "long", "chained"]);
  });

  for (const [text, fallback] of [
    ["keychain", { kind: "keychain" }],
    ["none", { kind: "none" }],
    ["file", { kind: "file" }],
    ["pass", { kind: "helper", name: "pass" }],
    ["ecr-login", { kind: "helper", name: "ecr-login" }],
  ] as const) {
    it(`accepts the fallback ${text}`, () =>
      assert.deepEqual(parse(`version: 1\nfallback: ${text}`).fallback, fallback));
  }
});

describe("lineFinder", () => {
  it("agrees with lineAndColumn", () => {
    for (const text of ["", "a", "\n", "a\nb", "\n\nabc\n\r\nd\n", "\ufeffa\nb\n"]) {
      const lineAt = lineFinder(text);
      for (let offset = 0; offset <= text.length; offset++) {
        assert.equal(lineAt(offset), lineAndColumn(text, offset).line, JSON.stringify({ text, offset }));
      }
    }
  });
});
