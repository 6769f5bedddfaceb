/**
 * Builds Kubernetes' API server from its published Go modules, outside the repository, for test/clients/real, once for
 * each version. It compiles about 1,900 packages. The tests need etcd too, from Debian's package etcd-server.
 * Usage: node scripts/bun.mjs scripts/kubernetes/api-server.ts
 */
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { goProgram } from "../../test/support/go/decoder.ts";
import { clientFolder, installInto, isInstalled, run } from "../clients/cache.ts";

const moduleFolder = new URL("../../test/support/kubernetes/module/", import.meta.url);
/** The requirements and checksums of k8s.io/kubernetes. Its own replacements do not apply in another module. */
const moduleFiles = ["go.mod", "go.sum"];

const name = "kube-apiserver";
const wanted = (): string =>
  moduleFiles.map((file) => readFileSync(new URL(file, moduleFolder), "utf8")).join("");

/** The program; undefined if it is not built. */
export function apiServerProgram(): string | undefined {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && existsSync(`${assets}/${name}`)) return `${assets}/${name}`;
  return isInstalled(name, wanted()) ? `${clientFolder(name)}/${name}` : undefined;
}

/** @throws Error if it can't be built */
export function buildApiServer(): void {
  const go = goProgram();
  if (go === undefined) throw new Error("needs Go");
  if (isInstalled(name, wanted())) return;
  installInto(name, wanted(), (folder) => {
    for (const file of moduleFiles)
      copyFileSync(fileURLToPath(new URL(file, moduleFolder)), `${folder}/${file}`);
    const env = { CGO_ENABLED: "0", GOFLAGS: "-mod=mod -p=2", GOTOOLCHAIN: "local" };
    const command = [go, "build", "-trimpath", "-ldflags=-s -w", "-o", `${folder}/${name}`];
    run([...command, "k8s.io/kubernetes/cmd/kube-apiserver"], { env, cwd: folder });
  });
}

if (import.meta.main) buildApiServer();
