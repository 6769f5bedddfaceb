import assert from "node:assert/strict";
import { dirname } from "node:path";
import { programPath } from "./program.ts";
import { member, registry, type Standing } from "./standing.ts";
import type { User, Variables } from "./user.ts";

/** A diagnostic of doctor, as in `--json`. */
export interface Diagnosed {
  readonly name: string;
  readonly status: "ok" | "failed" | "skipped";
  readonly registry?: string;
  readonly code?: string;
  readonly seen: string;
  readonly fix?: string;
  readonly tookMs: number;
}

/** A user without problems: profile alice, Docker configured, the program on PATH. */
export function healthyUser(standing: Standing, env: Variables = {}): User {
  const PATH = `${dirname(programPath())}:/usr/bin:/bin`;
  const user = standing.user({ PATH, AWS_PROFILE: "alice", ...env });
  user.writeAwsKeys({ alice: member("alice") });
  wire(user, { credHelpers: { [registry]: "ecr" } });
  return user;
}

export function wire(user: User, config: object): string {
  return user.write(".docker/config.json", JSON.stringify(config));
}

/** Runs doctor, and asserts its exit code: 1 if a diagnostic failed, otherwise 0. @returns its diagnostics */
export async function diagnose(user: User, named?: string): Promise<readonly Diagnosed[]> {
  const ran = await user.run(["doctor", "--json", ...(named === undefined ? [] : [named])]);
  assert.equal(ran.stderr, "");
  const { ok, diagnostics } = JSON.parse(ran.stdout);
  assert.equal(ran.exitCode, ok ? 0 : 1);
  assert.equal(ok, !diagnostics.some(({ status }: Diagnosed) => status === "failed"));
  return diagnostics;
}

/** The diagnostic with that name. */
export function named(diagnostics: readonly Diagnosed[], name: string): Diagnosed {
  const found = diagnostics.find((each) => each.name === name);
  assert.ok(found, `${name} expected among ${diagnostics.map((each) => each.name)}`);
  return found;
}

/** "NAME CODE" of the failed ones, in order. */
export function failures(diagnostics: readonly Diagnosed[]): readonly string[] {
  return diagnostics.filter(({ status }) => status === "failed").map(({ name, code }) => `${name} ${code}`);
}
