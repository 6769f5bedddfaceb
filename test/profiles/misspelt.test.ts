import assert from "node:assert/strict";
import { decideSource } from "../../src/profiles/decide-source.ts";
import { Failure } from "../../src/token/failure.ts";
import { ambient } from "../../src/token/identity.ts";
import { awsFiles } from "../support/aws/files.ts";

/** The kinds of credentials, and a profile's settings for each. */
const ways: Readonly<Record<string, readonly string[]>> = {
  keys: ["aws_access_key_id", "aws_secret_access_key"],
  "a role": ["role_arn", "source_profile"],
  "a role over another source": ["role_arn", "credential_source"],
  "a web identity": ["role_arn", "web_identity_token_file"],
  "SSO in its older form": ["sso_start_url", "sso_region", "sso_account_id", "sso_role_name"],
  "an SSO session": ["sso_session", "sso_account_id", "sso_role_name"],
  "a process": ["credential_process"],
  "aws login": ["login_session"],
};

const values: Readonly<Record<string, string>> = {
  role_arn: "arn:aws:iam::111122223333:role/x",
  source_profile: "base",
  credential_source: "Ec2InstanceMetadata",
  sso_session: "s",
};

/** Ambiguous with another setting, or a valid setting itself. */
const ambiguous = new Set(["region", "sso", "source", "credential", "session"]);

function mistypes(word: string): ReadonlySet<string> {
  const all = [...word].flatMap((letter, at) => {
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const swapped = after === "" ? [] : [`${before}${after[0]}${letter}${after.slice(1)}`];
    return [`${before}${after}`, `${before}${letter}${letter}${after}`, `${before}x${after}`, ...swapped];
  });
  const parts = word.split("_");
  const joined = ["-", "", ".", " "].map((by) => parts.join(by));
  const cut = [parts.slice(1).join("_"), parts.slice(0, -1).join("_")];
  const unlike = [...all, ...joined, ...cut, `${word}s`, `aws_${word}`].filter(
    (each) => each !== word && !ambiguous.has(each),
  );
  return new Set(unlike);
}

function refusal(settings: readonly (readonly [string, string])[]): Failure {
  const keys = { aws_access_key_id: "TESTKEY", aws_secret_access_key: "test" };
  const files = awsFiles({
    "profile base": keys,
    "sso-session s": { sso_start_url: "https://example.com", sso_region: "us-east-1" },
    "profile ci": Object.fromEntries(settings),
  });
  try {
    return assert.fail(decideSource(ambient, { AWS_PROFILE: "ci" }, files).source.kind);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

describe("a profile with one misspelt setting for credentials", () => {
  for (const [way, names] of Object.entries(ways)) {
    const sets = names.length > 1 ? [names, ...names.map((name) => [name])] : [names];
    for (const set of sets) {
      it(`${way}, ${set.join(" + ")}: is refused, with the setting, its line and the right one`, () => {
        for (const wrong of set) {
          for (const typed of mistypes(wrong)) {
            const settings = set.map((name) => [name === wrong ? typed : name, values[name] ?? "v"] as const);
            const { code, message, fix } = refusal(settings);
            assert.equal(code, "PROFILE_INCOMPLETE", typed);
            assert.ok(message.includes(`${typed} (/aws/config:`), `${typed}: ${message}`);
            assert.equal(fix, `write ${wrong} instead of ${typed}`);
          }
        }
      });
    }
  }
});

describe("suggestions for misspelt names", () => {
  const refused = (config: Parameters<typeof awsFiles>[0]) => {
    try {
      return decideSource(ambient, { AWS_PROFILE: "ci" }, awsFiles(config)).source.kind;
    } catch (error) {
      return error instanceof Failure ? `${error.message} ${error.fix}` : String(error);
    }
  };
  const sso = { sso_session: "acme", sso_account_id: "1", sso_role_name: "ci" };

  it("a setting of an SSO session", () => {
    const text = refused({ "profile ci": sso, "sso-session acme": { sso_star_url: "x", sso_region: "r" } });
    assert.match(text, /lack sso_start_url; sso_star_url \(\/aws\/config:\d+\).*write sso_start_url/);
  });

  it("an SSO session", () => {
    const text = refused({ "profile ci": sso, "sso-session Acme": { sso_region: "r" } });
    assert.match(
      text,
      /names \[sso-session acme\], which \/aws\/config doesn't have; it has \[sso-session Acme\]/,
    );
  });

  it("a section without the word profile", () => {
    assert.match(
      refused({ ci: { region: "r" } }),
      /has a section \[ci\].*write \[profile ci\] instead of \[ci\]/,
    );
  });
});

describe("a profile whose settings for credentials are indented or have a prefix", () => {
  const ROWS: [setting: [string, string], words: RegExp][] = [
    [
      ["region", "us-east-1\n  role_arn = arn:aws:iam::111122223333:role/x"],
      /role_arn \(.*:\d+\) is indented.*region/,
    ],
    [
      ["s3", "\n  role_arn = arn:aws:iam::111122223333:role/x"],
      /role_arn \(.*:\d+\) is indented.*value of s3/,
    ],
    [["output", "json\n  aws_access_key_id: TESTKEY"], /aws_access_key_id \(.*:\d+\) is indented/],
    [["granted_sso_account_id", "111122223333"], /granted_sso_account_id \(.*\) is not a setting/],
    [["include_profile", "base"], /include_profile \(.*\) is not a setting/],
  ];
  for (const [setting, words] of ROWS) {
    it(`is refused: ${JSON.stringify(setting)}`, () => {
      const { code, message } = refusal([setting]);
      assert.equal(code, "PROFILE_INCOMPLETE");
      assert.match(message, words);
    });
  }

  it("is not reported for a value that continues on the next line", () => {
    assert.equal(
      decideSource(ambient, { AWS_PROFILE: "ci" }, awsFiles({ "profile ci": { region: "us\n  east" } }))
        .source.kind,
      "instance",
    );
  });
});
