#!/bin/sh
# Runs as root in what Packer is making an image of, and puts the helper there.
#   FOR_USER    who will run docker on it
#   REGISTRIES  for which the helper answers; a space between them
# Packer has put docker-credential-ecr and config.yaml into /tmp before.
set -eu

# What the helper writes meanwhile stays in memory, so that no token gets into the image.
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

# A machine with systemd gets the daemon, from its next start on.
if [ -d /run/systemd/system ]; then
  env -u XDG_STATE_HOME /usr/local/bin/docker-credential-ecr service install --system --user "$FOR_USER"
  systemctl stop 'docker-credential-ecr*'
  su -s /bin/sh "$FOR_USER" -c 'rm -rf ~/.local/state/docker-credential-ecr'
fi
