import type { Terminal } from "../terminal/terminal.ts";
import { longestLife } from "../token/life.ts";
import type { ShownToken } from "./tokens.ts";

export const barWidth = 10;

/** Of a token's whole life, what is left. As long as anything is left the bar is not empty. */
export function barOf(
  { secondsLeft, lifeSeconds = longestLife / 1000 }: ShownToken,
  { unicode }: Pick<Terminal, "unicode">,
): string {
  const [full, empty] = unicode ? ["█", "░"] : ["#", "."];
  const part = secondsLeft / Math.max(1, lifeSeconds);
  const cells = secondsLeft > 0 ? Math.min(barWidth, Math.max(1, Math.round(part * barWidth))) : 0;
  return full.repeat(cells) + empty.repeat(barWidth - cells);
}
