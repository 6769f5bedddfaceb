import { parseHost, privateHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { type Config, everyAccount, type RegistrationDefinition } from "./config.ts";
import { specificityOf } from "./registration.ts";

/** Two entries that name the same registry, and which of them is used for it. */
export interface Overlap {
  /** For users: "111122223333.dkr.ecr.us-east-1.amazonaws.com", "account 111122223333 in every region". */
  readonly what: string;
  readonly winner: RegistrationDefinition;
  readonly loser: RegistrationDefinition;
  /** narrower: the winner is more specific; first: both are equally specific, and the winner is listed first. */
  readonly why: "narrower" | "first";
}

/**
 * Entries that name the same registry. An entry with an account always takes precedence over `"*"`, so such a pair is not
 * an overlap; two entries with `"*"` can be one.
 */
export function overlaps({ registries }: Config): Overlap[] {
  return registries.flatMap((first, index) =>
    registries.slice(index + 1).flatMap((second) => overlapOf(first, second) ?? []),
  );
}

function overlapOf(first: RegistrationDefinition, second: RegistrationDefinition): Overlap | undefined {
  if (isEvery(first) !== isEvery(second)) return undefined;
  const common = shared(first, second);
  if (!common) return undefined;
  const { what, example } = common;
  const difference = specificityOf(first, example) - specificityOf(second, example);
  const [winner, loser] = difference >= 0 ? [first, second] : [second, first];
  return { what, winner, loser, why: difference === 0 ? "first" : "narrower" };
}

/** The registries that both entries name, and one of them. */
function shared(
  first: RegistrationDefinition,
  second: RegistrationDefinition,
): { what: string; example: Registry } | undefined {
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    if (one.target.kind !== "host") continue;
    const { registry } = one.target;
    return specificityOf(other, registry) > 0 ? { what: registry.host, example: registry } : undefined;
  }
  if (first.target.kind === "host" || second.target.kind === "host") return undefined;
  const { account, regions } = first.target;
  if (account !== second.target.account) return undefined;
  const others = second.target.regions;
  const both = regions && others ? regions.filter((region) => others.includes(region)) : (regions ?? others);
  if (both?.length === 0) return undefined;
  const example = exampleOf(account, both?.[0] ?? "us-east-1");
  const owner = account === everyAccount ? "every other account" : `account ${account}`;
  return example && { what: `${owner} in ${both?.join(", ") ?? "every region"}`, example };
}

function exampleOf(account: string, region: string): Registry | undefined {
  return parseHost(privateHost(account === everyAccount ? "000000000000" : account, region));
}

function isEvery({ target }: RegistrationDefinition): boolean {
  return target.kind === "account" && target.account === everyAccount;
}
