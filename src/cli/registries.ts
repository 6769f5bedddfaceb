import { Command } from "commander";
import { overlaps } from "../config/overlaps.ts";
import type { Context } from "./context.ts";
import { seenKeeping } from "./keeping.ts";
import { openSurroundings } from "./surroundings.ts";
import { table } from "./table.ts";

/** `registries`: what is kept and why. */
export function registriesCommand(context: Context): Command {
  return new Command("registries")
    .summary("what is kept, why and under which identity")
    .description(
      "Lists the registries whose tokens are kept: those of config.yaml, those that followed ones replicate to and those learnt from use.",
    )
    .option("--json", "for programs")
    .addHelpText("after", "\nExample:\n  docker-credential-ecr registries --json")
    .action(async ({ json }: { json?: boolean }) => {
      const { keeping, config } = await seenKeeping(await openSurroundings(context.env, context.home));
      const unattended = new Set(keeping.plan.unattended.map(({ kept }) => kept.registry.host));
      const forgotten = new Set(keeping.plan.forgotten.map(({ registry }) => registry.host));
      const registries = keeping.kept
        .filter(({ registry }) => !forgotten.has(registry.host))
        .map(({ registry: { host }, origin, source, identity }) => ({
          registry: host,
          origin,
          ...(source !== undefined && { source }),
          identity,
          unattended: unattended.has(host),
        }));
      const met = overlaps(config).map(({ what, winner, loser, why }) => ({
        what,
        winner: winner.line,
        loser: loser.line,
        why,
      }));
      if (json) return context.print(JSON.stringify({ registries, overlaps: met }, undefined, 2));
      const rows = registries.map(({ registry, origin, source, identity, unattended: alone }) => [
        registry,
        alone ? `${origin}, not renewed` : source === undefined ? origin : `${origin} of ${source}`,
        identity,
      ]);
      context.print(table([["REGISTRY", "KEPT AS", "IDENTITY"], ...rows]));
      for (const { what, winner, loser, why } of met) {
        const because = why === "first" ? "it stands first" : "it is the narrower";
        context.print(`${what}: line ${winner} of config.yaml counts, not line ${loser}: ${because}`);
      }
    });
}
