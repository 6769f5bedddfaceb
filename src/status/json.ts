import type { Health } from "../managed/daemon-health.ts";
import { originJson } from "../managed/registry-rows.ts";
import { codeIn, Failure, type FailureNote } from "../token/failure.ts";
import { isoTime } from "../token/iso-time.ts";
import { conditionOf } from "./attention.ts";
import type { OutputState } from "./outputs-report.ts";
import type { SourceReport } from "./replication-report.ts";
import type { StatusReport } from "./report.ts";
import type { SecretState } from "./secrets-report.ts";
import type { LastError, ShownToken } from "./tokens.ts";

/**
 * What `status --json` prints: docs/status.md. All times are ISO 8601 in UTC; all errors are objects with a code.
 *
 * @param ok whether the exit code is 0
 */
export function jsonOf(report: StatusReport, ok: boolean): object {
  const { program, at, daemon, registries, replication, outputs, unkept, stateError, configError } = report;
  return {
    version: 2,
    program,
    at: isoTime(at),
    ok,
    daemon: daemonJson(daemon),
    registries: registries.map(tokenJson),
    replication: replication.map(sourceJson),
    outputs: outputs.map(outputJson),
    secrets: report.secrets.map(outputJson),
    unused: report.unused,
    ...(unkept && { unkept: errorJson(unkept) }),
    ...(stateError && { stateError: errorJson(stateError) }),
    ...(report.configNotRead && { configNotRead: errorJson(report.configNotRead) }),
    ...(configError && { configError: errorJson(configError) }),
  };
}

function daemonJson({ startedAt, lastTickAt, configError, restart: _, ...health }: Health): object {
  return {
    ...health,
    ...(configError !== undefined && {
      configError: { code: codeIn(configError) ?? "CONFIG_INVALID", message: configError },
    }),
    ...(startedAt !== undefined && { startedAt: isoTime(startedAt) }),
    ...(lastTickAt !== undefined && { lastTickAt: isoTime(lastTickAt) }),
  };
}

function tokenJson(token: ShownToken): object {
  const { expiresAt, lastRenewedAt, nextRenewalAt, failingSince, refusedAt, ...rest } = token;
  const { lastError, notRenewed, login, isSpread: _, ...plain } = rest;
  return {
    ...plain,
    origin: originJson(plain.origin),
    state: conditionOf(token),
    ...(expiresAt !== undefined && { expiresAt: isoTime(expiresAt) }),
    ...(lastRenewedAt !== undefined && { lastRenewedAt: isoTime(lastRenewedAt) }),
    ...(nextRenewalAt !== undefined && { nextRenewalAt: isoTime(nextRenewalAt) }),
    ...(failingSince !== undefined && { failingSince: isoTime(failingSince) }),
    ...(refusedAt !== undefined && { refusedAt: isoTime(refusedAt) }),
    ...(login && { login: { expiresAt: isoTime(login.expiresAt) } }),
    ...(lastError && { lastError: errorJson(lastError) }),
    ...(notRenewed && { notRenewed: errorJson(notRenewed) }),
  };
}

function sourceJson({ readAt, problems, lastError, ...plain }: SourceReport): object {
  return {
    ...plain,
    ...(readAt !== undefined && { readAt: isoTime(readAt) }),
    problems: problems.map(errorJson),
    ...(lastError && { lastError: errorJson(lastError) }),
  };
}

function outputJson({ lastError, ...plain }: OutputState | SecretState): object {
  return { ...plain, ...(lastError && { lastError: errorJson(lastError) }) };
}

/** `message` is the line that is shown to users. */
function errorJson(note: FailureNote | LastError): object {
  const { code, fix } = note;
  const at = "at" in note && { at: isoTime(note.at) };
  return { code, message: Failure.from(note).oneLine, fix: fix, ...at };
}
