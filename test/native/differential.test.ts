import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { withChecksum } from "../../src/token/checksum.ts";
import { ambientNames, environmentFingerprint } from "../../src/token/dependencies.ts";
import { harmlessNames, sessionNames } from "../../src/token/variable-patterns.ts";
import { hour, minute } from "../support/fakes/clock.ts";
import { host, otherHost } from "../support/fakes/entries.ts";
import { Place } from "./place.ts";
import { type Reader, readers } from "./readers.ts";

/** Usually the first value, sometimes one of the others. */
const mostly = <Value>(first: Value, ...others: Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 15 * others.length, arbitrary: fc.constant(first) },
    ...others.map((each) => fc.constant(each)),
  );

const oddNumbers = [
  "",
  "-",
  "-0",
  "00",
  "01",
  "1e3",
  "1.0",
  "+1",
  " 1",
  "1 ",
  "0x1",
  "Infinity",
  "9".repeat(16),
];
const oddStrings = [
  '"\\u00e9"',
  '"\\n"',
  '"\\"',
  '"a"b"',
  '"é"',
  '"',
  "AWS",
  '""',
  '"\\x"',
  '"\\u12"',
  '"\t"',
];
/** No time is close to a bound, since the two parsers do not run at the same moment. */
const times = [
  -13 * hour,
  -12 * hour - minute,
  -11 * hour,
  -hour,
  -minute,
  0,
  minute,
  hour,
  11 * hour,
  13 * hour,
];

/** The lines of a file, valid or almost valid. */
function linesOf(place: Place) {
  const { now, boot } = place.clock;
  const time = (...odd: string[]) =>
    fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(...times).map((offset) => String(now + offset)) },
      fc.constantFrom(...odd, ...oddNumbers, "0", "-5", "9".repeat(15), `-${"9".repeat(15)}`),
    );
  const optional = (line: fc.Arbitrary<string | undefined>) => fc.oneof(fc.constant(undefined), line);
  const stamps = Object.fromEntries(
    place
      .tokenEntry()
      .dependencies.files.map(({ path, stamp }) => [path, `file ${stamp} ${encodeURI(path)}`]),
  );
  const fingerprint = (names: readonly string[]) =>
    ["environment", environmentFingerprint(names, place.env), ...names].join(" ");
  const age = boot?.uptime ?? 0;
  const id = boot?.id ?? "none";
  const life = {
    issued: mostly(now - hour, now - 13 * hour, now + hour, now).map((at) => `issued ${at}`),
    otherIssued: optional(time().map((at) => `issued ${at}`)),
    fresh: fc
      .oneof({ weight: 20, arbitrary: fc.constant(String(now + 10 * hour)) }, time())
      .map((at) => `fresh-until ${at}`),
    expires: fc
      .oneof({ weight: 20, arbitrary: fc.constant(String(now + 11 * hour)) }, time())
      .map((at) => `expires ${at}`),
    byAws: optional(time().map((at) => `expires-by-aws ${at}`)),
    boot: optional(
      mostly(
        `boot ${age - hour} ${id}`,
        `boot ${age} other-boot`,
        `boot ${age - 13 * hour} ${id}`,
        `boot ${age + hour} ${id}`,
        `boot -5 ${id}`,
        `boot ${age}`,
        `boot ${age} `,
        `boot  ${id}`,
        `boot 1.5 ${id}`,
        `boot ${id} ${age}`,
      ),
    ),
  };
  const names = ["HOME", "AWS_PROFILE", "AWS_NOT_SET"];
  const conditions = {
    environment: mostly(
      fingerprint(ambientNames),
      fingerprint(names),
      fingerprint([]),
      fingerprint(["HOME", "HOME"]),
      fingerprint(["HOME", "AWS_*"]),
      fingerprint(["AWS_*", "HOME"]).replace("AWS_*", "AWS_"),
      fingerprint(["AWS_NOT_SET_*"]),
      fingerprint(["*"]),
      `${fingerprint(names)} `,
      `${fingerprint([])} `,
      fingerprint(names).replace(" HOME ", " HOME  "),
      fingerprint(names).replace("AWS_PROFILE", "AWS_PROFILE=ci"),
      fingerprint(names).toUpperCase(),
      "environment ",
    ),
    file: optional(
      mostly(
        stamps[place.awsConfig],
        stamps[place.awsConfig]?.replaceAll("%C3", "%c3"),
        stamps[place.awsConfig]?.replace("%C3", "%ED%A0%80"),
        stamps[place.awsConfig]?.replace("%25", "%"),
        stamps[place.awsConfig]?.replace("/a", "//%61"),
        stamps[place.awsConfig]?.replace("%C3%A9", "é"),
        "file absent",
        "file absent ",
        "file absent /nowhere%2Fx",
        "file absent relative",
        "file absent %00",
        `file absent /${"x".repeat(6000)}`,
        "file absent /proc/self/nothing/x",
      ),
    ),
    absent: optional(mostly(stamps[place.absent], `file absent ${place.home}`, "file 0-0-0-0 /nowhere")),
    machine: optional(mostly(`machine ${id}`, "machine other-boot", "machine ", `machine ${id} `)),
  };
  const answer = {
    username: mostly('"AWS"', ...oddStrings).map((each) => `username ${each}`),
    secret: mostly('secret "made-up"', "sealed AAAA", ...oddStrings.map((each) => `secret ${each}`)),
  };
  return { life, conditions, answer };
}

type Edit = (lines: readonly string[], at: number) => readonly string[];
const edits: readonly Edit[] = [
  ...Array.from({ length: 12 }, (): Edit => (lines) => lines),
  (lines, at) => lines.toSpliced(at % lines.length, 1),
  (lines, at) => lines.toSpliced(at % lines.length, 0, lines[at % lines.length] ?? ""),
  (lines, at) => lines.toSpliced(at % lines.length, 0, ["", "new 1", " ", "file"][at % 4] ?? ""),
  (lines, at) =>
    lines.toSpliced(
      at % lines.length,
      2,
      ...lines.slice(at % lines.length, (at % lines.length) + 2).reverse(),
    ),
  (lines, at) => lines.with(at % lines.length, `${lines[at % lines.length]} `),
  (lines, at) => lines.with(at % lines.length, (lines[at % lines.length] ?? "").replace(" ", "  ")),
  (lines, at) => lines.with(at % lines.length, (lines[at % lines.length] ?? "").replace(" ", "")),
];

function texts(place: Place): fc.Arbitrary<{ isLogin: boolean; text: string }> {
  const { life, conditions, answer } = linesOf(place);
  const hosts = mostly(`host ${host}`, `host ${otherHost}`, "host ", `host ${host}.`, "host");
  const heads = {
    token: mostly(
      "docker-credential-ecr 2 token",
      "docker-credential-ecr 1 token",
      "docker-credential-ecr 2 login",
    ),
    login: mostly(
      "docker-credential-ecr 2 login",
      "docker-credential-ecr 2 logout",
      "docker-credential-ecr 2 token",
    ),
  };
  const identity = mostly('"profile ci"', ...oddStrings).map((each) => `identity ${each}`);
  const shared = { ...life, ...answer, host: hosts };
  const end = fc.record({
    edit: fc.constantFrom(...edits),
    at: fc.nat(30),
    whole: mostly(
      withChecksum,
      (text: string) => text,
      (text: string) => `\ufeff${withChecksum(text)}`,
    ),
    last: mostly("\n", "", "\r\n", "\n\n"),
  });
  const token = fc.record({ ...shared, ...conditions, head: heads.token, identity, end }).map((each) => ({
    isLogin: false,
    end: each.end,
    lines: [
      each.head,
      each.host,
      each.identity,
      "authorization 0123",
      each.otherIssued ?? each.issued,
      each.fresh,
      each.expires,
      each.byAws,
      each.boot,
      each.environment,
      each.file,
      each.absent,
      each.machine,
      each.username,
      each.secret,
    ],
  }));
  const login = fc.record({ ...shared, head: heads.login, end, out: time15() }).map((each) => ({
    isLogin: true,
    end: each.end,
    lines: each.head.endsWith("logout")
      ? [each.head, each.host, `logged-out ${each.out}`]
      : [
          each.head,
          each.host,
          each.issued,
          each.fresh,
          each.expires,
          each.byAws,
          each.boot,
          each.username,
          each.secret,
        ],
  }));
  return fc
    .oneof({ weight: 3, arbitrary: token }, login)
    .map(({ isLogin, end: { edit, at, whole, last }, lines }) => {
      const present = lines.filter((line) => line !== undefined);
      return { isLogin, text: whole(`${edit(present, at).join("\n")}${last}`) };
    });
}

function time15() {
  return fc.constantFrom("1768478400000", "0", "-1", "x", "");
}

/** The native program delegates more of these: docs/native-front.md. */
function isLeftToTypeScript(text: string): boolean {
  return /[^\n\x20-\x7e]/.test(text) || /^(?:username|secret) .*\\/m.test(text) || /\S{4096}/.test(text);
}

const [typescript, native] = readers;

describe("the two parsers of token files", function () {
  this.timeout(300_000);
  const both = typescript?.open && native?.open ? it : it.skip;

  both("decide the same of any file", async () => {
    const readTypescript = (await typescript?.open?.()) as Reader;
    const readNative = (await native?.open?.()) as Reader;
    const place = new Place();
    const token = place.tokenEntry();
    const seen = { token: 0, login: 0, delegated: 0 };
    try {
      const property = fc.property(texts(place), ({ isLogin, text }) => {
        rmSync(place.login, { force: true });
        place.write(place.token, token);
        place.writeText(isLogin ? place.login : place.token, text);
        const expected = readTypescript(host, place.env);
        const found = readNative(host, place.env);
        seen[expected === undefined ? "delegated" : isLogin ? "login" : "token"]++;
        if (found === undefined && isLeftToTypeScript(text)) return;
        assert.equal(found, expected, text);
      });
      fc.assert(property, { numRuns: Number(process.env.RUNS ?? 300) });
      // Otherwise the test would prove little.
      for (const [outcome, count] of Object.entries(seen)) assert.ok(count >= 15, `${outcome}: ${count}`);
    } finally {
      place.remove();
    }
  });

  const harmless = harmlessNames.map((name) => name.replace("*", "ANY"));
  const others = ["AWS_TEAM", "AWS_CLI", "AWS_REGIONS", "AWS_REGIO", "AWS_PROFILE_REGION", "AWS_", "AWS"];

  both("decide the same of all variables, and of those that begin with AWS_", async () => {
    const readTypescript = (await typescript?.open?.()) as Reader;
    const readNative = (await native?.open?.()) as Reader;
    const place = new Place();
    const { files } = place.tokenEntry().dependencies;
    const readBoth = (names: readonly string[], env: Readonly<Record<string, string>>): boolean => {
      const environment = { names, fingerprint: environmentFingerprint(names, place.env) };
      place.writeToken({ dependencies: { environment, files } });
      const expected = readTypescript(host, env);
      assert.equal(readNative(host, env), expected, `${names}: ${Object.keys(env)}`);
      return expected !== undefined;
    };
    try {
      for (const name of [...harmless, ...others]) {
        const env = { ...place.env, [name]: "x" };
        assert.equal(readBoth(["AWS_*"], env), harmless.includes(name) || name === "AWS", name);
        assert.equal(readBoth(["AWS_*", name], env), false, name);
        assert.equal(readBoth(["*"], env), false, name);
      }
      for (const name of sessionNames) {
        const env = { ...place.env, [name.replace("*", "ANY")]: "x" };
        assert.equal(readBoth(["*"], env), true, name);
        assert.equal(readBoth(["HOME", "*", name.replace("*", "ANY")], env), false, name);
      }
      for (const name of ["TERMINAL", "PWDS", "_X", "XDG_SESSION", "LC", "USER", "SSH_AUTH_SOCK"])
        assert.equal(readBoth(["*"], { ...place.env, [name]: "x" }), false, name);
      const all = Object.fromEntries(harmless.map((name) => [name, "x"] as const));
      assert.equal(readBoth(["HOME", "AWS_*"], { ...all, ...place.env }), true);
      const many = Object.fromEntries(
        Array.from({ length: 900 }, (_, i) => [`AWS_${(i * 7919) % 900}`, "x"]),
      );
      Object.assign(place.env, many);
      assert.equal(readBoth(["AWS_*"], place.env), true);
    } finally {
      place.remove();
    }
  });
});
