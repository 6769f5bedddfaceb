/**
 * Installs the clients for test/clients/real outside the repository.
 * Usage: node scripts/bun.mjs scripts/clients/install.ts [quick] installs the missing ones. It names the clients that
 * can't be installed, and the tests skip them. quick: only the clients for .ci/run; a failure then exits with 1.
 */
import { copyFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildApiServer } from "../kubernetes/api-server.ts";
import { installInto, isInstalled, run } from "./cache.ts";
import { installDebianClients } from "./debian.ts";
import { goClients, installGoClient } from "./go.ts";
import { installMavenClients } from "./maven.ts";

const supportPath = (name: string) =>
  fileURLToPath(new URL(`../../test/support/clients/${name}`, import.meta.url));

/** @param requirements a file, for an environment of this name */
function installPythonClients(name: string, requirements: string): void {
  const wanted = readFileSync(requirements, "utf8");
  if (isInstalled(name, wanted)) return;
  installInto(name, wanted, (folder) => {
    const python = Bun.which("python3", { PATH: "/usr/bin:/bin" }) ?? "python3";
    run([python, "-m", "venv", folder]);
    const pip = [`${folder}/bin/python`, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
    run([...pip, "--requirement", requirements]);
  });
}

function installNpmClients(): void {
  const names = ["package.json", "package-lock.json"];
  const wanted = names.map((name) => readFileSync(supportPath(`npm/${name}`), "utf8")).join("");
  if (isInstalled("npm", wanted)) return;
  installInto("npm", wanted, (folder) => {
    for (const name of names) copyFileSync(supportPath(`npm/${name}`), `${folder}/${name}`);
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
  });
}

const isQuick = process.argv[2] === "quick";
const installations: (readonly [name: string, install: () => void])[] = [
  ["clients of PyPI", () => installPythonClients("python", supportPath("requirements.txt"))],
  ...(isQuick
    ? []
    : ([
        ["clients of npm", installNpmClients],
        [
          "more clients of PyPI",
          () => installPythonClients("python-more", supportPath("requirements-more.txt")),
        ],
        ["clients of Maven Central", installMavenClients],
        ["clients of Debian sid", installDebianClients],
        ["Kubernetes' API server", buildApiServer],
      ] as const)),
  ...goClients
    .filter((client) => !isQuick || client.isQuick)
    .map((client) => [client.name, () => installGoClient(client)] as const),
];
for (const [name, install] of installations) {
  try {
    install();
  } catch (error) {
    console.log(`${name} can't be installed: ${(error as Error).message}`);
    if (isQuick) process.exitCode = 1;
  }
}
