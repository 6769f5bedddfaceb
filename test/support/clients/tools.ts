import { clientFolder } from "../../../scripts/clients/cache.ts";
import type { Client } from "./client.ts";
import { buildFile } from "./libraries.ts";

const jib = `cp -r "${clientFolder("java")}/jib" "$OUT" && cd "$OUT" && DOCKER_CONFIG="$HOME/.docker" MAVEN_OPTS="-XX:TieredStopAtLevel=1 -Djavax.net.ssl.trustStore=$TMPDIR/authorities.p12 -Djavax.net.ssl.trustStorePassword=changeit" jib -Djib.baseImageCache="$OUT/base"`;

/** A function whose code is the image that is built of the Dockerfile. */
const samTemplate = JSON.stringify({
  Transform: "AWS::Serverless-2016-10-31",
  Resources: {
    App: {
      Type: "AWS::Serverless::Function",
      Properties: { PackageType: "Image" },
      Metadata: { Dockerfile: "Dockerfile", DockerContext: ".", DockerTag: "app" },
    },
  },
});

/** Clients that build the image of an application. */
export const tools: readonly Client[] = [
  {
    name: "Jib's Maven plugin",
    origin: "Maven Central",
    program: "jib",
    version: `grep -A1 "<artifactId>jib-maven-plugin" "${clientFolder("java")}/jib/pom.xml"`,
    pull: `${jib} jib:buildTar -Djib.from.image="$IMAGE"`,
    push: `${jib} jib:build -Djib.from.image="$IMAGE" -Djib.to.image="$TARGET"`,
    message: /Failed to execute goal/,
    atOnce: 2,
  },
  {
    name: "Dev Containers CLI",
    origin: "npm",
    program: "devcontainer",
    version: "devcontainer --version",
    pull: `mkdir -p "$OUT/.devcontainer" && printf '{"image":"%s"}' "$IMAGE" >"$OUT/.devcontainer/devcontainer.json" && devcontainer build --workspace-folder "$OUT"`,
    inEngine: true,
  },
  {
    name: "sam build",
    origin: "PyPI",
    program: "sam",
    version: "sam --version",
    pull: `${buildFile} cd "$OUT" && printf '%s\\n' '${samTemplate}' >template.json && sam build --template template.json`,
    env: { SAM_CLI_TELEMETRY: "0", AWS_DEFAULT_REGION: "us-east-1" },
    inEngine: true,
    atOnce: 3,
  },
];
