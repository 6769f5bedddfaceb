import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { User } from "./user.ts";

/** Fake systemctl and loginctl programs: they record their arguments and print a given output. */
export class FakeSystemd {
  readonly bin: string;

  constructor(user: User) {
    this.bin = join(user.home, "fake-bin");
    mkdirSync(this.bin);
    this.answer("is-system-running", "running");
    this.answer(
      "show",
      "ActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=42\nNRestarts=0",
    );
    this.answer("show-user", "Linger=yes");
    for (const name of ["systemctl", "loginctl"]) {
      writeFileSync(join(this.bin, name), script, { mode: 0o755 });
    }
  }

  /** The output and exit code of a verb. */
  answer(verb: string, text: string, exitCode = 0): void {
    writeFileSync(join(this.bin, `${verb}.says`), `${text}\n`);
    writeFileSync(join(this.bin, `${verb}.exits`), `${exitCode}`);
  }

  /** The calls that change something, since the last call of this method. */
  takeCalls(): string[] {
    const path = join(this.bin, "calls");
    const calls = existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
    rmSync(path, { force: true });
    return calls.filter((call) => !/ (?:is-system-running|show|show-user) ?/.test(call));
  }
}

/** For a user's unit, `enable` and `disable` do what systemctl does. */
const script = `#!/bin/sh
here=\${0%/*}
echo "\${0##*/} $*" >>"$here/calls"
for unit in "$@"; do :; done
wants=\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/default.target.wants
case " $* " in
*" --user "*" enable "*) mkdir -p "$wants" && ln -sf "../$unit" "$wants/$unit" ;;
*" --user "*" disable "*) rm -f "$wants/$unit"; rmdir "$wants" 2>/dev/null ;;
esac
for word in "$@"; do
  case $word in -*) continue ;; esac
  if [ -f "$here/$word.says" ]; then cat "$here/$word.says"; exit "$(cat "$here/$word.exits")"; fi
  exit 0
done
`;
