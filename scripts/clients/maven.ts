import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clientFolder, installInto, isInstalled, run } from "./cache.ts";

const sources = ["pom.xml", "Problem.java", "DockerJava.java", "Testcontainers.java"];

/** The programs, and their Java classes. */
const programs = { "docker-java": "DockerJava", "testcontainers-java": "Testcontainers" };

const folderName = "java";

/** The folder of the programs. */
export function mavenProgramsPath(): string {
  return `${clientFolder(folderName)}/bin`;
}

/** Builds a program for each library. @throws Error without Maven and a JDK (Debian packages maven and default-jdk) */
export function installMavenClients(): void {
  const paths = sources.map((name) =>
    fileURLToPath(new URL(`../../test/support/clients/java/${name}`, import.meta.url)),
  );
  const wanted = paths.map((path) => readFileSync(path, "utf8")).join("");
  if (isInstalled(folderName, wanted)) return;
  for (const program of ["mvn", "javac"])
    if (Bun.which(program) === null) throw new Error(`needs ${program}`);
  const [pom = "", ...code] = paths;
  installInto(folderName, wanted, (folder) => {
    const maven = ["mvn", "--batch-mode", "--quiet", `-Dmaven.repo.local=${folder}/repository`];
    run([...maven, "--file", pom, "dependency:copy-dependencies", `-DoutputDirectory=${folder}/lib`]);
    run(["javac", "-d", `${folder}/classes`, "-cp", `${folder}/lib/*`, ...code]);
    run(["mkdir", `${folder}/bin`]);
    for (const [name, main] of Object.entries(programs)) {
      const script = `#!/bin/sh\nexec java -cp '${folder}/classes:${folder}/lib/*' ${main} "$@"\n`;
      writeFileSync(`${folder}/bin/${name}`, script, { mode: 0o755 });
    }
  });
}
