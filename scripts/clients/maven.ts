import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clientFolder, installInto, isInstalled, run } from "./cache.ts";

const code = ["Problem.java", "DockerJava.java", "Testcontainers.java", "TrustStore.java"];

/** The programs, and their Java classes. */
const programs = {
  "docker-java": "DockerJava",
  "testcontainers-java": "Testcontainers",
  "trust-store": "TrustStore",
};

const folderName = "java";

/** The folder of the programs. */
export function mavenProgramsPath(): string {
  return `${clientFolder(folderName)}/bin`;
}

/** Builds a program for each library. @throws Error without Maven and a JDK (Debian packages maven and default-jdk) */
export function installMavenClients(): void {
  const paths = ["pom.xml", "jib/pom.xml", ...code].map((name) =>
    fileURLToPath(new URL(`../../test/support/clients/java/${name}`, import.meta.url)),
  );
  const wanted = paths.map((path) => readFileSync(path, "utf8")).join("");
  if (isInstalled(folderName, wanted)) return;
  for (const program of ["mvn", "javac"])
    if (Bun.which(program) === null) throw new Error(`needs ${program}`);
  const [pom = "", jib = "", ...sources] = paths;
  installInto(folderName, wanted, (folder) => {
    const maven = ["mvn", "--batch-mode", "--quiet", `-Dmaven.repo.local=${folder}/repository`];
    run([...maven, "--file", pom, "dependency:copy-dependencies", `-DoutputDirectory=${folder}/lib`]);
    run(["javac", "-d", `${folder}/classes`, "-cp", `${folder}/lib/*`, ...sources]);
    run(["mkdir", "-p", `${folder}/bin`, `${folder}/jib/target/classes`]);
    for (const [name, main] of Object.entries(programs)) {
      writeProgram(folder, name, `java -cp '${folder}/classes:${folder}/lib/*' ${main}`);
    }
    run(["cp", jib, `${folder}/jib/pom.xml`]);
    writeFileSync(`${folder}/jib/target/classes/App.class`, "");
    writeProgram(folder, "jib", maven.join(" "));
    // A build without a base image fetches the plugin.
    run([...maven, "--file", `${folder}/jib/pom.xml`, "jib:buildTar", "-Djib.from.image=scratch"]);
  });
}

function writeProgram(folder: string, name: string, command: string): void {
  writeFileSync(`${folder}/bin/${name}`, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
}
