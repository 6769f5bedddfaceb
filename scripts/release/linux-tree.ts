import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { systemdUnit } from "../../src/service/systemd-unit.ts";

const name = "docker-credential-ecr";
const page = `usr/share/man/man1/${name}.1`;

/** The differences between distributions. */
export interface Distribution {
  readonly zshFolder: string;
  readonly licenceFolder: string;
  /** Names of files. */
  readonly licences: readonly string[];
}

/**
 * Creates the tree of a Linux package from a prefix of `buildPrefix`.
 * @param packaging the folder `packaging` of the checkout
 */
export function linuxTree(prefix: string, tree: string, packaging: string, to: Distribution): void {
  const write = (path: string, content: string | Uint8Array, mode = 0o644) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
    chmodSync(join(tree, path), mode);
  };
  for (const path of [`bin/${name}`, `lib/${name}/${name}`]) {
    mkdirSync(dirname(join(tree, "usr", path)), { recursive: true });
    cpSync(join(prefix, path), join(tree, "usr", path));
    chmodSync(join(tree, "usr", path), 0o755);
  }
  const shared = (path: string) => readFileSync(join(prefix, "share", path));
  write(`${page}.gz`, gzipSync(shared(`man/man1/${name}.1`), { level: 9 }));
  write(`usr/share/bash-completion/completions/${name}`, shared(`bash-completion/completions/${name}`));
  write(`${to.zshFolder}/_${name}`, shared(`zsh/site-functions/_${name}`));
  const fish = `fish/vendor_completions.d/${name}.fish`;
  write(`usr/share/${fish}`, shared(fish));
  for (const file of to.licences) {
    write(`${to.licenceFolder}/${file}`, readFileSync(join(prefix, file)));
  }
  write(`etc/default/${name}`, readFileSync(join(packaging, "linux/environment")));
  write(`usr/lib/systemd/system/${name}@.service`, systemUnit());
  write(`usr/lib/systemd/user/${name}.service`, userUnit());
}

const service = { program: `/usr/bin/${name}`, splay: "2m", environment: [] };

/** For systemctl enable docker-credential-ecr@USER: the unit that `service install --system` writes, for any user. */
export function systemUnit(): string {
  // The hardening depends on the user ID: root needs more.
  const account = { name: "%i", uid: 1, home: "/" };
  return fromPackage(systemdUnit({ ...service, isSystem: true, account }), `systemctl edit ${name}@USER`)
    .replace(/^RequiresMountsFor=.*\n/m, "")
    .replace(/^User=.*$/m, (user) => `${user}\nEnvironmentFile=-/etc/default/${name}`);
}

/** For systemctl --user enable docker-credential-ecr. */
export function userUnit(): string {
  const account = { name: "", uid: 1, home: "/" };
  return fromPackage(
    systemdUnit({ ...service, isSystem: false, account }),
    `systemctl --user edit ${name}.service`,
  );
}

const fromPackage = (unit: string, edit: string) =>
  unit.replace(/^#.*\n/, `# From the package ${name}; your settings: ${edit}\n`);
