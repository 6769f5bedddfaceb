/**
 * The regions of every partition that this version knows. Source: the partitions of the AWS SDK for JavaScript; a test
 * compares both.
 */
export const knownRegions: readonly string[] = [
  ...["af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
  ...["ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"],
  ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1"],
  ...["cn-northwest-1", "eu-central-1", "eu-central-2", "eu-isoe-west-1", "eu-north-1", "eu-south-1"],
  ...["eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1", "il-central-1"],
  ...["me-central-1", "me-south-1", "me-west-1", "mx-central-1", "sa-east-1", "sa-west-1", "us-east-1"],
  ...["us-east-2", "us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1"],
  ...["us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "us-west-1", "us-west-2"],
];

const directions: ReadonlySet<string> = new Set([
  ...["north", "south", "east", "west", "central"],
  ...["northeast", "northwest", "southeast", "southwest"],
]);

const known: ReadonlySet<string> = new Set(knownRegions);
const knownPrefixes: ReadonlySet<string> = new Set(knownRegions.map((region) => partsOf(region).prefix));

/**
 * Whether a name can be a region: one that this version knows, or one of the form that AWS uses, which may be newer
 * than this version.
 *
 * @returns false for a name that cannot be a region, such as "us-esat-1"
 */
export function isPlausibleRegion(region: string): boolean {
  if (known.has(region)) return true;
  const { prefix, direction, number } = partsOf(region);
  return directions.has(direction) && /^[1-9]$/.test(number) && isPlausiblePrefix(prefix);
}

/** A new country or continent has two letters; "ue" is a misspelt "eu". */
function isPlausiblePrefix(prefix: string): boolean {
  if (knownPrefixes.has(prefix)) return true;
  const [first = "", second = ""] = prefix;
  return /^[a-z]{2}$/.test(prefix) && !knownPrefixes.has(second + first);
}

/** "us-gov-west-1" has the prefix "us-gov", the direction "west" and the number "1". */
function partsOf(region: string): { prefix: string; direction: string; number: string } {
  const parts = region.split("-");
  return { prefix: parts.slice(0, -2).join("-"), direction: parts.at(-2) ?? "", number: parts.at(-1) ?? "" };
}
