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
 * What is wrong with a name that has the form of a private registry's host and is none.
 *
 * @returns undefined for another host
 */
export function almostEcrProblem(host: string): RegionProblem | undefined {
  const [, account = "", region = ""] = /^(\d+)\.dkr[.-]ecr(?:-fips)?\.([^.]+)\./i.exec(host) ?? [];
  if (region === "") return undefined;
  if (account.length !== 12) {
    const fix = `an account id has 12 digits, and ${account} has ${account.length}`;
    return { what: "its account is none", fix };
  }
  const problem = regionProblem(region);
  if (problem) return { ...problem, what: `${region} ${problem.what}` };
  return {
    what: "its end is none of ECR's",
    fix: `write ${account}.dkr.ecr.${region}.amazonaws.com, or .amazonaws.com.cn in China`,
  };
}

/** What to look at in a region's name that has the form of one; undefined for a region that this version knows. */
export function unknownRegionNote(region: string): string | undefined {
  if (knownRegions.includes(region)) return undefined;
  const nearest = nearestOf(region, knownRegions);
  const meant = nearest === undefined ? "" : `; if ${nearest} is meant, correct it`;
  return `${region} is a region that this version does not know${meant}`;
}
