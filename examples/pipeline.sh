#!/usr/bin/env bash
# Two Packer builds: the first pushes a base image, the second builds on exactly that image and pushes the result.
# Then the result is copied to other regions or accounts. No logins: docker calls the helper for each registry.
#
#   FROM=public.ecr.aws/docker/library/debian:12-slim \
#   BASE_REGISTRY=111122223333.dkr.ecr.us-east-1.amazonaws.com \
#   APP_REGISTRY=444455556666.dkr.ecr.us-east-1.amazonaws.com \
#   COPY_TO="111122223333.dkr.ecr.eu-west-1.amazonaws.com" \
#   TAG=42 examples/pipeline.sh
#
# The arguments of this script are passed to packer build, for instance -on-error=cleanup.
set -euo pipefail

: "${FROM:?the image that the base image is built on}"
: "${BASE_REGISTRY:?the registry of the base image}"
: "${APP_REGISTRY:?the registry of the application}"
: "${TAG:?the tag of both images, for instance the number of the CI job}"
registries=("$BASE_REGISTRY" "$APP_REGISTRY")
for registry in ${COPY_TO:-}; do registries+=("$registry"); done
templates=$(cd "$(dirname "${BASH_SOURCE[0]}")/packer" && pwd)

# Without this variable, newer Docker plugins of Packer push without any helper.
export DOCKER_CONFIG=${DOCKER_CONFIG:-$HOME/.docker}

# Problems with a role or the network show here, and not after half an hour of building.
docker-credential-ecr refresh --min-validity 1h "${registries[@]}"

packer build -color=false -var "from=$FROM" -var "registry=$BASE_REGISTRY" -var "tag=$TAG" "$@" \
  "$templates/base.pkr.hcl"

# By digest: the second build uses exactly this image, even if the tag moves meanwhile.
digests=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$BASE_REGISTRY/base:$TAG")
base=$(grep --max-count=1 --fixed-strings "$BASE_REGISTRY/base@" <<<"$digests")

packer build -color=false -var "base=$base" -var "registry=$APP_REGISTRY" -var "tag=$TAG" "$@" \
  "$templates/app.pkr.hcl"

for registry in ${COPY_TO:-}; do
  docker tag "$APP_REGISTRY/app:$TAG" "$registry/app:$TAG"
  docker push "$registry/app:$TAG"
done
