import { join } from "node:path";
import { clientFolder } from "../../../scripts/clients/cache.ts";
import type { Client } from "./client.ts";

/** Writes a Dockerfile to OUT. */
export const buildFile = `mkdir "$OUT" && printf 'FROM %s\\nLABEL a=b\\n' "$IMAGE" >"$OUT/Dockerfile" &&`;

const quotedIn = (program: string, script: string): string => `${program} - <<'END'\n${script}\nEND`;

const npmModules = join(clientFolder("npm"), "node_modules");

const dockerode = `const { execFileSync } = require("node:child_process");
const engine = new (require(process.env.NPM + "/dockerode"))();
const { IMAGE, TARGET } = process.env;
const report = ({ message }) => {
  console.error(message);
  process.exit(1);
};
const login = (image) => {
  try {
    const answer = execFileSync("docker-credential-ecr", ["get"], { input: image.split("/")[0] });
    const { Username: username, Secret: password, ServerURL: serveraddress } = JSON.parse(answer);
    return { username, password, serveraddress };
  } catch {
    return undefined;
  }
};
const ended = (stream) =>
  new Promise((resolve, reject) =>
    engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
  );
const pull = async (image) => ended(await engine.pull(image, { authconfig: login(image) }));
const push = async (image, target) => {
  const [repo, tag] = target.split(":");
  await engine.getImage(image).tag({ repo, tag });
  await ended(await engine.getImage(target).push({ authconfig: login(target) }));
};
`;

/** Without the two minutes that it waits between its tries. */
const orasPy =
  'import os, time, oras.client\ntime.sleep = lambda seconds: None\nclient = oras.client.OrasClient(auth_backend="basic")';

/** Of a library of Maven Central, by the name of its file. */
const javaVersion = (name: string): string =>
  `basename "${clientFolder("java")}/lib/${name}"-[0-9]*.jar .jar`;

/** Clients that are libraries: each script is a program that uses one. */
export const libraries: readonly Client[] = [
  {
    name: "docker-py",
    origin: "PyPI",
    program: "python",
    version: "python -c 'import docker; print(docker.__version__)'",
    pull: quotedIn("python", 'import docker, os\ndocker.from_env().images.pull(os.environ["IMAGE"])'),
    push: quotedIn(
      "python",
      'import docker, os\nclient = docker.from_env()\nimage = client.images.get(os.environ["IMAGE"])\nimage.tag(os.environ["TARGET"])\nfor line in client.images.push(os.environ["TARGET"], stream=True, decode=True):\n    assert "error" not in line, line',
    ),
    inEngine: true,
  },
  {
    name: "docker-py build",
    origin: "PyPI",
    program: "python",
    version: "python -c 'import docker; print(docker.__version__)'",
    pull: `${buildFile} ${quotedIn("python", 'import docker, os\ndocker.from_env().images.build(path=os.environ["OUT"], nocache=True)')}`,
    inEngine: true,
  },
  {
    name: "testcontainers for Python",
    origin: "PyPI",
    program: "python",
    version: "python -c 'import importlib.metadata as m; print(m.version(\"testcontainers\"))'",
    pull: quotedIn(
      "python",
      'import os\nfrom testcontainers.core.container import DockerContainer\nwith DockerContainer(os.environ["IMAGE"]).with_command("/bin/ls").with_kwargs(network_mode="none"):\n    pass',
    ),
    env: { TESTCONTAINERS_RYUK_DISABLED: "true" },
    inEngine: true,
  },
  {
    name: "oras-py",
    origin: "PyPI",
    program: "sam",
    version: "python -c 'import oras; print(oras.__version__)'",
    pull: quotedIn("python", `${orasPy}\nclient.pull(os.environ["IMAGE"], outdir=os.environ["OUT"])`),
    env: { REQUESTS_CA_BUNDLE: "/etc/ssl/certs/ca-certificates.crt" },
  },
  {
    name: "testcontainers for Node.js",
    origin: "npm",
    program: "cdk-assets",
    version: "node -p 'require(process.env.NPM + \"/testcontainers/package.json\").version'",
    pull: quotedIn(
      "node --input-type=module",
      'const { getContainerRuntimeClient, ImageName } = (await import(process.env.NPM + "/testcontainers/build/index.js")).default;\nconst client = await getContainerRuntimeClient();\nawait client.image.pull(ImageName.fromString(process.env.IMAGE)).catch(({ message }) => {\n  console.error(message);\n  process.exit(1);\n});',
    ),
    env: {
      NPM: npmModules,
      TESTCONTAINERS_RYUK_DISABLED: "true",
      TESTCONTAINERS_HOST_OVERRIDE: "127.0.0.1",
    },
    inEngine: true,
  },
  {
    name: "dockerode",
    origin: "npm",
    program: "cdk-assets",
    version: "node -p 'require(process.env.NPM + \"/dockerode/package.json\").version'",
    pull: quotedIn("node", `${dockerode} pull(IMAGE).catch(report);`),
    push: quotedIn("node", `${dockerode} push(IMAGE, TARGET).catch(report);`),
    env: { NPM: npmModules },
    runsNoHelper: true,
    inEngine: true,
  },
  {
    name: "docker-java",
    origin: "Maven Central",
    program: "docker-java",
    version: javaVersion("docker-java-core"),
    pull: 'docker-java pull "$IMAGE"',
    push: 'docker-java push "$IMAGE" "$TARGET"',
    runsNoHelper: true,
    inEngine: true,
  },
  {
    name: "testcontainers for Java",
    origin: "Maven Central",
    program: "testcontainers-java",
    version: javaVersion("testcontainers"),
    // Java's home is that of the user database.
    pull: 'DOCKER_CONFIG="$HOME/.docker" testcontainers-java "$IMAGE"',
    env: {
      TESTCONTAINERS_RYUK_DISABLED: "true",
      TESTCONTAINERS_CHECKS_DISABLE: "true",
      TESTCONTAINERS_HOST_OVERRIDE: "127.0.0.1",
    },
    // In seconds; else it tries for two minutes.
    envOfFailures: { TESTCONTAINERS_PULL_TIMEOUT: "5" },
    inEngine: true,
  },
];
