import { parseHost } from "../registry/host.ts";
import { printable } from "../token/printable.ts";
import { barWidth } from "./bar.ts";
import type { ShownToken } from "./tokens.ts";

/** How the rows of the table look. */
export interface Columns {
  readonly head: string;
  /** @param bar may hold what colours it */
  row(token: ShownToken, bar: string, left: string, renewal: string): string;
}

const gap = "  ";
const leftWidth = "11h 59m".length;
const renewalWidth = "in 11h 59m".length;
/** In the place of what is left out. */
const cut = "..";
const narrowest = { registry: 20, identity: 10 };
/** Most registries' account and region. */
const usualRegistry = "111122223333 ap-northeast-1".length;

/** What stands beside a registry and the words of what is left. */
interface Shape {
  readonly identity: boolean;
  readonly bar: boolean;
  readonly renewal: boolean;
}

const whole: Shape = { identity: true, bar: true, renewal: true };
/** What a terminal without room for all goes without. */
const narrower: readonly Shape[] = [
  { identity: true, bar: true, renewal: false },
  { identity: false, bar: true, renewal: false },
];
const least: Shape = { identity: false, bar: false, renewal: false };

/** Of all but the first two columns, and of the gaps. */
function takenBy({ identity, bar, renewal }: Shape): number {
  const others = [bar ? barWidth + 1 + leftWidth : leftWidth, ...(renewal ? [renewalWidth] : [])];
  const gaps = others.length + (identity ? 1 : 0);
  return gaps * gap.length + others.reduce((sum, width) => sum + width, 0);
}

/**
 * The first two columns whole where the terminal is wide enough; else who asks by the name alone, then a registry by
 * account and region, which say the same in half the width.
 */
export function columnsFor(tokens: readonly ShownToken[], width: number): Columns {
  const room = width - takenBy(whole);
  const ways = [
    { nameOf: (token: ShownToken) => token.registry, askerOf: (token: ShownToken) => token.identity },
    { nameOf: (token: ShownToken) => token.registry, askerOf: shortIdentity },
    { nameOf: shortRegistry, askerOf: shortIdentity },
  ] as const;
  const widthOf = (texts: readonly string[]) =>
    texts.reduce((most, text) => Math.max(most, widthIn(text)), 0);
  for (const { nameOf, askerOf } of ways) {
    const names = widthOf(["REGISTRY", ...tokens.map(nameOf)]);
    const askers = widthOf(["IDENTITY", ...tokens.map(askerOf)]);
    if (names + askers <= room) return columnsOf(nameOf, askerOf, names, askers, whole);
  }
  const names = widthOf(["REGISTRY", ...tokens.map(shortRegistry)]);
  const askers = widthOf(["IDENTITY", ...tokens.map(shortIdentity)]);
  if (room >= narrowest.registry + narrowest.identity) {
    const registry = Math.max(narrowest.registry, Math.min(names, room - narrowest.identity));
    const identity = Math.max(narrowest.identity, Math.min(askers, room - registry));
    return columnsOf(shortRegistry, shortIdentity, registry, identity, whole);
  }
  const identity = Math.min(askers, narrowest.identity);
  const roomIn = (shape: Shape) => width - takenBy(shape) - (shape.identity ? identity : 0);
  const shape = narrower.find((each) => roomIn(each) >= Math.min(names, usualRegistry)) ?? least;
  const registry = Math.max(narrowest.registry, Math.min(names, roomIn(shape)));
  return columnsOf(shortRegistry, shortIdentity, registry, identity, shape);
}

function columnsOf(
  nameOf: (token: ShownToken) => string,
  askerOf: (token: ShownToken) => string,
  registry: number,
  identity: number,
  shape: Shape,
): Columns {
  const line = (name: string, asker: string, left: string, renewal: string) =>
    [
      fit(name, registry),
      ...(shape.identity ? [fit(asker, identity)] : []),
      left,
      ...(shape.renewal ? [renewal] : []),
    ]
      .join(gap)
      .trimEnd();
  const head = shape.bar ? "TIME LEFT".padEnd(barWidth + 1 + leftWidth) : "LEFT";
  return {
    head: line("REGISTRY", "IDENTITY", head, "RENEWAL"),
    row: (token, bar, left, renewal) => {
      const words = shape.bar ? `${bar} ${left.padEnd(leftWidth)}` : left;
      return line(nameOf(token), askerOf(token), words, renewal);
    },
  };
}

/** "111122223333 us-east-1". What differs from the plain name of that registry is said, so that no two look alike. */
function shortRegistry({ registry: host }: ShownToken): string {
  const registry = parseHost(host);
  if (registry?.kind !== "private") return host;
  const { account, region, fips, dualStack } = registry;
  return `${account} ${region}${fips ? " fips" : ""}${dualStack ? " dual" : ""}`;
}

/** Of "ci (profile ci)" what config.yaml calls it. */
function shortIdentity({ identity }: ShownToken): string {
  return identity.replace(/ \(.*\)$/, "");
}

/** Padded, or with its middle left out. */
function fit(text: string, width: number): string {
  const end = Math.floor((width - cut.length) / 2);
  const whole = printable(text);
  const shown =
    widthIn(whole) > width
      ? Bun.sliceAnsi(whole, 0, width - cut.length - end) + cut + Bun.sliceAnsi(whole, -end)
      : whole;
  return shown + " ".repeat(Math.max(0, width - widthIn(shown)));
}

/** Columns on a terminal: wide characters take two. */
function widthIn(text: string): number {
  return Bun.stringWidth(text);
}
