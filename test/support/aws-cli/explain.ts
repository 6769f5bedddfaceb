import { agree, type Compared, type Comparison } from "./compare.ts";
import { differences } from "./differences.ts";
import type { Situation } from "./situation.ts";

/** What the comparison of one situation found. */
export interface RenewalDecision {
  readonly compared: Compared;
  /** The deliberate differences that explain that the outcomes are not the same; absent: none does. */
  readonly names?: readonly string[];
}

/**
 * Runs both programs, and looks for the differences that explain outcomes that are not the same. Where only one of
 * them has credentials and nothing explains it, both have a second try: on a busy machine one may have timed out.
 */
export async function judge(comparison: Comparison, situation: Situation): Promise<RenewalDecision> {
  const decision = await judgeOnce(comparison, situation);
  const { cli, ours } = decision.compared;
  const mayBeLate = !decision.names && (cli.principal === undefined || ours.principal === undefined);
  return mayBeLate ? judgeOnce(comparison, situation) : decision;
}

async function judgeOnce(comparison: Comparison, situation: Situation): Promise<RenewalDecision> {
  const compared = await comparison.run(situation);
  if (agree(compared)) return { compared, names: [] };
  const refusal = refusalNamed(compared, situation);
  if (refusal !== undefined) return { compared, names: [refusal] };
  const names: string[] = [];
  let each = situation;
  for (const difference of differences) {
    const next = difference.forCli?.(each);
    if (!next) continue;
    names.push(difference.name);
    each = next;
    const again = { cli: await comparison.runCli(each), ours: compared.ours };
    if (agree(again)) return { compared, names };
    const other = refusalNamed(again, situation);
    if (other !== undefined) return { compared, names: [...names, other] };
  }
  return { compared };
}

function refusalNamed(compared: Compared, situation: Situation): string | undefined {
  return differences.find(({ accepts }) => accepts?.(compared, situation))?.name;
}
