import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually } from "../eventually.ts";
import type { Running } from "./run.ts";
import { member, type Standing } from "./standing.ts";
import { configPath, type User } from "./user.ts";

/** A config.yaml with an account's registries, which profile alice refreshes. */
export const aliceKeeps = (account: string, regions = "us-east-1", more = "") => `version: 1
minValidity: 1s
identities:
  alice: { profile: alice }
registries:
  - account: "${account}"
    regions: [${regions}]
    identity: alice
${more}`;

/** A user with the keys of alice and bob as profiles. */
export function keeper(standing: Standing, config?: string): User {
  const user = standing.user();
  user.writeAwsKeys({ alice: member("alice"), bob: member("bob") });
  if (config !== undefined) user.write(configPath, config);
  return user;
}

export const heartbeat = (user: User) => JSON.parse(readFileSync(`${user.state}/refresher.json`, "utf8"));

/** Triggers a pass of a daemon, and waits for its end. */
export async function passNow(user: User, daemon: Running): Promise<void> {
  await eventually("the daemon", () => heartbeatOf(user)?.pid === daemon.pid);
  const { lastTickAt } = heartbeat(user);
  daemon.kill("SIGHUP");
  await eventually("a pass", () => heartbeat(user).lastTickAt > lastTickAt);
}

/** Asserts that it ends successfully. @returns its output without timestamps */
export async function endDaemon(daemon: Running, signal: NodeJS.Signals = "SIGTERM"): Promise<string[]> {
  const before = performance.now();
  daemon.kill(signal);
  const { exitCode, stdout, stderr } = await daemon.ended;
  assert.ok(performance.now() - before < 4_500, "it ends before any request's time limit");
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\S+Z /, ""));
}

function heartbeatOf(user: User) {
  try {
    return heartbeat(user);
  } catch {
    return undefined;
  }
}
