import { createHash } from "node:crypto";
import { run } from "./run.ts";

export const sbomFormats = ["cyclonedx", "spdx"] as const;

export interface SbomFacts {
  readonly version: string;
  /** The time of the document, in seconds. */
  readonly epoch: number;
  /** The version of Bun, a tool in the lock file but a part of the program. */
  readonly bun: string;
}

type Json = Record<string, unknown>;

/**
 * The packages that the program contains, from package-lock.json, as npm writes them.
 * @param source a copy of the sources by `copySource`, with package-lock.json
 */
export function sbom(source: string, format: (typeof sbomFormats)[number], facts: SbomFacts): string {
  const command = ["npm", "sbom", `--sbom-format=${format}`, "--sbom-type=application", "--omit=dev"];
  const text = run([...command, "--package-lock-only"], { cwd: source });
  const document =
    format === "cyclonedx" ? cyclonedx(JSON.parse(text), facts) : spdx(JSON.parse(text), facts);
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Removes what differs between runs: the time, a random number, the name of a folder. */
function cyclonedx(document: Json, { version, epoch, bun }: SbomFacts): Json {
  const { component, ...metadata } = document.metadata as { component: Json };
  const part = {
    type: "framework",
    name: "bun",
    version: bun,
    "bom-ref": `bun@${bun}`,
    purl: `pkg:npm/bun@${bun}`,
  };
  return {
    ...document,
    serialNumber: `urn:uuid:${uuidOf(`cyclonedx ${version} ${epoch}`)}`,
    metadata: {
      ...metadata,
      timestamp: time(epoch),
      component: { ...component, name: "docker-credential-ecr" },
    },
    components: [...(document.components as Json[]), { ...part, licenses: [{ license: { id: "MIT" } }] }],
  };
}

function spdx(document: Json, { version, epoch, bun }: SbomFacts): Json {
  const part = {
    name: "bun",
    SPDXID: `SPDXRef-Package-bun-${bun}`,
    versionInfo: bun,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseDeclared: "MIT",
  };
  return {
    ...document,
    documentNamespace: `urn:uuid:${uuidOf(`spdx ${version} ${epoch}`)}`,
    creationInfo: { ...(document.creationInfo as Json), created: time(epoch) },
    packages: [...(document.packages as Json[]), part],
  };
}

const time = (epoch: number) => new Date(epoch * 1000).toISOString().replace(/\.\d+/, "");

/** A UUID of version 8 (RFC 9562), derived from a text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
