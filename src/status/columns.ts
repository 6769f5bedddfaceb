import { parseHost } from "../registry/host.ts";
import { printable } from "../token/printable.ts";
import { barWidth } from "./bar.ts";
import type { ShownToken } from "./tokens.ts";

/** The layout of the table. */
export interface Columns {
  readonly head: string;
  /** @param bar may contain escape sequences for colours */
  row(token: ShownToken, bar: string, left: string, renewal: string): string;
}

const gap = "  ";
const leftWidth = "11h 59m".length;
const renewalWidth = "in 11h 59m".length;
/** Shown instead of what is left out. */
const cut = "..";
const narrowest = { registry: 20, identity: 10 };
/** The width of account and region of most registries. */
const usualRegistry = "111122223333 ap-northeast-1".length;

/** The columns that are shown in addition to the registry and the time left. */
interface Shape {
  readonly identity: boolean;
  readonly bar: boolean;
  readonly renewal: boolean;
}

const fullShape: Shape = { identity: true, bar: true, renewal: true };
/** Shapes for a terminal that is too narrow for all columns. */
const narrowShapes: readonly Shape[] = [
  { identity: true, bar: true, renewal: false },
  { identity: false, bar: true, renewal: false },
];
const minimalShape: Shape = { identity: false, bar: false, renewal: false };

/** The width of all columns after the first two, and of the gaps. */
function widthOfOthers({ identity, bar, renewal }: Shape): number {
  const others = [bar ? barWidth + 1 + leftWidth : leftWidth, ...(renewal ? [renewalWidth] : [])];
  const gaps = others.length + (identity ? 1 : 0);
  return gaps * gap.length + others.reduce((sum, width) => sum + width, 0);
}

/**
 * The first two columns are not shortened if the terminal is wide enough. Otherwise the identity is shortened to its
 * name, then the registry to account and region, which need half the width.
 */
export function columnsFor(tokens: readonly ShownToken[], width: number): Columns {
  const room = width - widthOfOthers(fullShape);
  const options = [
    { nameOf: (token: ShownToken) => token.registry, identityOf: (token: ShownToken) => token.identity },
    { nameOf: (token: ShownToken) => token.registry, identityOf: shortIdentity },
    { nameOf: shortRegistry, identityOf: shortIdentity },
  ] as const;
  const widthOf = (texts: readonly string[]) =>
    texts.reduce((most, text) => Math.max(most, widthIn(text)), 0);
  for (const { nameOf, identityOf } of options) {
    const names = widthOf(["REGISTRY", ...tokens.map(nameOf)]);
    const identities = widthOf(["IDENTITY", ...tokens.map(identityOf)]);
    if (names + identities <= room) return columnsOf(nameOf, identityOf, names, identities, fullShape);
  }
  const names = widthOf(["REGISTRY", ...tokens.map(shortRegistry)]);
  const identities = widthOf(["IDENTITY", ...tokens.map(shortIdentity)]);
  if (room >= narrowest.registry + narrowest.identity) {
    const registry = Math.max(narrowest.registry, Math.min(names, room - narrowest.identity));
    const identity = Math.max(narrowest.identity, Math.min(identities, room - registry));
    return columnsOf(shortRegistry, shortIdentity, registry, identity, fullShape);
  }
  const identity = Math.min(identities, narrowest.identity);
  const roomIn = (shape: Shape) => width - widthOfOthers(shape) - (shape.identity ? identity : 0);
  const shape = narrowShapes.find((each) => roomIn(each) >= Math.min(names, usualRegistry)) ?? minimalShape;
  const registry = Math.max(narrowest.registry, Math.min(names, roomIn(shape)));
  return columnsOf(shortRegistry, shortIdentity, registry, identity, shape);
}

function columnsOf(
  nameOf: (token: ShownToken) => string,
  identityOf: (token: ShownToken) => string,
  registry: number,
  identity: number,
  shape: Shape,
): Columns {
  const line = (name: string, identityText: string, left: string, renewal: string) =>
    [
      fit(name, registry),
      ...(shape.identity ? [fit(identityText, identity)] : []),
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
      return line(nameOf(token), identityOf(token), words, renewal);
    },
  };
}

/** "111122223333 us-east-1". FIPS and dual-stack names are marked, so that no two registries look the same. */
function shortRegistry({ registry: host }: ShownToken): string {
  const registry = parseHost(host);
  if (registry?.kind !== "private") return host;
  const { account, region, fips, dualStack } = registry;
  return `${account} ${region}${fips ? " fips" : ""}${dualStack ? " dual" : ""}`;
}

/** The name in config.yaml: "ci" for "ci (profile ci)". */
function shortIdentity({ identity }: ShownToken): string {
  return identity.replace(/ \(.*\)$/, "");
}

/** Padded to the width, or with its middle left out. */
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
