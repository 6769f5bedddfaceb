import {
  appendFileSync,
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { withChecksum, withoutChecksum } from "../../src/token/checksum.ts";
import { formatEntry } from "../../src/token/entry-text.ts";
import type { Clock, Life } from "../../src/token/life.ts";
import { hour, minute } from "../support/fakes/clock.ts";
import {
  loginEntry,
  logoutEntry,
  noDependencies,
  otherHost,
  registryEntry,
  twelveHours,
} from "../support/fakes/entries.ts";
import { nextTick, otherUserId } from "../support/fakes/temp-folder.ts";
import { loginSecret, type Place, tokenSecret } from "./place.ts";

/** A parser's decision: the file whose secret it serves, or that it delegates to the main program. */
type Outcome = "token" | "login" | "delegated";
type Change = (place: Place) => void;

export const secrets: Readonly<Record<Outcome, string | undefined>> = {
  token: tokenSecret,
  login: loginSecret,
  delegated: undefined,
};

function setIn(env: Record<string, string>, variables: Readonly<Record<string, string>>): void {
  Object.assign(env, variables);
}

/** The current clock, moved by a difference. */
const moved = ({ now, boot }: Clock, wall: number, age: number): Clock => ({
  now: now + wall,
  ...(boot && { boot: { ...boot, uptime: boot.uptime + age } }),
});
const otherBoot = ({ now }: Clock, uptime = 0): Clock => ({ now, boot: { id: "other-boot", uptime } });

/** A token that was issued at the time of a given clock. */
const issued =
  (at: (clock: Clock) => Clock, with_: Partial<Life> = {}): Change =>
  (place) =>
    place.writeToken({ life: { ...twelveHours(at(place.clock)), ...with_ } });

const amend = (path: (place: Place) => string, change: (text: string) => string): Change => {
  return (place) => {
    const text = withoutChecksum(readFileSync(path(place), "utf8")) ?? "";
    place.writeText(path(place), withChecksum(change(text)));
  };
};
const inToken = (change: (text: string) => string): Change => amend((place) => place.token, change);

const lives: Readonly<Record<string, readonly [Outcome, Change]>> = {
  "that is fresh": ["token", () => {}],
  "an hour before its reserve": ["token", issued((clock) => moved(clock, -10 * hour, -10 * hour))],
  "within its reserve": ["delegated", issued((clock) => moved(clock, -11.5 * hour, -11.5 * hour))],
  "that has expired": ["delegated", issued((clock) => moved(clock, -13 * hour, -13 * hour))],
  "that has expired by the wall clock, which was set forward": [
    "delegated",
    issued((clock) => moved(clock, -13 * hour, 0)),
  ],
  "that has expired by the uptime, with the clock set back": [
    "delegated",
    issued((clock) => moved(clock, 0, -13 * hour)),
  ],
  "from an hour ahead: the clock was set back": ["delegated", issued((clock) => moved(clock, hour, -minute))],
  "from a minute ahead": ["token", issued((clock) => moved(clock, minute, 0))],
  "of another boot": ["token", issued((clock) => ({ ...otherBoot(clock), now: clock.now - hour }))],
  "of another boot, from an hour ahead": [
    "delegated",
    issued((clock) => ({ ...otherBoot(clock), now: clock.now + hour })),
  ],
  "of another boot that has expired by AWS's clock": [
    "delegated",
    (place) => {
      const life = twelveHours(otherBoot(place.clock));
      place.writeToken({ life: { ...life, expiresAtAws: place.clock.now - minute } });
    },
  ],
  "of this boot that has expired by AWS's clock": [
    "token",
    (place) => {
      const expiresAtAws = place.clock.now - minute;
      place.writeToken({ life: { ...twelveHours(place.clock), expiresAtAws } });
    },
  ],
  "without a boot": ["token", issued(({ now }) => ({ now: now - hour }))],
  "of 13 hours, in its last hour": [
    "delegated",
    (place) => {
      const life = twelveHours(moved(place.clock, -12.5 * hour, -12.5 * hour));
      place.writeToken({ life: { ...life, expiresAt: life.expiresAt + hour, freshUntil: life.expiresAt } });
    },
  ],
};

const conditions: Readonly<Record<string, readonly [Outcome, Change]>> = {
  "without dependencies": ["token", (place) => place.writeToken({ dependencies: noDependencies })],
  "with another AWS_PROFILE": ["delegated", ({ env }) => setIn(env, { AWS_PROFILE: "other" })],
  "with an empty AWS_PROFILE": ["delegated", ({ env }) => setIn(env, { AWS_PROFILE: "" })],
  "without AWS_PROFILE": [
    "delegated",
    ({ env }) => {
      delete env.AWS_PROFILE;
    },
  ],
  "with keys in the environment": ["delegated", ({ env }) => setIn(env, { AWS_ACCESS_KEY_ID: "AKIA" })],
  "with a variable that it does not depend on": ["token", ({ env }) => setIn(env, { LANG: "C" })],
  "after an edit of an AWS file": [
    "delegated",
    ({ awsConfig }) => {
      nextTick(awsConfig);
      appendFileSync(awsConfig, "#");
    },
  ],
  "after an AWS file was replaced, with the same time": [
    "delegated",
    ({ awsConfig }) => {
      writeFileSync(`${awsConfig}.new`, "[profile cj]\n");
      utimesSync(`${awsConfig}.new`, 1, 1);
      renameSync(`${awsConfig}.new`, awsConfig);
    },
  ],
  "after an AWS file was removed": ["delegated", ({ awsConfig }) => rmSync(awsConfig)],
  "after an AWS file was created": ["delegated", ({ absent }) => writeFileSync(absent, "")],
  "that depends on the current boot": [
    "token",
    (place) => {
      const boot = place.clock.boot?.id;
      place.writeToken({ dependencies: { ...noDependencies, ...(boot !== undefined && { boot }) } });
    },
  ],
  "that depends on another boot": [
    "delegated",
    (place) => place.writeToken({ dependencies: { ...noDependencies, boot: "other-boot" } }),
  ],
};

const texts: Readonly<Record<string, readonly [Outcome, Change]>> = {
  "that is empty": ["delegated", ({ token }) => truncateSync(token)],
  "of a later format": ["delegated", inToken((text) => text.replace(" 2 ", " 3 "))],
  "of the previous format": [
    "delegated",
    (place) => place.writeText(place.token, JSON.stringify(place.tokenEntry())),
  ],
  "of another kind": ["delegated", (place) => place.write(place.token, loginEntry())],
  "of another host": ["delegated", (place) => place.writeToken({ host: otherHost })],
  "with an unknown line": [
    "delegated",
    inToken((text) => text.replace("username", "only-on tuesdays\nusername")),
  ],
  "with an extra line": ["delegated", inToken((text) => `${text}secret "more"\n`)],
  "with lines out of order": [
    "delegated",
    inToken((text) => text.replace(/(fresh-until .*\n)(expires .*\n)/, "$2$1")),
  ],
  "without a checksum": [
    "delegated",
    (place) => place.writeText(place.token, withoutChecksum(readFileSync(place.token, "utf8")) ?? ""),
  ],
  "with a time of 16 digits": [
    "delegated",
    inToken((text) => text.replace(/^expires (.*)$/m, "expires $1000")),
  ],
  "with a time with a leading zero": ["delegated", inToken((text) => text.replace("expires ", "expires 0"))],
  "with a time with a decimal point": [
    "delegated",
    inToken((text) => text.replace(/^(issued .*)$/m, "$1.5")),
  ],
  "whose identity has non-ASCII characters": [
    "token",
    (place) => place.writeToken({ identity: 'prófile "ci"\\' }),
  ],
  "whose identity is not JSON": [
    "delegated",
    inToken((text) => text.replace('"profile ci"', '"profile \\x"')),
  ],
  "whose path is not UTF-8": ["delegated", inToken((text) => text.replace("%C3%A9", "%C3"))],
  "whose path ends in an incomplete escape": [
    "delegated",
    inToken((text) => text.replace(/absent$/m, "absent%4")),
  ],
  "whose path has a NUL": ["delegated", inToken((text) => text.replace(/absent$/m, "absent%00"))],
  "whose path is empty": ["delegated", inToken((text) => text.replace(/^file absent .*$/m, "file absent "))],
  "with CR LF": ["delegated", inToken((text) => text.replaceAll("\n", "\r\n"))],
  "of 60,000 characters": [
    "token",
    (place) => place.writeToken({ secret: tokenSecret, identity: "i".repeat(60_000) }),
  ],
  "that is encrypted": [
    "delegated",
    (place) => {
      const { secret: _, ...rest } = place.tokenEntry();
      place.write(place.token, { ...rest, sealed: "AAAA" });
    },
  ],
  "that is huge": [
    "delegated",
    (place) => place.writeText(place.token, `${formatEntry(place.tokenEntry())}${"x".repeat(3 << 20)}`),
  ],
};

const files: Readonly<Record<string, readonly [Outcome, Change]>> = {
  "that is missing": ["delegated", ({ token }) => rmSync(token)],
  "without a state folder": ["delegated", ({ state }) => rmSync(state, { recursive: true })],
  "of mode 0640": ["delegated", ({ token }) => chmodSync(token, 0o640)],
  "of mode 0602": ["delegated", ({ token }) => chmodSync(token, 0o602)],
  "of mode 0400": ["token", ({ token }) => chmodSync(token, 0o400)],
  "with a hard link": ["token", ({ token }) => linkSync(token, `${token}.other`)],
  "that is a symbolic link": [
    "delegated",
    ({ token }) => {
      renameSync(token, `${token}.real`);
      symlinkSync(`${token}.real`, token);
    },
  ],
  "that is a folder": [
    "delegated",
    ({ token }) => {
      rmSync(token);
      mkdirSync(token);
    },
  ],
  "that is a pipe": [
    "delegated",
    ({ token }) => {
      rmSync(token);
      makePipe(token);
    },
  ],
  "below XDG_STATE_HOME": [
    "token",
    (place) => {
      const elsewhere = `${place.home}/xdg`;
      mkdirSync(elsewhere);
      renameSync(place.state, `${elsewhere}/docker-credential-ecr`);
      place.env.XDG_STATE_HOME = `${elsewhere}//`;
    },
  ],
  "with XDG_STATE_HOME elsewhere": ["delegated", ({ env }) => setIn(env, { XDG_STATE_HOME: "/nowhere" })],
  "with a relative XDG_STATE_HOME": ["token", ({ env }) => setIn(env, { XDG_STATE_HOME: "x" })],
};

const logins: Readonly<Record<string, readonly [Outcome, Change]>> = {
  "with a login": ["login", (place) => place.writeLogin()],
  "with a login within its reserve": [
    "login",
    (place) => place.writeLogin({ life: twelveHours(moved(place.clock, -11.5 * hour, -11.5 * hour)) }),
  ],
  "with a login that has expired": [
    "token",
    (place) => place.writeLogin({ life: twelveHours(moved(place.clock, -13 * hour, -13 * hour)) }),
  ],
  "with a login and no token": [
    "login",
    (place) => {
      place.writeLogin();
      rmSync(place.token);
    },
  ],
  "after a logout": ["token", (place) => place.write(place.login, logoutEntry())],
  "after another host's logout": [
    "delegated",
    (place) => place.write(place.login, logoutEntry({ host: otherHost })),
  ],
  "with another host's login": ["delegated", (place) => place.writeLogin({ host: otherHost })],
  "with a login of the previous format": ["delegated", ({ formerLogin }) => writeFileSync(formerLogin, "{}")],
  "with a login that is damaged": ["delegated", (place) => place.writeText(place.login, "x")],
  "with a login that is encrypted": [
    "delegated",
    (place) => {
      const { secret: _, ...rest } = loginEntry({ life: twelveHours(place.clock) });
      place.write(place.login, { ...rest, sealed: "AAAA" });
    },
  ],
  "with an encrypted login that has expired": [
    "token",
    (place) => {
      const life = twelveHours(moved(place.clock, -13 * hour, -13 * hour));
      const { secret: _, ...rest } = loginEntry({ life });
      place.write(place.login, { ...rest, sealed: "AAAA" });
    },
  ],
  "with a token at the login's path": ["delegated", (place) => place.write(place.login, registryEntry())],
  "with a login of mode 0644": [
    "delegated",
    (place) => {
      place.writeLogin();
      chmodSync(place.login, 0o644);
    },
  ],
  "with a login that is a pipe": ["delegated", ({ login }) => makePipe(login)],
  "with a login that is a symbolic link": [
    "delegated",
    (place) => {
      place.writeLogin();
      renameSync(place.login, `${place.login}.real`);
      symlinkSync(`${place.login}.real`, place.login);
    },
  ],
  "with a dangling symbolic link at the login's path": [
    "token",
    ({ login }) => symlinkSync("/nowhere/x", login),
  ],
};

function makePipe(path: string): void {
  if (Bun.spawnSync(["mkfifo", "-m", "600", path]).exitCode !== 0) throw new Error("no mkfifo");
}

export const fixtures = { ...lives, ...conditions, ...texts, ...files, ...logins };

/** Files that only root can create. */
export const rootsFixtures: Readonly<Record<string, readonly [Outcome, Change]>> = {
  "of another user": ["delegated", ({ token }) => chownSync(token, otherUserId, otherUserId)],
  "with another user's login": [
    "delegated",
    (place) => {
      place.writeLogin();
      chownSync(place.login, otherUserId, otherUserId);
    },
  ],
};
