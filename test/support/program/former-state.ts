import assert from "node:assert/strict";
import { chmodSync, lstatSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import { ownMounts, shell } from "./namespace.ts";
import { member, OpenStanding, otherRegistry, registry, type Standing } from "./standing.ts";
import { everythingIn, hour, passTime } from "./state.ts";
import { configPath, ini, type User, type UserRunOptions } from "./user.ts";

/** The files of a user of a former version, without what is different on each machine. */
export interface FormerState {
  readonly version: string;
  /** Milliseconds since the epoch, as all times in the files. */
  readonly recordedAt: number;
  /** The age of the boot then, in milliseconds. */
  readonly uptime: number;
  /** By the path below HOME. */
  readonly files: Readonly<Record<string, FormerFile>>;
}

interface FormerFile {
  readonly mode: string;
  readonly modifiedAt: number;
  readonly lines: readonly string[];
}

/** HOME in all files. */
const home = "/mnt";

const mounts = ownMounts();
/** Elsewhere the paths in the files would be wrong. */
export const hasHome = mounts !== undefined;

/** The options with which a user's program has its home in the same place on each machine. */
export function inHome(user: User, options: UserRunOptions = {}): UserRunOptions {
  const through = [...(mounts ?? []), ...shell(`mount --bind '${user.home}' ${home}; exec "$@"`)];
  return { ...options, through, env: { ...options.env, HOME: home } };
}

/** The registry with an explicit login. */
export const loggedInRegistry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
/** A registry whose `get` has failed. */
export const failedRegistry = "111122223333.dkr.ecr.ap-southeast-2.amazonaws.com";
export const dockerConfig = ".docker/config.json";
export const dockerConfigBefore = `{\n\t"credHelpers": {\n\t\t"registry.example.com": "pass"\n\t}\n}\n`;
const outputConfig = "output/config.json";

const config = `version: 1
identities:
  alice: { profile: alice }
  pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: alice }
registries:
  - account: "111122223333"
    regions: [us-east-1]
    identity: alice
    replication: { follow: true, identity: pull }
  - account: "444455556666"
    identity: pull
fallback: file
outputs:
  - dockerConfig: ${home}/${outputConfig}
`;

/** Uses the built program for everything that leaves files behind. */
export async function recordState(version: string): Promise<FormerState> {
  const standing = await OpenStanding.start({}, "proxy");
  try {
    const user = standing.user();
    await use(user, standing);
    return { version, recordedAt: Date.now(), uptime: uptime(), files: filesOf(user) };
  } finally {
    await standing.close();
  }
}

async function use(user: User, standing: Standing): Promise<void> {
  const { accessKeyId, secretAccessKey } = member("alice");
  const keys = { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
  user.write(".aws/credentials", ini({ alice: keys }));
  user.write(configPath, config);
  user.write(dockerConfig, dockerConfigBefore);
  user.write(join(outputConfig, "../.keep"), "");
  // Not random, so that it does not look like a real one.
  const key = Buffer.from("a-key-of-tests-without-any-value").toString("base64");
  user.write(relative(user.home, join(user.state, "keys/logins.json")), JSON.stringify({ format: 1, key }));
  const run = async (args: readonly string[], options: UserRunOptions = {}, code = 0) => {
    const ran = await user.run(args, inHome(user, options));
    assert.equal(ran.exitCode, code, `${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
  };
  const store = (ServerURL: string, Username: string, Secret: string) =>
    run(["store"], { input: JSON.stringify({ ServerURL, Username, Secret }) });
  await run(["configure-docker", registry, otherRegistry]);
  await run(["get"], { input: registry });
  await run(["get"], { input: otherRegistry });
  // The first pass reads the rules, the second one fetches the tokens of their targets.
  await run(["daemon", "--once"]);
  await run(["daemon", "--once"]);
  await store("ghcr.io", "me", "login-of-tests");
  await store(loggedInRegistry, "AWS", "login-of-tests-to-ecr");
  standing.aws.controls.fail("GetAuthorizationToken", { status: 503 });
  await run(["get"], { input: failedRegistry }, 1);
  passTime(user, 7 * hour);
  await run(["daemon", "--once"], {}, 1);
}

function filesOf(user: User): FormerState["files"] {
  const paths = everythingIn(user.home).filter((path) => lstatSync(path).isFile());
  const secrets = new Map<string, string>();
  for (const path of paths) {
    for (const [, secret = ""] of readFileSync(path, "utf8").matchAll(/^secret "(eyJ[^"]+)"$/gm)) {
      if (!secrets.has(secret)) secrets.set(secret, `token-of-tests-${secrets.size + 1}`);
    }
  }
  const base64 = (secret: string) => Buffer.from(`AWS:${secret}`).toString("base64");
  const entries = paths.map((path) => {
    const { mode, mtimeMs } = lstatSync(path);
    let text = readFileSync(path, "utf8");
    for (const [secret, instead] of secrets) {
      text = text.replaceAll(secret, instead).replaceAll(base64(secret), base64(instead));
    }
    text = text.replaceAll(bootId(), anyBoot).replace(/^file \d+(?:-\d+)+ /gm, "file @ ");
    const file = {
      mode: (mode & 0o777).toString(8),
      modifiedAt: Math.round(mtimeMs),
      lines: text.split("\n"),
    };
    return [relative(user.home, path), file] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

/** Stands for the identity of the boot in which the files were written. */
const anyBoot = "00000000-0000-4000-8000-000000000000";
const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
const uptime = () => Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000);

/**
 * Gives a user the files of a former version, as if they were written on this machine just now. It changes only texts, so
 * that it does not depend on how the present version reads them.
 *
 * @param change a change of each text, before the checksum
 */
export function placeState(
  user: User,
  former: FormerState,
  change: (text: string, path: string) => string = (text) => text,
): void {
  const later = Date.now() - former.recordedAt;
  const uptimeLater = uptime() - former.uptime;
  const files = Object.entries(former.files);
  const isEntry = ([path]: (typeof files)[number]) => path.endsWith(".entry");
  // The stamps in entries are those of the other files.
  for (const [path, { mode, modifiedAt, lines }] of [
    ...files.filter((each) => !isEntry(each)),
    ...files.filter(isEntry),
  ]) {
    const text = change(lines.join("\n"), path)
      .replaceAll(anyBoot, bootId())
      .replace(/\b1[7-9]\d{11}\b/g, (time) => String(Number(time) + later))
      .replace(/(?<=^boot |"uptime":)-?\d+/gm, (age) => String(Number(age) + uptimeLater))
      .replace(
        /^file @ (.*)$/gm,
        (_, file: string) => `file ${stampOf(join(user.home, relative(home, file)))} ${file}`,
      )
      .replace(/^sha256 .*/m, "");
    const isSealed = path.endsWith(".entry");
    const full = user.write(
      path,
      isSealed ? `${text.trimEnd()}\nsha256 ${sha256(`${text.trimEnd()}\n`)}\n` : text,
    );
    chmodSync(full, Number.parseInt(mode, 8));
    const modified = modifiedAt === 0 ? 0 : (modifiedAt + later) / 1000;
    utimesSync(full, modified, modified);
  }
}

const sha256 = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("hex");

/** As docs/token-file.md describes it. */
function stampOf(path: string): string {
  const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
  return [mtimeNs, ctimeNs, size, ino].join("-");
}
