import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ambientNames,
  type Environment,
  environmentFingerprint,
  fingerprint,
  namedNames,
  stampOf,
} from "../../src/token/dependencies.ts";
import { harmlessNames, sessionNames } from "../../src/token/variable-patterns.ts";

/** Variables for files and endpoints, which matter to every identity. */
const PLACES = [
  "HOME",
  "XDG_CONFIG_HOME",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_ECR",
  "AWS_ENDPOINT_URL_ECR_PUBLIC",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_SSO",
  "AWS_ENDPOINT_URL_SSO_OIDC",
];

/** Variables of the default credential chain, which matter only to it. */
const CREDENTIALS = [
  "AWS_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
];

/** Other variables, which affect no identity. */
const BESIDE = ["PATH", "LANG", "TERM", "DOCKER_CONFIG", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PAGER"];

const SOME: Environment = { HOME: "/home/somebody", AWS_PROFILE: "ci", PATH: "/bin" };

describe("the environment that an identity depends on", () => {
  for (const name of [...PLACES, ...CREDENTIALS]) {
    it(`includes ${name} for the default chain: set, emptied and changed`, () => {
      const prints = [undefined, "", "one", "two"].map((value) =>
        environmentFingerprint(ambientNames, { ...SOME, [name]: value }),
      );
      assert.equal(new Set(prints).size, 4);
    });
  }

  it("includes paths and endpoints for a named identity, but not the caller's credentials", () => {
    for (const name of PLACES) assert.ok(namedNames.includes(name), name);
    for (const name of CREDENTIALS) assert.ok(!namedNames.includes(name), name);
  });

  it("excludes the region, which is in the host, and variables unrelated to AWS", () => {
    for (const name of BESIDE) assert.ok(!ambientNames.includes(name), name);
    assert.equal(
      environmentFingerprint(ambientNames, SOME),
      environmentFingerprint(ambientNames, { ...SOME, PATH: "/usr/bin", AWS_REGION: "eu-west-1" }),
    );
  });
});

describe("environmentFingerprint", () => {
  it("is a SHA-256 in hex, which reveals no value", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        assert.match(environmentFingerprint(["SECRET"], { SECRET: value }), /^[0-9a-f]{64}$/);
      }),
    );
  });

  it("differs for every other environment", () => {
    const value = fc.option(fc.string({ maxLength: 6 }), { nil: undefined });
    const env = fc.record({ A: value, B: value });
    fc.assert(
      fc.property(env, env, (one, other) => {
        const same = one.A === other.A && one.B === other.B;
        const print = (it: Environment) => environmentFingerprint(["A", "B"], it);
        assert.equal(print(one) === print(other), same);
      }),
    );
  });

  it("distinguishes a value from the same value under another name", () => {
    const print = (env: Environment) => environmentFingerprint(["A", "B"], env);
    assert.notEqual(print({ A: "x" }), print({ B: "x" }));
    assert.notEqual(print({ A: "x", B: "y" }), print({ A: "y", B: "x" }));
    assert.notEqual(print({ A: 'x"],["B","y' }), print({ A: "x", B: "y" }));
  });
});

describe("environmentFingerprint of names that every object has", () => {
  it("is that of a variable that is not set", () => {
    for (const name of ["constructor", "hasOwnProperty", "__proto__", "toString"])
      assert.equal(
        environmentFingerprint([name], {}),
        environmentFingerprint([name], { [name]: undefined }),
        name,
      );
  });
});

describe("harmlessNames and sessionNames", () => {
  it("are all in docs/token-file.md", async () => {
    const page = await Bun.file("docs/token-file.md").text();
    for (const name of [...harmlessNames, ...sessionNames])
      assert.ok(page.includes(`\`${name.replace("*", "")}\``), name);
  });
});

describe("fingerprint", () => {
  it("is equal exactly for equal values", () => {
    assert.equal(fingerprint([1, { a: "b" }]), fingerprint([1, { a: "b" }]));
    const values = [null, "", "null", 0, [], [[]], {}, ["a", "b"], ["ab"], ["a,b"]];
    assert.equal(new Set(values.map(fingerprint)).size, values.length);
  });
});

describe("stampOf", () => {
  const file = { mtime: 1_700_000_000_000_000_025n, ctime: 1_700_000_000_000_000_050n, size: 120n, ino: 77n };

  it("changes with modification time, change time, size and inode", () => {
    for (const field of ["mtime", "ctime", "size", "ino"] as const) {
      assert.notEqual(stampOf({ ...file, [field]: file[field] + 1n }), stampOf(file), field);
    }
    assert.equal(stampOf({ ...file }), stampOf(file));
  });

  it("distinguishes the fields", () => {
    assert.notEqual(stampOf({ ...file, size: 1n, ino: 23n }), stampOf({ ...file, size: 12n, ino: 3n }));
    assert.notEqual(stampOf({ ...file, mtime: 1n, ctime: 2n }), stampOf({ ...file, mtime: 2n, ctime: 1n }));
  });

  it("distinguishes an absent file", () => assert.notEqual(stampOf("absent"), stampOf(file)));
});
