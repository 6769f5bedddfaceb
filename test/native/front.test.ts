import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { compileFront, warnings } from "../../scripts/native.mjs";
import { host } from "../support/fakes/entries.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { Place, printed, tokenSecret } from "./place.ts";
import { hasCompiler, placeFront } from "./readers.ts";

/** The stand-in for the main program prints how it was called, and copies stdin to a file. */
const other = `#!/bin/sh
printf '%s\\n' "$0" "$@"
env >"$SEEN.env"
cat >"$SEEN"
exit 7
`;

const when = hasCompiler ? describe : describe.skip;

when("the native front", function () {
  this.timeout(120_000);
  const temp = useTempFolder();
  let built: string;
  let front: string;
  before(() => {
    built = placeFront();
  });
  beforeEach(() => {
    const prefix = join(temp(), "prefix");
    cpSync(dirname(dirname(built)), prefix, { recursive: true });
    front = join(prefix, "bin/docker-credential-ecr");
    writeFileSync(behind(), other);
  });

  const behind = (prefix = dirname(dirname(front))) =>
    join(prefix, "lib/docker-credential-ecr/docker-credential-ecr");
  const seen = () => join(temp(), "seen");
  function call(
    path: string,
    args: readonly string[],
    input: string | Uint8Array = "",
    env: Readonly<Record<string, string>> = {},
    through: readonly string[] = [],
  ) {
    const [command = "", ...rest] = [...through, path, ...args];
    const all = { PATH: "/usr/bin:/bin", SEEN: seen(), ...env };
    const { stdout, stderr, status } = spawnSync(command, rest, { input, env: all, maxBuffer: 1 << 24 });
    return { stdout: stdout.toString(), stderr: stderr.toString(), status };
  }

  it("passes on the arguments and the exit code of every command", () => {
    for (const args of [[], ["list"], ["get", "x y"], ["status", "--json", ""], ["GET"], ["--get"]]) {
      const expected = [behind(), ...args, ""].join("\n");
      assert.deepEqual(call(front, args), { stdout: expected, stderr: "", status: 7 });
    }
  });

  const sizes = [0, 1, 253, 254, 4095, 4096, 4097, 16_384, 100_000, 1 << 20];
  it("passes on all of stdin, of any length", () => {
    for (const size of sizes) {
      const input = Buffer.alloc(size);
      for (let at = 0; at < size; at++) input[at] = (at * 31 + (at >> 8)) % 256;
      for (const action of ["get", "store"]) {
        assert.equal(call(front, [action], input).status, 7);
        assert.ok(readFileSync(seen()).equals(input), `${action} of ${size} bytes`);
      }
    }
  });

  it("passes on slightly more than 1 MiB of a get's stdin at most, since a server URL is never longer", () => {
    call(front, ["get"], Buffer.alloc(3 << 20, "x"));
    const { length } = readFileSync(seen());
    assert.ok(length > 1 << 20 && length < (1 << 20) + 65_536, String(length));
  });

  it("finds the program by symbolic links, from any folder", () => {
    const elsewhere = join(temp(), "else where");
    mkdirSync(elsewhere);
    symlinkSync(front, join(elsewhere, "docker-credential-ecr-login"));
    symlinkSync("docker-credential-ecr-login", join(elsewhere, "again"));
    symlinkSync(dirname(dirname(front)), join(elsewhere, "linked-prefix"));
    for (const path of ["docker-credential-ecr-login", "again", "linked-prefix/bin/docker-credential-ecr"]) {
      assert.equal(call(join(elsewhere, path), ["list"]).stdout, `${behind()}\nlist\n`);
    }
    const byPath = call("docker-credential-ecr-login", ["list"], "", { PATH: `${elsewhere}:/usr/bin:/bin` }, [
      "env",
    ]);
    assert.equal(byPath.stdout, `${behind()}\nlist\n`);
  });

  it("finds the program below a moved and a read-only prefix", () => {
    const moved = join(temp(), "moved");
    renameSync(dirname(dirname(front)), moved);
    const { status } = spawnSync("chmod", ["-R", "a-w", moved]);
    assert.equal(status, 0);
    assert.equal(call(join(moved, "bin/docker-credential-ecr"), ["list"]).stdout, `${behind(moved)}\nlist\n`);
    spawnSync("chmod", ["-R", "u+w", moved]);
  });

  const mounts = process.platform === "linux" ? ownMounts() : undefined;
  (mounts ? it : it.skip)("finds it where /proc is not mounted", () => {
    const through = [...(mounts ?? []), ...shell('mount -t tmpfs none /proc && exec "$@"')];
    assert.equal(call(front, ["list"], "", {}, through).stdout, `${behind()}\nlist\n`);
  });

  it("passes on a time zone, and no file in its place", () => {
    const zone = (TZ: string) => {
      call(front, ["get"], "", { TZ });
      return /^TZ=.*$/m.exec(readFileSync(`${seen()}.env`, "utf8"))?.[0];
    };
    for (const name of ["UTC", "Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", ""]) {
      assert.equal(zone(name), `TZ=${name}`);
    }
    for (const file of ["/tmp/pipe", ":/tmp/pipe", ":Europe/Berlin", "../../../tmp/pipe", "Europe/../x"]) {
      assert.equal(zone(file), undefined, file);
    }
  });

  (Bun.which("perl") ? it : it.skip)(
    "passes on how long stdin took, and a timer for the rest of the time limit",
    () => {
      writeFileSync(behind(), '#!/usr/bin/perl\nprint "@ARGV\\n", alarm(0), "\\n";\n');
      const [args, left] = call(front, ["get"], host).stdout.split("\n");
      assert.equal(args, "get");
      assert.ok(Number(left) >= 1 && Number(left) <= 20, String(left));
      const late = call(front, ["get"], "", {}, shell(`{ sleep 1.1; echo ${host}; } | "$@"`));
      const [, waited = ""] = /^get --waited=(\d+)\n/.exec(late.stdout) ?? assert.fail(late.stdout);
      assert.ok(Number(waited) >= 1_000);
      assert.match(late.stdout, /\n([1-9]|1\d)\n$/);
      assert.match(call(front, ["list"]).stdout, /^list\n0\n$/);
      // The caller's own limit: a program can set one before it becomes another one.
      const given = (limit: number) => {
        const through = ["perl", "-e", `alarm ${limit}; exec @ARGV`];
        return Number(call(front, ["get"], host, {}, through).stdout.split("\n")[1]);
      };
      assert.ok(given(15) >= 1 && given(15) <= 15);
      assert.ok(given(100) >= 1 && given(100) <= 20);
    },
  );

  it("names the missing path", () => {
    rmSync(behind());
    const expected = `can't start the other part of this program, ${behind()} (No such file or directory). Fix: install the program again, with ./install.sh [PROGRAM_MISSING]\n`;
    for (const args of [["get"], ["status"]]) {
      const { stdout, stderr, status } = call(front, args, host);
      assert.deepEqual([stdout, stderr, status], [expected, `docker-credential-ecr: ${expected}`, 1]);
    }
  });

  it("passes on all variables except the runtime's", () => {
    const runtime = [
      ...["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT", "JSC_useJIT", "MIMALLOC_VERBOSE"],
      ...["NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_CHANNEL_FD", "NAPI_RS_FORCE_WASI", "TZDIR"],
    ];
    const others = ["NODE_EXTRA_CA_CERTS", "NODE_ENV", "BUNDLE", "MY_BUN_OPTIONS", "AWS_PROFILE", "bun_x"];
    const env = Object.fromEntries([...runtime, ...others].map((name) => [name, "1"]));
    call(front, ["get"], "", env);
    const names = readFileSync(`${seen()}.env`, "utf8")
      .split("\n")
      .map((line) => line.split("=")[0] ?? "");
    assert.deepEqual(
      others.filter((name) => !names.includes(name)),
      [],
    );
    assert.deepEqual(
      runtime.filter((name) => names.includes(name)),
      [],
    );
  });

  describe("with a token", () => {
    let place: Place;
    beforeEach(() => {
      place = new Place();
    });
    afterEach(() => place.remove());

    it("handles the bare host, also with a line end, and delegates other forms", () => {
      for (const input of [host, `${host}\n`]) {
        assert.deepEqual(call(front, ["get"], input, place.env), {
          stdout: printed(tokenSecret),
          stderr: "",
          status: 0,
        });
      }
      const others = [
        ...[`https://${host}`, `${host}\n\n`, `${host}\r\n`, ` ${host}`, `${host} `, host.toUpperCase()],
        ...[`${host}.`, `.${host}`, `-${host}`, `${host}/x`, `${host}:443`, `${host}\0`, "", "\n", "../x"],
      ];
      for (const input of others) {
        assert.equal(call(front, ["get"], input, place.env).status, 7, JSON.stringify(input));
        assert.equal(readFileSync(seen(), "utf8"), input);
      }
    });

    it("needs no other file to serve a token", () => {
      rmSync(behind());
      assert.equal(call(front, ["get"], host, place.env).stdout, printed(tokenSecret));
    });

    (Bun.which("python3") ? it : it.skip)(
      "delegates if a variable is set twice, and passes on the first value",
      () => {
        const python =
          "import os,sys,ctypes\n" +
          "e=[(k+'='+v).encode() for k,v in os.environ.items()]+[b'AWS_PROFILE=ci',b'AWS_PROFILE=other']\n" +
          "a=(ctypes.c_char_p*3)(sys.argv[1].encode(),b'get',None)\n" +
          "p=(ctypes.c_char_p*(len(e)+1))(*e,None)\n" +
          "ctypes.CDLL(None).execve(a[0],a,p)\n";
        assert.equal(call(front, [], host, place.env, ["python3", "-c", python]).status, 7);
        const profiles = readFileSync(`${seen()}.env`, "utf8").match(/^AWS_PROFILE=.*$/gm);
        assert.deepEqual(profiles, [`AWS_PROFILE=${place.env.AWS_PROFILE ?? "ci"}`]);
      },
    );

    (Bun.which("python3") ? it : it.skip)(
      "passes on the first value of each variable within seconds, of any number of variables",
      () => {
        const python =
          "import os,sys,ctypes\n" +
          "n=int(sys.argv[2])\n" +
          "e=[(k+'='+v).encode() for k,v in os.environ.items()]\n" +
          // The names in another order the second time, and one that is the beginning of many.
          "e+=[b'N%d=first'%i for i in range(n)]+[b'N=first',b'no value',b'N%d=other'%(n-1)]\n" +
          "e+=[b'N%d=other'%(i*7%n) for i in range(n)]+[b'N=other',b'N=first']\n" +
          // A variable that follows those that are not passed on.
          "e+=[b'N%d=first'%n]\n" +
          "a=(ctypes.c_char_p*3)(sys.argv[1].encode(),b'get',None)\n" +
          "p=(ctypes.c_char_p*(len(e)+1))(*e,None)\n" +
          "ctypes.CDLL(None).execve(a[0],a,p)\n";
        for (const count of [1, 10, 59, 60, 61, 127, 128, 129, 1_000, 40_001]) {
          const args = [front, String(count)];
          const env = { PATH: "/usr/bin:/bin", SEEN: seen(), ...place.env };
          // Comparing each variable with each would take twenty seconds and more.
          const { status } = spawnSync("python3", ["-c", python, ...args], {
            input: "",
            env,
            timeout: 9_000,
          });
          assert.equal(status, 7, `${count} variables`);
          const values = readFileSync(`${seen()}.env`, "utf8").match(/^N\d*=.*$/gm) ?? [];
          assert.equal(values.length, count + 2);
          assert.ok(values.every((each) => each.endsWith("=first")));
          assert.equal(new Set(values).size, values.length);
        }
      },
    );

    const full = process.platform === "linux" ? it : it.skip;
    full("says that stdout takes no answer", () => {
      const through = shell('exec "$@" >/dev/full');
      const { stderr, status } = call(front, ["get"], host, place.env, through);
      assert.equal(status, 1);
      assert.match(stderr, /^docker-credential-ecr: the answer can't be written .* \[STDOUT_WRITE\]\n$/);
    });

    (Bun.which("python3") ? it : it.skip)("says that no program reads stdout any more", () => {
      const python =
        "import os,subprocess,sys\n" +
        "ends=os.pipe()\n" +
        "os.close(ends[0])\n" +
        "sys.exit(subprocess.call(sys.argv[1:],stdout=ends[1]))\n";
      const { stderr, status } = call(front, ["get"], host, place.env, ["python3", "-c", python]);
      assert.equal(status, 1);
      assert.match(stderr, /^docker-credential-ecr: the answer can't be written .* \[STDOUT_WRITE\]\n$/);
    });

    it("ends without output if stdin is closed", () => {
      assert.equal(call(front, ["get"], "", place.env, shell('exec "$@" <&-')).status, 7);
    });
  });
});

describe("the sources of the native program", () => {
  const temp = useTempFolder();
  const kinds: Readonly<Record<string, { cc?: string; flags: readonly string[] }>> = {
    "gcc's analyzer": { flags: [...warnings, "-O1", "-fanalyzer"] },
    clang: { cc: "clang", flags: [...warnings, "-Wconversion", "-Wno-sign-conversion", "-O2"] },
    "musl's libc": { cc: "musl-gcc", flags: [...warnings, "-O2", "-static"] },
  };
  for (const [name, options] of Object.entries(kinds)) {
    it(`pass ${name}`, function () {
      this.timeout(120_000);
      const empty = join(temp(), "empty.c");
      writeFileSync(empty, "int main(void) { return 0; }\n");
      if (compileFront(join(temp(), "empty"), { ...options, sources: [empty] }) !== undefined) {
        return this.skip();
      }
      assert.equal(compileFront(join(temp(), "front"), options), undefined);
    });
  }

  it("pass with the parts for macOS, whose names are here those of Linux", function () {
    if (!hasCompiler) return this.skip();
    const stub = ["-D__APPLE__", "-Dst_mtimespec=st_mtim", "-Dst_ctimespec=st_ctim"];
    const flags = [...warnings, ...stub, `-I${join(import.meta.dir, "macos")}`, "-c"];
    const sources = readdirSync(join(import.meta.dir, "../../native")).filter((name) => name.endsWith(".c"));
    for (const name of sources) {
      const source = join(import.meta.dir, "../../native", name);
      assert.equal(compileFront(join(temp(), `${name}.o`), { flags, sources: [source] }), undefined);
    }
  });

  it("report a missing compiler", () => {
    assert.match(
      compileFront(join(temp(), "front"), { cc: "/nowhere/cc" }) ?? "",
      /^\/nowhere\/cc can't be started \(ENOENT\)$/,
    );
  });
});
