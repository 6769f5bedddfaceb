import { parseArgs } from "node:util";
import { choosePlatforms, type Platform } from "./platforms.ts";
import { checkVersion } from "./version.ts";

export const usage = `Usage: npm run release -- VERSION [OPTION...]

Builds the files of a release for every platform.

  --only NAME,...   these platforms alone
  --out DIR         default: dist/release
  --tarballs        no packages, recipes and documents
  --publish         first check that version, changelog, tag and package.json agree
  --sign KEY        sign SHA256SUMS with this secret key of minisign
  --xz LEVEL        0 to 9, default 6: fast or small
`;

export interface ReleaseOptions {
  readonly version: string;
  readonly platforms: readonly Platform[];
  readonly out: string;
  readonly level: number;
  readonly publish: boolean;
  readonly tarballsOnly: boolean;
  /** The path of a secret key. */
  readonly key?: string;
}

/** @throws with a message for users if they are invalid */
export function releaseOptions(args: readonly string[], defaultOut: string): ReleaseOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      out: { type: "string" },
      publish: { type: "boolean" },
      sign: { type: "string" },
      tarballs: { type: "boolean" },
      xz: { type: "string" },
    },
    allowPositionals: true,
  });
  const [version, ...more] = positionals;
  if (version === undefined || more.length > 0) throw new Error(`give one version\n\n${usage}`);
  checkVersion(version);
  const level = values.xz ?? "6";
  if (!/^\d$/.test(level)) throw new Error(`--xz must be 0 to 9, not ${level}`);
  return {
    version,
    platforms: choosePlatforms(values.only?.split(",") ?? []),
    out: values.out ?? defaultOut,
    level: Number(level),
    publish: values.publish ?? false,
    tarballsOnly: values.tarballs ?? false,
    ...(values.sign !== undefined && { key: values.sign }),
  };
}
