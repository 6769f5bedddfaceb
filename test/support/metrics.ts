import assert from "node:assert/strict";

export interface ReadMetric {
  readonly help: string;
  readonly type: string;
  /** By the text of their labels; a histogram's sum and count have their suffix before it. */
  readonly samples: ReadonlyMap<
    string,
    { readonly labels: Readonly<Record<string, string>>; readonly value: number }
  >;
}

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"';

/**
 * Parses Prometheus's text format as strictly as its own parser, with the checks of `promtool check metrics`.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function readMetrics(text: string): ReadonlyMap<string, ReadMetric> {
  assert.ok(text.endsWith("\n"), "the last line ends");
  const metrics = new Map<string, ReadMetric>();
  const samplePattern = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`);
  let current: { name: string; help: string; type: string } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    const type = /^# TYPE (\S+) (gauge|counter|histogram)$/.exec(line);
    if (help) {
      assert.match(help[1] ?? "", new RegExp(`^${name}$`));
      assert.ok(!metrics.has(help[1] ?? ""), `${help[1]} comes twice`);
      current = { name: help[1] ?? "", help: help[2] ?? "", type: "" };
    } else if (type) {
      assert.equal(type[1], current?.name);
      current = { name: type[1] ?? "", help: current?.help ?? "", type: type[2] ?? "" };
      metrics.set(current.name, { help: current.help, type: current.type, samples: new Map() });
      assert.equal(
        type[2] === "counter",
        current.name.endsWith("_total"),
        `${current.name}: only counters are totals`,
      );
    } else {
      const [, sampleName, labels = "", value = ""] = samplePattern.exec(line) ?? assert.fail(line);
      const suffixes = current?.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      const suffix = suffixes.find((each) => sampleName === `${current?.name}${each}`);
      assert.ok(suffix !== undefined, `${sampleName}: samples of a metric are together`);
      assert.ok(Number.isFinite(Number(value)), line);
      const samples = metrics.get(current?.name ?? "")?.samples as Map<string, unknown>;
      const key = `${suffix.replace("_bucket", "")}${labels}`;
      assert.ok(!samples.has(key), `${line} comes twice`);
      samples.set(key, { labels: labelsIn(labels), value: Number(value) });
    }
  }
  for (const [each, { samples }] of metrics) assert.ok(samples.size > 0, `${each} has no sample`);
  return metrics;
}

function labelsIn(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(
    pairs.map(([, key = "", value = ""]) => [
      key,
      value.replace(/\\(.)/g, (_, escaped) => (escaped === "n" ? "\n" : escaped)),
    ]),
  );
}
