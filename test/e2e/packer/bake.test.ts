import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../support/e2e/command.ts";
import { machine } from "../../support/e2e/hooks.ts";
import { makeImage } from "../../support/e2e/images.ts";
import { example } from "../../support/e2e/packer.ts";
import { newTester } from "../../support/e2e/user.ts";

/** In the place of helper and systemctl: notes who called it and how, and writes state as the helper would. */
const stub = `#!/bin/sh
echo "$(id -un) \${0##*/} $*" >> /tmp/calls
state=\${XDG_STATE_HOME:-/home/builder/.local/state}/docker-credential-ecr
mkdir -p $state && echo secret > $state/of-"$1"
chown -R builder /home/builder
`;

/** A machine with systemd and a user, which is asked afterwards what was called and what is left of it. */
const machineThere = `set -e
mkdir -p /run/systemd/system /home/builder
echo builder:x:1000:1000::/home/builder:/bin/sh >> /etc/passwd
chown builder /home/builder
touch /tmp/calls && chmod 666 /tmp/calls
cp /stub /tmp/docker-credential-ecr
cp /stub /bin/systemctl && chmod 755 /bin/systemctl
cp /baking/config.yaml /tmp/config.yaml
FOR_USER=builder REGISTRIES="one two" /baking/bake.sh
cat /tmp/calls
find /home/builder /dev/shm -type f
ls -l /home/builder/.config/docker-credential-ecr /usr/local/bin
`;

describe("examples/packer/files/bake.sh", () => {
  const image = "bake-there:1";
  before(() => makeImage(image));

  it("configures the user's Docker and installs the daemon, without leaving its state on a machine", async () => {
    const path = join(machine().folder, "stub");
    writeFileSync(path, stub);
    const volumes = [`--volume=${example("packer/files")}:/baking:ro`, `--volume=${path}:/stub:ro`];
    const run = ["run", "--rm", "--network=none", ...volumes, image, "sh", "-c", machineThere];
    const { stdout } = succeeded(await newTester().docker(...run));
    const [calls, listing = ""] = stdout.split("/home/builder/.config/docker-credential-ecr:\n");
    assert.equal(
      calls,
      `builder docker-credential-ecr configure-docker one two
root docker-credential-ecr service install --system --user builder
root systemctl stop docker-credential-ecr*
/home/builder/.config/docker-credential-ecr/config.yaml
`,
    );
    assert.match(listing, /^-rw-r--r-- +1 builder .* config\.yaml$/m);
    assert.match(listing, /^-rwxr-xr-x +1 root .* docker-credential-ecr$/m);
  });
});
