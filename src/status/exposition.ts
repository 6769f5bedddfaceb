/** Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */

import { printable } from "../token/printable.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

export interface Histogram {
  readonly labels: Labels;
  /** Upper bounds, ascending. */
  readonly bounds: readonly number[];
  /** Observations in each bucket, and those above the last bound. */
  readonly buckets: readonly number[];
  /** The sum of all observed values. */
  readonly sum: number;
}

export function gauge(name: string, help: string, samples: readonly Sample[]): string {
  return metric("gauge", name, help, samples.map(sampleLine(name)));
}

/** @param name with the suffix _total */
export function counter(name: string, help: string, samples: readonly Sample[]): string {
  return metric("counter", name, help, samples.map(sampleLine(name)));
}

export function histogram(name: string, help: string, histograms: readonly Histogram[]): string {
  const lines = histograms.flatMap(({ labels, bounds, buckets, sum }) => {
    let count = 0;
    const cumulative = buckets.map((observations, index) => {
      count += observations;
      const le = bounds[index]?.toString() ?? "+Inf";
      return sampleLine(`${name}_bucket`)({ labels: { ...labels, le }, value: count });
    });
    const total = (suffix: string, value: number) => sampleLine(`${name}_${suffix}`)({ labels, value });
    return [...cumulative, total("sum", sum), total("count", count)];
  });
  return metric("histogram", name, help, lines);
}

/** Empty if there are no samples. */
function metric(type: string, name: string, help: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

const sampleLine =
  (name: string) =>
  ({ labels = {}, value }: Sample): string => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  };

function escaped(value: string): string {
  return printable(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
