import { goProgram } from "../../test/support/go/decoder.ts";
import { clientFolder, installInto, isInstalled, run } from "./cache.ts";

/** A client from the Go module proxy. */
export interface GoClient {
  /** The program is installed as FOLDER/NAME. */
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly tags?: string;
  /** Whether `.ci/run` tests it; it takes less than a minute. */
  readonly isQuick?: true;
}

export const goClients: readonly GoClient[] = [
  {
    name: "crane",
    package: "github.com/google/go-containerregistry/cmd/crane",
    version: "v0.22.1",
    isQuick: true,
  },
  { name: "oras", package: "oras.land/oras/cmd/oras", version: "v1.3.6" },
  { name: "helm3", package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0" },
  { name: "helm4", package: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1" },
  { name: "regctl", package: "github.com/regclient/regclient/cmd/regctl", version: "v0.11.7" },
];

export function goClientPath(name: string): string {
  return `${clientFolder(`go-${name}`)}/${name}`;
}

/** @throws Error if it can't be built */
export function installGoClient({ name, package: path, version, tags = "" }: GoClient): void {
  const go = goProgram();
  if (go === undefined) throw new Error("needs Go");
  const wanted = `${path}@${version} ${tags}`;
  if (isInstalled(`go-${name}`, wanted)) return;
  installInto(`go-${name}`, wanted, (folder) => {
    const env = { GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "", GOTOOLCHAIN: "local" };
    run([go, "install", "-trimpath", `-tags=${tags}`, "-ldflags=-s -w", `${path}@${version}`], { env });
    const built =
      path
        .replace(/\/v\d+$/, "")
        .split("/")
        .at(-1) ?? name;
    if (built !== name) run(["mv", `${folder}/${built}`, `${folder}/${name}`]);
  });
}
