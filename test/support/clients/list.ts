import { debianRootPath } from "../../../scripts/clients/debian.ts";
import type { Client } from "./client.ts";
import { buildFile, libraries } from "./libraries.ts";
import { tools } from "./tools.ts";

/** What a client of containers/image is called with. */
const store = '--root "$HOME/store" --runroot "/run/$(basename "$HOME")" --storage-driver vfs';

const dockerLogin = (program: string) => ({
  login: `printf %s "$PASSWORD" | ${program} login --username AWS --password-stdin "$HOST"`,
  logout: `${program} logout "$HOST"`,
});

const dockerBuild = {
  program: "docker",
  version: "docker --version",
  inEngine: true,
} as const;

const docker = {
  program: "docker",
  version: "docker --version",
  pull: 'docker pull --quiet "$IMAGE"',
  push: 'docker tag "$IMAGE" "$TARGET" && docker push --quiet "$TARGET"',
  inEngine: true,
  ...dockerLogin("docker"),
} as const;

const skopeo = {
  program: "skopeo",
  version: "skopeo --version",
  pull: 'skopeo copy --quiet "docker://$IMAGE" "dir:$OUT"',
  push: 'skopeo copy --quiet "docker://$IMAGE" "docker://$TARGET"',
  login:
    'printf %s "$PASSWORD" | skopeo login --authfile "$HOME/.docker/config.json" --username AWS --password-stdin "$HOST"',
  logout: 'skopeo logout --authfile "$HOME/.docker/config.json" "$HOST"',
} as const;

const podmanOptions = `${store} --cgroup-manager cgroupfs --events-backend file`;
const podman = {
  program: "podman",
  version: "podman --version",
  pull: `podman ${podmanOptions} pull --quiet "$IMAGE"`,
  push: `podman ${podmanOptions} push --quiet "$IMAGE" "$TARGET"`,
  login: `printf %s "$PASSWORD" | podman ${podmanOptions} login --authfile "$HOME/.docker/config.json" --username AWS --password-stdin "$HOST"`,
  logout: `podman ${podmanOptions} logout --authfile "$HOME/.docker/config.json" "$HOST"`,
} as const;

const buildah = {
  program: "buildah",
  version: "buildah --version",
  pull: `buildah ${store} pull --quiet --policy always "$IMAGE"`,
  push: `buildah ${store} push --quiet "$IMAGE" "docker://$TARGET"`,
  login: `printf %s "$PASSWORD" | buildah login --authfile "$HOME/.docker/config.json" --username AWS --password-stdin "$HOST"`,
  logout: 'buildah logout --authfile "$HOME/.docker/config.json" "$HOST"',
} as const;

const crane = {
  program: "crane",
  version: "crane version",
  pull: 'crane pull "$IMAGE" "$OUT"',
  push: 'crane copy "$IMAGE" "$TARGET"',
  login: 'crane auth login --username AWS --password "$PASSWORD" "$HOST"',
  logout: 'crane auth logout "$HOST"',
} as const;

const oras = {
  program: "oras",
  version: "oras version",
  pull: 'oras copy --no-tty "$IMAGE" --to-oci-layout "$OUT:1"',
  push: 'oras copy --no-tty "$IMAGE" "$TARGET"',
  ...dockerLogin("oras"),
} as const;

const helm = {
  program: "helm",
  version: "helm version --short",
  seed: 'cd "$HOME" && helm create demo && helm package demo && helm push demo-0.1.0.tgz "oci://$HOST/charts"',
  pull: 'mkdir "$OUT" && helm pull "oci://$HOST/charts/demo" --version 0.1.0 --destination "$OUT"',
  push: 'mkdir "$OUT" && helm pull "oci://$HOST/charts/demo" --version 0.1.0 --destination "$OUT" && helm push "$OUT/demo-0.1.0.tgz" "oci://$HOST/by-helm"',
  // Into its own file it would write with pass, if that is installed.
  login:
    'printf %s "$PASSWORD" | helm registry login --registry-config "$HOME/.docker/config.json" --username AWS --password-stdin "$HOST"',
  logout: 'helm registry logout --registry-config "$HOME/.docker/config.json" "$HOST"',
} as const;

const composeFile = `mkdir "$OUT" && printf 'services: { a: { image: "%s" } }\\n' "$IMAGE" >"$OUT/compose.yaml" &&`;

/** Of a program that does not say it itself. */
const debianVersion = (name: string): string =>
  `dpkg-query --admindir="${debianRootPath()}/var/lib/dpkg" --show "${name}"`;

/** The same scripts with a program of another name. */
function withProgram<Scripts extends Readonly<Record<string, string>>>(
  scripts: Scripts,
  program: string,
): Scripts {
  const words = new RegExp(`\\b${scripts.program}(?= )`, "g");
  return Object.fromEntries(
    Object.entries(scripts).map(([key, script]) => [
      key,
      key === "program" ? program : script.replaceAll(words, program),
    ]),
  ) as Scripts;
}

/** Each with every origin that it has. */
export const clients: readonly Client[] = [
  { name: "docker", origin: "Debian 12", ...docker, isQuick: true },
  { name: "docker", origin: "Debian sid", ...docker },
  {
    name: "docker build (BuildKit of the engine)",
    origin: "Debian 12",
    ...dockerBuild,
    pull: `${buildFile} DOCKER_BUILDKIT=1 docker build --quiet --no-cache "$OUT"`,
    isQuick: true,
  },
  {
    name: "docker build (classic builder)",
    origin: "Debian 12",
    ...dockerBuild,
    pull: `${buildFile} DOCKER_BUILDKIT=0 docker build --no-cache "$OUT"`,
    isQuick: true,
  },
  {
    name: "docker buildx build",
    origin: "Debian sid",
    program: "docker",
    version: "docker buildx version",
    pull: `${buildFile} docker buildx build --progress plain --no-cache "$OUT"`,
    inEngine: true,
  },
  {
    name: "docker buildx imagetools",
    origin: "Debian sid",
    program: "docker",
    version: "docker buildx version",
    pull: 'docker buildx imagetools inspect "$IMAGE"',
    push: 'docker buildx imagetools create --tag "$TARGET" "$IMAGE"',
  },
  {
    name: "docker compose",
    origin: "Debian sid",
    program: "docker",
    version: "docker compose version",
    pull: `${composeFile} docker compose --file "$OUT/compose.yaml" pull --quiet`,
    inEngine: true,
  },
  { name: "podman", origin: "Debian 12", ...podman, isQuick: true },
  { name: "podman", origin: "Debian sid", ...podman },
  { name: "skopeo", origin: "Debian 12", ...skopeo, isQuick: true },
  { name: "skopeo", origin: "Debian sid", ...skopeo },
  { name: "buildah", origin: "Debian 12", ...buildah, isQuick: true },
  { name: "buildah", origin: "Debian sid", ...buildah },
  { name: "crane", origin: "Debian sid", ...crane, version: debianVersion("crane") },
  { name: "crane", origin: "Go module", ...crane, isQuick: true },
  { name: "oras", origin: "Debian sid", ...oras },
  { name: "oras", origin: "Go module", ...oras },
  {
    name: "regctl",
    origin: "Go module",
    program: "regctl",
    version: "regctl version",
    pull: 'regctl image copy "$IMAGE" "ocidir://$OUT:1"',
    push: 'regctl image copy "$IMAGE" "$TARGET"',
    login: 'printf %s "$PASSWORD" | regctl registry login --user AWS --pass-stdin "$HOST"',
    logout: 'regctl registry logout "$HOST"',
  },
  { name: "helm 3", origin: "Go module", ...withProgram(helm, "helm3") },
  { name: "helm 4", origin: "Go module", ...withProgram(helm, "helm4") },
  {
    name: "notation",
    origin: "Debian sid",
    program: "notation",
    version: "notation version",
    pull: 'notation list "$IMAGE"',
    ...dockerLogin("notation"),
  },
  {
    name: "cosign",
    origin: "Debian sid",
    program: "cosign",
    version: debianVersion("cosign"),
    pull: 'cosign tree "$IMAGE"',
    push: 'cosign copy "$IMAGE" "$TARGET"',
    login: 'printf %s "$PASSWORD" | cosign login --username AWS --password-stdin "$HOST"',
  },
  {
    name: "podman-compose",
    origin: "Debian sid",
    program: "podman-compose",
    version: "podman-compose --version",
    pull: `${composeFile} printf '[storage]\\ndriver = "vfs"\\ngraphroot = "%s/store"\\nrunroot = "/run/%s"\\n' "$HOME" "$(basename "$HOME")" >"$OUT/storage.conf" && cd "$OUT" && CONTAINERS_STORAGE_CONF="$OUT/storage.conf" podman-compose --file compose.yaml pull`,
  },
  {
    name: "Ansible, community.docker.docker_image_pull",
    origin: "Debian sid",
    program: "ansible",
    version: debianVersion("ansible"),
    pull: 'ansible localhost --connection local --module-name community.docker.docker_image_pull --args "name=$IMAGE"',
    inEngine: true,
  },
  {
    name: "apptainer",
    origin: "Debian sid",
    program: "apptainer",
    version: "apptainer --version",
    pull: 'apptainer pull --disable-cache "$OUT" "docker://$IMAGE"',
  },
  ...tools,
  ...libraries,
];
