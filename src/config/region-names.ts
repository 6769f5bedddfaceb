import { isPlausibleRegion, knownRegions } from "../registry/regions.ts";
import type { Registry } from "../registry/registry.ts";
import { nearestOf } from "../token/nearest.ts";

/** What is wrong with a region's name, and what to write instead. */
export interface RegionProblem {
  readonly what: string;
  readonly fix: string;
}

/** @returns undefined for a region that is known, or may be newer than this version */
export function regionProblem(region: string): RegionProblem | undefined {
  if (isPlausibleRegion(region)) return undefined;
  const nearest = nearestOf(region, knownRegions);
  const fix = nearest === undefined ? "write a region's name, such as us-east-1" : `write ${nearest}`;
  return { what: "is no AWS region", fix };
}

/** The same for the region in a registry's host name. */
export function hostRegionProblem(registry: Registry): RegionProblem | undefined {
  const problem = regionProblem(registry.region);
  return problem && { ...problem, what: `${registry.region} ${problem.what}` };
}

/** What to look at in a region's name that has the form of one; undefined for a region that this version knows. */
export function unknownRegionNote(region: string): string | undefined {
  if (knownRegions.includes(region)) return undefined;
  const nearest = nearestOf(region, knownRegions);
  const meant = nearest === undefined ? "" : `; if ${nearest} is meant, correct it`;
  return `${region} is a region that this version does not know${meant}`;
}
