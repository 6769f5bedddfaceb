import { isPlausibleRegion, knownRegions } from "../registry/regions.ts";
import type { Registry } from "../registry/registry.ts";
import { nearestOf } from "../token/nearest.ts";

/** A problem with the name of a region, and the fix. */
export interface RegionProblem {
  readonly what: string;
  readonly fix: string;
}

/** @returns undefined for a region that is known or may be newer than this version */
export function regionProblem(region: string): RegionProblem | undefined {
  if (isPlausibleRegion(region)) return undefined;
  const nearest = nearestOf(region, knownRegions);
  const fix = nearest === undefined ? "write a region's name, such as us-east-1" : `write ${nearest}`;
  return { what: "is not an AWS region", fix };
}

/** The problem with the region in the host name of a registry. */
export function hostRegionProblem(registry: Registry): RegionProblem | undefined {
  const problem = regionProblem(registry.region);
  return problem && { ...problem, what: `${registry.region} ${problem.what}` };
}

/**
 * The problem with a host name that resembles a private registry's and is not one.
 *
 * @returns undefined for another host
 */
export function almostEcrProblem(host: string): RegionProblem | undefined {
  const [, account = "", region = ""] = /^(\d+)\.dkr[.-]ecr(?:-fips)?\.([^.]+)\./i.exec(host) ?? [];
  if (region === "") return undefined;
  if (account.length !== 12) {
    const fix = `an account id has 12 digits, and ${account} has ${account.length}`;
    return { what: "its account id is invalid", fix };
  }
  const problem = regionProblem(region);
  if (problem) return { ...problem, what: `${region} ${problem.what}` };
  return {
    what: "its domain is not one of Amazon ECR",
    fix: `write ${account}.dkr.ecr.${region}.amazonaws.com, or .amazonaws.com.cn in China`,
  };
}

/** A note on a region that this version does not know; undefined for a known region. */
export function unknownRegionNote(region: string): string | undefined {
  if (knownRegions.includes(region)) return undefined;
  const nearest = nearestOf(region, knownRegions);
  const suggestion = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `this version does not know the region ${region}${suggestion}`;
}
