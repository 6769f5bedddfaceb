import type { FailureNote } from "../token/failure.ts";
import type { StatusReport } from "./report.ts";

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

const prefix = "docker_credential_ecr_";

/**
 * The report in the text format that node_exporter's textfile collector reads; every metric is a gauge. Names and
 * labels are added to, never changed: docs/status.md. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsOf(report: StatusReport): string {
  const { program, at, daemon, registries, replication, outputs, configError } = report;
  const { lastTickAt } = daemon;
  const tokens = registries.map((token) => ({ token, labels: labelsOf(token) }));
  const sources = replication.map((source) => {
    return { source, labels: { registry: source.source, identity: identityName(source.identity) } };
  });
  return [
    metric("build_info", "The program that wrote this.", [{ labels: { version: program }, value: 1 }]),
    metric("status_timestamp_seconds", "When this was written.", [{ value: at / 1000 }]),
    metric("config_usable", "1: config.yaml can be used, or there is none.", [
      { value: configError ? 0 : 1 },
    ]),
    metric("daemon_up", "1: the daemon runs.", [{ value: daemon.running ? 1 : 0 }]),
    metric(
      "daemon_expected",
      "1: a daemon should run: its service is installed, or it was started and did not end by itself.",
      [{ value: daemon.expected ? 1 : 0 }],
    ),
    metric("daemon_outdated", "1: the daemon runs another program than the one that wrote this.", [
      { value: daemon.outdated ? 1 : 0 },
    ]),
    metric("daemon_last_tick_timestamp_seconds", "When a daemon last ended a pass.", timeSample(lastTickAt)),
    metric(
      "token_expiry_timestamp_seconds",
      "When the token that lies ready ends; 0: there is none.",
      tokens.map(({ token: { secondsLeft, expiresAt = 0 }, labels }) => {
        return { labels, value: secondsLeft > 0 ? expiresAt / 1000 : 0 };
      }),
    ),
    metric(
      "token_fresh",
      "1: the token has as much life left as minValidity asks for.",
      tokens.map(({ token, labels }) => ({ labels, value: token.isFresh ? 1 : 0 })),
    ),
    metric(
      "token_next_renewal_timestamp_seconds",
      "When the daemon tries next.",
      tokens.flatMap(({ token: { nextRenewalAt }, labels }) => timeSample(nextRenewalAt, labels)),
    ),
    metric(
      "token_last_renewal_timestamp_seconds",
      "When the last token was issued.",
      tokens.flatMap(({ token: { lastRenewedAt }, labels }) => timeSample(lastRenewedAt, labels)),
    ),
    metric(
      "token_failing_since_timestamp_seconds",
      "While attempts fail: when the first of them failed.",
      tokens.flatMap(({ token: { failingSince }, labels }) => timeSample(failingSince, labels)),
    ),
    metric(
      "token_last_error",
      "1: the last attempt to get the token failed, with that code.",
      tokens.flatMap(({ token: { lastError }, labels }) => errorSample(lastError, labels)),
    ),
    metric(
      "token_unattended",
      "1: nobody renews the token in the background.",
      tokens.flatMap(({ token: { notRenewed }, labels }) => errorSample(notRenewed, labels)),
    ),
    metric(
      "replication_read_timestamp_seconds",
      "When the replication rules of a registry were last read; 0: never.",
      sources.map(({ source: { readAt = 0 }, labels }) => ({ labels, value: readAt / 1000 })),
    ),
    metric(
      "replication_targets",
      "Registries that the rules of a registry name.",
      sources.map(({ source: { targets }, labels }) => ({ labels, value: targets.length })),
    ),
    metric(
      "replication_last_error",
      "1: the rules could not be read when that was last tried, with that code.",
      sources.flatMap(({ source: { lastError }, labels }) => errorSample(lastError, labels)),
    ),
    metric(
      "output_registries",
      "Hosts that have a token in a file under outputs.",
      outputs.map(({ dockerConfig, registries: hosts }) => ({
        labels: { path: dockerConfig },
        value: hosts,
      })),
    ),
    metric(
      "output_last_error",
      "1: the file is not as it should be, with that code.",
      outputs.flatMap(({ dockerConfig, lastError }) => errorSample(lastError, { path: dockerConfig })),
    ),
  ].join("");
}

function labelsOf({
  registry,
  identity,
  account = "",
  region = "",
}: StatusReport["registries"][number]): Labels {
  return { registry, account, region, identity: identityName(identity) };
}

/** What config.yaml calls an identity, or its profile, role or "default": its description is for people and may change. */
export function identityName(described: string): string {
  const configured = /^(\S+) \((?:profile|role) /.exec(described)?.[1];
  if (configured !== undefined) return configured;
  const direct = /^(?:profile|role) (\S+)/.exec(described)?.[1];
  return direct ?? (described.startsWith("keys in the environment") ? "environment" : "default");
}

/** A moment in seconds. @param time in milliseconds; absent: there is none, and no sample */
function timeSample(time: number | undefined, labels?: Labels): readonly Sample[] {
  return time === undefined ? [] : [{ ...(labels && { labels }), value: time / 1000 }];
}

/** Of an error the code alone: its words change from time to time, and each change would be another series. */
function errorSample(error: FailureNote | undefined, labels: Labels): readonly Sample[] {
  return error ? [{ labels: { ...labels, code: error.code }, value: 1 }] : [];
}

/** One of them with all its samples; nothing where there are none. */
function metric(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const full = prefix + name;
  const lines = samples.map(({ labels = {}, value }) => `${full}${spelled(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join("")}`;
}

function spelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
