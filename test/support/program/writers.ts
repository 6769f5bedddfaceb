import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FakeSystemd } from "./fake-systemd.ts";
import { Installer } from "./installer.ts";
import { aliceKeeps, keeper } from "./keeping.ts";
import { registry, type Standing } from "./standing.ts";
import { configPath, type User } from "./user.ts";

/** The visible result of a command. */
export interface Said {
  readonly exitCode: number | null;
  readonly text: string;
}

/** A command that writes a file of another program. */
export interface Writer {
  /** The path of the file, below HOME. */
  readonly file: string;
  /** A text that the command would edit or replace. */
  readonly text: string;
  /** Creates the preconditions. */
  seed?(user: User): void | Promise<void>;
  /** @param through a command that starts it */
  run(user: User, through: readonly string[]): Promise<Said>;
  /** The error codes of its refusals. */
  readonly codes: RegExp;
  /** Whether it never overwrites anything at the path. */
  readonly onlyNew?: true;
  /** Whether it keeps an existing file. */
  readonly onlyOnce?: true;
}

/** By a name for users. */
export function writers(): Readonly<Record<string, Writer>> {
  const command =
    (...args: string[]): Writer["run"] =>
    async (user, through) => {
      const { exitCode, stdout, stderr } = await user.run(
        args.map((arg) => arg.replace("~", user.home)),
        { through },
      );
      return { exitCode, text: stdout + stderr };
    };
  const client = /\[(?:CLIENT_FILE|CLIENT_UNSAFE)\]$/m;
  const tokens = async (user: User) => {
    user.write(configPath, aliceKeeps("111122223333"));
    assert.equal((await user.run(["refresh"])).exitCode, 0);
  };
  return {
    "configure-docker": {
      file: ".docker/config.json",
      text: "{}\n",
      run: command("configure-docker", registry),
      codes: client,
    },
    "configure-docker's copy of the file": {
      file: ".docker/config.json.before-ecr",
      text: "{}\n",
      seed: (user) => void user.write(".docker/config.json", '{"psFormat":"x"}'),
      onlyOnce: true,
      run: command("configure-docker", registry),
      codes: client,
    },
    "configure-docker --undo": {
      file: ".docker/config.json",
      text: `{"psFormat":"x","credHelpers":{"${registry}":"ecr"}}`,
      seed: async (user) => {
        user.write(".docker/config.json", '{"psFormat":"x"}');
        assert.equal((await user.run(["configure-docker", registry])).exitCode, 0);
      },
      run: command("configure-docker", "--undo"),
      codes: client,
    },
    "configure-docker --podman": {
      file: ".config/containers/auth.json",
      text: "{}\n",
      run: command("configure-docker", "--podman", registry),
      codes: client,
    },
    "configure-docker --podman --all": {
      file: ".config/containers/registries.conf.d/50-docker-credential-ecr.conf",
      text: "# mine\n",
      run: command("configure-docker", "--podman", "--all"),
      codes: client,
    },
    outputs: {
      file: "ci/config.json",
      text: "{}\n",
      seed: (user) => {
        const output = `outputs:\n  - dockerConfig: ${user.home}/ci/config.json\n`;
        user.write(configPath, aliceKeeps("111122223333", "us-east-1", output));
      },
      run: command("daemon", "--once"),
      codes: /\[(?:OUTPUT_FILE|OUTPUT_UNSAFE)\]$/m,
    },
    "export --output": {
      file: "ci/auth.json",
      text: "{}\n",
      seed: tokens,
      run: command("export", "--format", "docker-config", "--output", "~/ci/auth.json"),
      codes: /\[(?:OUTPUT_FILE|OUTPUT_UNSAFE)\]$/m,
    },
    "status --prometheus": {
      file: "metrics/ecr.prom",
      text: "# metrics\n",
      run: command("status", "--prometheus", "~/metrics/ecr.prom"),
      codes: /\[METRICS_WRITE\]$/m,
    },
    "doctor --bundle": {
      file: "reports/report.txt",
      text: "",
      run: command("doctor", "--bundle", "~/reports/report.txt"),
      codes: /\[BUNDLE_(?:WRITE|EXISTS)\]$/m,
      onlyNew: true,
    },
    "service install": {
      file: "units/docker-credential-ecr-root.service",
      text: "# Written by docker-credential-ecr service install\n",
      seed: (user) => {
        user.env.PATH = `${new FakeSystemd(user).bin}:${user.env.PATH}`;
      },
      run: async (user, through) => {
        const bind = `mount --bind '${user.home}/units' /etc/systemd/system && exec "$@"`;
        const inOwn = through.length > 0 ? [...through, "sh", "-c", bind, "sh"] : ownUnits(bind);
        return command("service", "install", "--system", "--user", "root")(user, inOwn);
      },
      codes: /\[UNIT_(?:FILE|FOREIGN)\]$/m,
    },
    ...Object.fromEntries(
      [
        "bin/docker-credential-ecr",
        "share/man/man1/docker-credential-ecr.1",
        "share/bash-completion/completions/docker-credential-ecr",
      ].map((file) => [`install.sh, of ${file}`, placed(file)]),
    ),
  };

  function ownUnits(bind: string): readonly string[] {
    return ["unshare", "-m", "sh", "-c", bind, "sh"];
  }
}

/** The writer of one of the files that install.sh installs. */
function placed(file: string): Writer {
  const installers = new WeakMap<User, Installer>();
  return {
    file: `prefix/${file}`,
    text: "an older one\n",
    seed: (user) => void installers.set(user, new Installer(user)),
    run: async (user, through) => {
      const { status, stdout, stderr } = (installers.get(user) ?? assert.fail()).run([], {}, through);
      return { exitCode: status, text: stdout + stderr };
    },
    codes: /^install\.sh: .*\/prefix\b/m,
  };
}

/** A user with the preconditions of a writer, with the folder of its file but without the file. */
export async function userOf(writer: Writer, standing: Standing): Promise<User> {
  const user = keeper(standing);
  await writer.seed?.(user);
  const path = join(user.home, writer.file);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  chmodSync(dirname(path), 0o755);
  return user;
}

/** Creates a file of that kind; a device is a copy of the null device, in its own folder. */
export function make(kind: string, path: string): void {
  const [, of] = /^link to a (\w+)$/.exec(kind) ?? [];
  if (of !== undefined) {
    const target = join(dirname(path), "..", `the-${of}`);
    if (!existsSync(target)) make(of, target);
    symlinkSync(target, path);
  } else if (kind === "device") run("mknod", path, "c", "1", "3");
  else if (kind === "pipe") run("mkfifo", path);
  else if (kind === "folder") mkdirSync(path);
  else Bun.listen({ unix: path, socket: { data() {} } }).unref();
}

function run(...command: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([...command]);
  assert.equal(exitCode, 0, `${command.join(" ")}: ${stderr}`);
}

export function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "latin1") : undefined;
}

export function put(path: string, bytes: string): void {
  writeFileSync(path, bytes, { encoding: "latin1", mode: 0o644 });
}
