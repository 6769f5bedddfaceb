#!/bin/sh
# Installs the helper. Packer runs it as root in the container or instance that becomes the image, after it has placed
# docker-credential-ecr and config.yaml in /tmp.
#   FOR_USER    the user who will run docker
#   REGISTRIES  the registries for which docker calls the helper, separated by spaces
set -eu

# The helper writes its files to memory, so that the image contains no token.
XDG_STATE_HOME=$(mktemp -d /dev/shm/bake.XXXXXX)
export XDG_STATE_HOME
trap 'rm -rf "$XDG_STATE_HOME"' EXIT
chown "$FOR_USER" "$XDG_STATE_HOME"

mv /tmp/docker-credential-ecr /usr/local/bin/docker-credential-ecr
chown root:root /usr/local/bin/docker-credential-ecr
chmod 755 /usr/local/bin/docker-credential-ecr

chmod 644 /tmp/config.yaml
su -s /bin/sh "$FOR_USER" -c "
  set -eu
  mkdir -p ~/.config/docker-credential-ecr
  cp /tmp/config.yaml ~/.config/docker-credential-ecr/config.yaml
  /usr/local/bin/docker-credential-ecr configure-docker $REGISTRIES
"
rm /tmp/config.yaml

# On a machine with systemd, the daemon runs from the next boot on.
if [ -d /run/systemd/system ]; then
  env -u XDG_STATE_HOME /usr/local/bin/docker-credential-ecr service install --system --user "$FOR_USER"
  systemctl stop 'docker-credential-ecr*'
  su -s /bin/sh "$FOR_USER" -c 'rm -rf ~/.local/state/docker-credential-ecr'
fi
