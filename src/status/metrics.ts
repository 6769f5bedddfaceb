import { durationBounds } from "../refresher/renewal-counts.ts";
import type { FailureNote } from "../token/failure.ts";
import { identityName } from "../token/identity.ts";
import { counter, gauge, histogram, type Labels, type Sample } from "./exposition.ts";
import type { RenewalSeries } from "./renewals-report.ts";
import type { StatusReport } from "./report.ts";
import type { SecretState } from "./secrets-report.ts";

const prefix = "docker_credential_ecr_";

/**
 * The report in the text format that node_exporter's textfile collector reads. Names and labels may be added, but never
 * changed: docs/status.md. Conventions: https://prometheus.io/docs/practices/naming/
 */
export function metricsOf(report: StatusReport): string {
  return [
    ...programMetrics(report),
    ...tokenMetrics(report),
    ...renewalMetrics(report),
    ...fileMetrics(report),
  ].join("");
}

function programMetrics({ program, at, daemon, configError }: StatusReport): readonly string[] {
  return [
    metric("build_info", "The program that wrote these metrics.", [
      { labels: { version: program }, value: 1 },
    ]),
    metric("status_timestamp_seconds", "When these metrics were written.", [{ value: at / 1000 }]),
    metric("config_usable", "1: config.yaml can be used, or there is none.", [
      { value: configError ? 0 : 1 },
    ]),
    metric("daemon_up", "1: the daemon runs.", [{ value: daemon.running ? 1 : 0 }]),
    metric(
      "daemon_expected",
      "1: a daemon should run: its service is installed, or it was started and did not end regularly.",
      [{ value: daemon.expected ? 1 : 0 }],
    ),
    metric("daemon_outdated", "1: the daemon runs another program than the one that wrote these metrics.", [
      { value: daemon.outdated ? 1 : 0 },
    ]),
    metric(
      "daemon_last_tick_timestamp_seconds",
      "The last heartbeat of a daemon.",
      timeSample(daemon.lastTickAt),
    ),
  ];
}

function tokenMetrics({ registries }: StatusReport): readonly string[] {
  const tokens = registries.map((token) => ({ token, labels: labelsOf(token) }));
  return [
    metric(
      "token_expiry_timestamp_seconds",
      "When the stored token expires; 0: there is no valid token.",
      tokens.map(({ token: { secondsLeft, expiresAt = 0 }, labels }) => {
        return { labels, value: secondsLeft > 0 ? expiresAt / 1000 : 0 };
      }),
    ),
    metric(
      "token_fresh",
      "1: the token has at least minValidity of life left.",
      tokens.map(({ token, labels }) => ({ labels, value: token.isFresh ? 1 : 0 })),
    ),
    metric(
      "token_next_renewal_timestamp_seconds",
      "When the daemon renews the token.",
      tokens.flatMap(({ token: { nextRenewalAt }, labels }) => timeSample(nextRenewalAt, labels)),
    ),
    metric(
      "token_last_renewal_timestamp_seconds",
      "When the last token was issued.",
      tokens.flatMap(({ token: { lastRenewedAt }, labels }) => timeSample(lastRenewedAt, labels)),
    ),
    metric(
      "token_failing_since_timestamp_seconds",
      "If the last attempts failed: when the first of them failed.",
      tokens.flatMap(({ token: { failingSince }, labels }) => timeSample(failingSince, labels)),
    ),
    metric(
      "token_last_error",
      "1: the last attempt to fetch the token failed with this code.",
      tokens.flatMap(({ token: { lastError }, labels }) => errorSample(lastError, labels)),
    ),
    metric(
      "token_unattended",
      "1: the token is not renewed in the background, for the reason of this code.",
      tokens.flatMap(({ token: { notRenewed }, labels }) => errorSample(notRenewed, labels)),
    ),
  ];
}

function renewalMetrics({ renewals }: StatusReport): readonly string[] {
  const series = renewals.map(({ counts, ...one }) => ({ counts, labels: seriesLabels(one) }));
  return [
    counter(
      `${prefix}renewals_total`,
      "Tokens that the daemon or daemon --once has renewed.",
      series.map(({ labels, counts }) => ({ labels, value: counts.succeeded })),
    ),
    counter(
      `${prefix}renewal_failures_total`,
      "Renewals by the daemon or daemon --once that failed.",
      series.map(({ labels, counts }) => ({ labels, value: counts.failed })),
    ),
    histogram(
      `${prefix}renewal_duration_seconds`,
      "How long renewals took, failed ones included.",
      series.map(({ labels, counts: { buckets, duration } }) => {
        return { labels, bounds: durationBounds, buckets, sum: duration / 1000 };
      }),
    ),
  ];
}

function fileMetrics({ replication, outputs, secrets }: StatusReport): readonly string[] {
  const sources = replication.map((source) => {
    return { source, labels: { registry: source.source, identity: identityName(source.identity) } };
  });
  return [
    metric(
      "replication_read_timestamp_seconds",
      "When the replication rules of a registry were last read; 0: never.",
      sources.map(({ source: { readAt = 0 }, labels }) => ({ labels, value: readAt / 1000 })),
    ),
    metric(
      "replication_targets",
      "Registries that the replication rules of a registry name.",
      sources.map(({ source: { targets }, labels }) => ({ labels, value: targets.length })),
    ),
    metric(
      "replication_last_error",
      "1: the last attempt to read the replication rules failed with this code.",
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
      "1: the last update of the file failed with this code.",
      outputs.flatMap(({ dockerConfig, lastError }) => errorSample(lastError, { path: dockerConfig })),
    ),
    metric(
      "secret_namespaces",
      "Namespaces that have a pull secret under outputs.",
      secrets.map((secret) => ({ labels: secretLabels(secret), value: secret.namespaces })),
    ),
    metric(
      "secret_last_error",
      "1: the last update of the pull secret failed with this code.",
      secrets.flatMap((secret) => errorSample(secret.lastError, secretLabels(secret))),
    ),
  ];
}

function secretLabels({ name, kubeconfig = "", context = "" }: SecretState): Labels {
  return { name, kubeconfig, context };
}

function labelsOf({
  registry,
  identity,
  account = "",
  region = "",
}: StatusReport["registries"][number]): Labels {
  return { registry, account, region, identity: identityName(identity) };
}

function seriesLabels({ account = "", region = "", identity }: Omit<RenewalSeries, "counts">): Labels {
  return { account, region, identity };
}

/** A time in seconds. @param time milliseconds; undefined: no sample */
function timeSample(time: number | undefined, labels?: Labels): readonly Sample[] {
  return time === undefined ? [] : [{ ...(labels && { labels }), value: time / 1000 }];
}

/** The code of an error, without its message: each change of the message would create another series. */
function errorSample(error: FailureNote | undefined, labels: Labels): readonly Sample[] {
  return error ? [{ labels: { ...labels, code: error.code }, value: 1 }] : [];
}

function metric(name: string, help: string, samples: readonly Sample[]): string {
  return gauge(prefix + name, help, samples);
}
