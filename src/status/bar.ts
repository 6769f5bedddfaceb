import type { Terminal } from "../terminal/terminal.ts";
import { longestLife } from "../token/life.ts";
import type { ShownToken } from "./tokens.ts";

export const barWidth = 10;

/** The share of a token's lifetime that is left. The bar is empty only if the token has expired. */
export function barOf(
  { secondsLeft, lifeSeconds = longestLife / 1000 }: ShownToken,
  { unicode }: Pick<Terminal, "unicode">,
): string {
  const [full, empty] = unicode ? ["█", "░"] : ["#", "."];
  const part = secondsLeft / Math.max(1, lifeSeconds);
  const cells = secondsLeft > 0 ? Math.min(barWidth, Math.max(1, Math.round(part * barWidth))) : 0;
  return full.repeat(cells) + empty.repeat(barWidth - cells);
}
