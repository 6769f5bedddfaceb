import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAwsFiles } from "../../src/profiles/config-files.ts";
import { awsPaths } from "../../src/profiles/file-paths.ts";
import { shellWords } from "../../src/profiles/shell-words.ts";
import { Failure } from "../../src/token/failure.ts";
import { awsFiles } from "../support/aws/files.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("shellWords", () => {
  for (const [text, words] of [
    ["profile ci", ["profile", "ci"]],
    ["profile   ci  ", ["profile", "ci"]],
    ["profile 'my ci'", ["profile", "my ci"]],
    ['profile "my \\"ci\\" \\x"', ["profile", 'my "ci" \\x']],
    ["profile my\\ ci", ["profile", "my ci"]],
    ["profile a'b c'd", ["profile", "ab cd"]],
    ["profile ''", ["profile", ""]],
    ["profile équipe", ["profile", "équipe"]],
    ["profile a#b,(c)=~&*", ["profile", "a#b,(c)=~&*"]],
    ["profile 'ci", undefined],
    ["profile ci\\", undefined],
  ] as const) {
    it(`of ${text}`, () => assert.deepEqual(shellWords(text), words));
  }
});

describe("AWS files: sections", () => {
  const names = (config: string, credentials = "") => awsFiles(config, credentials).profileNames();

  for (const [header, profile] of [
    ["default", "default"],
    ["profile default", "default"],
    ["profile ci", "ci"],
    ["profile   ci ", "ci"],
    ["profile 'my ci'", "my ci"],
    ['profile "my ci"', "my ci"],
    ["profile équipe", "équipe"],
    ["profile team(dev)", "team(dev)"],
    ["profile a,b=c~#&*", "a,b=c~#&*"],
    ["profile constructor", "constructor"],
    ["profile __proto__", "__proto__"],
  ] as const) {
    it(`[${header}] of the config file is profile ${profile}`, () => {
      const files = awsFiles(`[${header}]\nregion = us-east-1\n`);
      assert.deepEqual(files.profileNames(), [profile]);
      assert.equal(files.profile(profile)?.get("region")?.value, "us-east-1");
    });
  }

  it("without a profile are ignored", () => {
    const headers = [
      "ci",
      "profile",
      "profile a b",
      "profile 'x",
      "Profile ci",
      "preview",
      "sso-session s",
      "services s",
    ];
    assert.deepEqual(names(headers.map((header) => `[${header}]\nregion = us-east-1\n`).join("")), []);
  });

  it("of the credentials file are named like the profile", () => {
    assert.deepEqual(names("", "[ci]\n[my ci]\n[profile x]\n"), ["ci", "my ci", "profile x"]);
  });

  it("with the same name: only the last one is used", () => {
    const files = awsFiles("[profile ci]\nregion = a\noutput = x\n[profile 'ci']\nregion = b\n");
    assert.deepEqual([...(files.profile("ci")?.keys() ?? [])], ["region"]);
    assert.equal(files.profile("ci")?.get("region")?.value, "b");
  });

  it("of both files are merged, and each setting has its line", () => {
    const files = awsFiles("[profile ci]\nregion = a\noutput = x\n", "\n[ci]\nregion = b\n");
    const profile = files.profile("ci");
    assert.deepEqual(profile?.get("region"), { value: "b", line: 3, path: "/aws/credentials" });
    assert.deepEqual(profile?.get("output"), { value: "x", line: 3, path: "/aws/config" });
    assert.equal(files.profileIn("config", "ci")?.get("region")?.value, "a");
    assert.equal(files.profile("toString"), undefined);
  });

  it("for sso-sessions and services may be quoted", () => {
    const files = awsFiles(
      "[sso-session 'Acme Dev']\nsso_region = x\n[services \"my lab\"]\necr =\n  endpoint_url = u\n",
    );
    assert.equal(files.ssoSession("Acme Dev")?.get("sso_region")?.value, "x");
    assert.equal(files.services("my lab")?.get("ecr")?.nested?.get("endpoint_url")?.value, "u");
  });
});

describe("AWS files: paths", () => {
  const home = "/home/alice";
  for (const [variable, path] of [
    [undefined, "/home/alice/.aws/config"],
    ["~/aws", "/home/alice/aws"],
    ["~", "/home/alice"],
    ["$HOME/aws", "/home/alice/aws"],
    [`${"$"}{BASE}/x/$NAME.cfg`, "/base/x/n.cfg"],
    ["$UNSET/x", "$UNSET/x"],
    ["/a/~/b", "/a/~/b"],
    ["~root/x", "/root/x"],
    ["~no-such-user/x", "~no-such-user/x"],
    ["", ""],
  ] as const) {
    it(`${variable === undefined ? "by default" : JSON.stringify(variable)}: ${path}`, () => {
      const env = {
        HOME: home,
        BASE: "/base",
        NAME: "n",
        ...(variable !== undefined && { AWS_CONFIG_FILE: variable }),
      };
      assert.equal(awsPaths(env, home).configPath, path);
    });
  }

  it("by variables in the path, which become dependencies", () => {
    const env = { AWS_CONFIG_FILE: "$A/x", AWS_SHARED_CREDENTIALS_FILE: `${"$"}{B}/$A` };
    assert.deepEqual(awsPaths(env, home).variables, ["A", "B"]);
  });
});

describe("AWS files: invalid files", () => {
  const temp = useTempFolder();
  const read = async (content: string | Uint8Array) => {
    const path = join(temp(), "credentials");
    writeFileSync(path, content);
    return readAt(path);
  };
  const readAt = (path: string) =>
    readAwsFiles({ AWS_CONFIG_FILE: "", AWS_SHARED_CREDENTIALS_FILE: path }, temp(), () => "stamp");
  const keys = "[ci]\naws_access_key_id = TESTKEY\n";

  for (const [what, content, words] of [
    ["UTF-16", Buffer.from(`\ufeff${keys}`, "utf16le"), /credentials:1 can't be parsed: it is UTF-16/],
    ["UTF-16 of the other order", Buffer.from(`\ufeff${keys}`, "utf16le").swap16(), /it is UTF-16/],
    ["UTF-16 without a mark", Buffer.from(keys, "utf16le"), /:1 can't be parsed: it contains a NUL byte/],
    ["a byte order mark", `\ufeff${keys}`, /:1 can't be parsed: it begins with a byte order mark/],
    ["Latin-1", Buffer.from(`${keys}# J\xf6rg\n`, "latin1"), /:3 can't be parsed: it is not UTF-8/],
    ["a NUL byte", `${keys}x = \0\n`, /:3 can't be parsed: it contains a NUL byte/],
    ["10 MB", `${keys}${"# padding\n".repeat(1_000_000)}`, /can't be parsed: it is larger than 4 MiB/],
    ["no setting in a line", `${keys}hello\n`, /:3 can't be parsed: neither a \[section\] nor/],
    ["a section twice", `${keys}${keys}`, /:3 can't be parsed: section \[ci\] occurs twice/],
  ] as const) {
    it(`${what}: refused with the file and line`, async () => {
      const outcome = await read(content);
      assert.ok("failure" in outcome);
      assert.equal(outcome.failure.code, "AWS_FILE_INVALID");
      assert.match(outcome.failure.oneLine, words);
    });
  }

  it("a pipe, a folder, a device and a missing file count as absent, without waiting", async () => {
    const pipe = join(temp(), "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const [path, why] of [
      [pipe, `${pipe} is not a plain file`],
      [temp(), `${temp()} is a folder`],
      [join(temp(), "none"), ""],
      [join(pipe, "below"), ""],
      ["/dev/zero", "/dev/zero is not a plain file"],
      ["", ""],
    ] as const) {
      const outcome = await readAt(path);
      assert.ok("files" in outcome, path);
      assert.deepEqual(outcome.files.profileNames(), []);
      assert.equal(outcome.files.unreadable.join(), why);
    }
  });

  it("a symbolic link is followed; a loop can't be read", async () => {
    const path = join(temp(), "credentials");
    writeFileSync(path, keys);
    symlinkSync(path, join(temp(), "link"));
    symlinkSync(join(temp(), "circle"), join(temp(), "circle"));
    const outcome = await readAt(join(temp(), "link"));
    assert.ok("files" in outcome && outcome.files.profile("ci"));
    const circle = await readAt(join(temp(), "circle"));
    assert.ok("files" in circle);
    assert.match(circle.files.unreadable.join(), /circle can't be read \(ELOOP\)/);
  });

  it("an unreadable file counts as absent, and is named", async function () {
    if (process.geteuid?.() === 0) this.skip();
    const folder = join(temp(), "closed");
    mkdirSync(folder);
    writeFileSync(join(folder, "credentials"), keys);
    chmodSync(folder, 0);
    const outcome = await readAt(join(folder, "credentials")).finally(() => chmodSync(folder, 0o700));
    assert.ok("files" in outcome);
    assert.match(outcome.files.unreadable.join(), /can't be read \(EACCES\)/);
  });

  it("unchanged files are not read again", async () => {
    const path = join(temp(), "credentials");
    writeFileSync(path, keys);
    const env = { AWS_CONFIG_FILE: "", AWS_SHARED_CREDENTIALS_FILE: path };
    const first = await readAwsFiles(env, temp(), () => "one");
    assert.equal(await readAwsFiles(env, temp(), () => "one", first), first);
    assert.notEqual(await readAwsFiles(env, temp(), () => "two", first), first);
    assert.ok(!(first instanceof Failure));
  });

  it("a path that is not valid UTF-8 is refused, since the runtime can't open it", async () => {
    const env = { AWS_CONFIG_FILE: "/home/jos\ufffd/config", AWS_SHARED_CREDENTIALS_FILE: "/none" };
    const outcome = await readAwsFiles(env, temp(), () => "absent");
    assert.ok("failure" in outcome);
    assert.match(outcome.failure.message, /jos\ufffd\/config can't be opened: its name is not UTF-8/);
  });
});
