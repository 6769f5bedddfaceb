import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ran } from "../support/program/run.ts";
import { ciRole, keys, member, registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

const { accessKeyId, secretAccessKey } = member("bob");
const setting = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;

/** How the config file and the credentials file name profile ci. */
const files = { ".aws/config": "profile ci", ".aws/credentials": "ci" } as const;

const utf16 = (text: string, order: "le" | "be", mark: boolean) => {
  const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
};

/** What is no AWS file, made of what would be one, and the line that is wrong. */
const contents: Readonly<Record<string, readonly [make: (text: string) => string | Buffer, line?: number]>> =
  {
    "UTF-16, little end first": [(text) => utf16(text, "le", true), 1],
    "UTF-16, big end first": [(text) => utf16(text, "be", true), 1],
    "UTF-16 without a mark, little end first": [(text) => utf16(text, "le", false), 1],
    "UTF-16 without a mark, big end first": [(text) => utf16(text, "be", false), 1],
    "a byte order mark": [(text) => `\ufeff${text}`, 1],
    "Latin-1": [(text) => Buffer.from(`${text}# J\xf6rg\n`, "latin1"), 4],
    "a NUL in a value": [(text) => `${text}region = us\0east-1\n`, 4],
    "a NUL in another profile": [(text) => `${text}\n[other]\nregion = us\0east-1\n`, 6],
    "10 MB of comments": [(text) => `${"# a comment\n".repeat(900_000)}${text}`],
    "10 MB in one line": [(text) => `${text}region = ${"x".repeat(10_000_000)}\n`],
    "10 MB of profiles": [
      (text) => text + Array.from({ length: 400_000 }, (_, at) => `[p${at}]\na = b\n`).join(""),
    ],
    "a setting before the first section": [(text) => `region = us-east-1\n${text}`, 1],
    "a section that is there twice": [(text) => `${text}${text}`, 4],
    "a setting that is there twice": [(text) => `${text}${setting}`, 4],
    "a line that is no setting": [(text) => `${text}region\n`, 4],
    "a section that is not closed": [(text) => `${text}[other\n`, 4],
  };

/** What is in the place of a file, and the words for it. */
const places: Readonly<Record<string, readonly [put: (path: string) => void, why: string]>> = {
  "a pipe": [(path) => void Bun.spawnSync(["mkfifo", path]), "is not a plain file"],
  "a folder": [(path) => mkdirSync(path), "is a folder"],
  "a link to itself": [(path) => symlinkSync(path, path), "can't be read (ELOOP)"],
  "a link to a device": [(path) => symlinkSync("/dev/zero", path), "is not a plain file"],
};

describe("invalid AWS files on an EC2 instance", () => {
  const standing = useStanding();

  function userWith(path: string, content: string | Buffer): User {
    const user = standing.user();
    writeFileSync(user.write(path, ""), content);
    return user;
  }

  function refused(ran: Ran, code: string, ...words: string[]): void {
    assert.equal(standing.calls(), 0, "no principal is asked for");
    told(ran, code, ...words);
  }

  for (const [path, header] of Object.entries(files)) {
    for (const [what, [make, line]] of Object.entries(contents)) {
      it(`${path}: ${what} is refused with its line, with AWS_PROFILE and by default`, async () => {
        const user = userWith(path, make(`[${header}]\n${setting}`));
        const place = join(user.home, path) + (line === undefined ? "" : `:${line}`);
        for (const env of [{}, { AWS_PROFILE: "ci" }, { AWS_PROFILE: "other" }]) {
          refused(await user.get(registry, { env }), "AWS_FILE_INVALID", `${place} can't be parsed: `);
        }
      });
    }

    for (const [what, [put, why]] of Object.entries(places)) {
      it(`${path}: ${what} counts as absent, as in the AWS CLI, and is named`, async () => {
        const user = userWith(path, "");
        const full = join(user.home, path);
        rmSync(full);
        put(full);
        const named = await user.get(registry, { env: { AWS_PROFILE: "ci" } });
        refused(named, "PROFILE_NOT_FOUND", `${full} ${why}`);
        const none = await user.get(registry, { env: { AWS_EC2_METADATA_DISABLED: "true" } });
        refused(none, "NO_CREDENTIALS", `${full} ${why}`);
        const ran = await user.get(registry);
        const { principal } = standing.aws.controls.grantOf(answered(ran, registry)) ?? assert.fail();
        assert.match(principal, /assumed-role\/ci\//);
        assert.ok(named.tookMs + none.tookMs + ran.tookMs < 20_000);
      });
    }
  }

  /** The other files of an identity, and the failure where they are unfit. */
  const others: Readonly<Record<string, readonly [set: (user: User, path: string) => void, code: string]>> = {
    "a web identity's token": [
      ({ env }, path) => Object.assign(env, { AWS_ROLE_ARN: ciRole, AWS_WEB_IDENTITY_TOKEN_FILE: path }),
      "WEB_IDENTITY_FILE",
    ],
    "a pod's token": [
      ({ env }, path) => {
        env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${standing.aws.urls.container}/`;
        env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = path;
      },
      "CONTAINER_CREDENTIALS",
    ],
    "a CA bundle": [
      ({ env }, path) => Object.assign(env, { ...keys("alice"), AWS_CA_BUNDLE: path }),
      "CA_BUNDLE",
    ],
  };

  for (const [what, [set, code]] of Object.entries(others)) {
    for (const [kind, [put]] of Object.entries(places)) {
      it(`${what}: ${kind} is refused in time`, async () => {
        const user = standing.user();
        const path = join(user.home, "unfit", "file");
        mkdirSync(dirname(path));
        put(path);
        set(user, path);
        const ran = await user.get(registry);
        refused(ran, code, path);
        assert.ok(ran.tookMs < 15_000, `${ran.tookMs} ms`);
      });
    }
  }
});
