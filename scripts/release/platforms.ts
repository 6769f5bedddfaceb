/** A machine that a release is built for. `name` is in the names of its files. */
export interface Platform {
  readonly name: string;
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "x64" | "arm64";
  readonly libc?: "glibc" | "musl";
  /** Bun's runtime and the library for the keychain, as package-lock.json names them. */
  readonly runtime: string;
  readonly keyring: string;
  /** Zig's name of the system that the native front is compiled for; without it there is no front. */
  readonly front?: string;
}

/** The oldest glibc that Bun's runtime works with (`readelf --version-info`). */
export const oldestGlibc = "2.17";

export const platforms: readonly Platform[] = [
  linux("x64", "glibc"),
  linux("x64", "musl"),
  linux("arm64", "glibc"),
  linux("arm64", "musl"),
  darwin("x64"),
  darwin("arm64"),
  {
    name: "windows-x64",
    os: "windows",
    arch: "x64",
    runtime: "@oven/bun-windows-x64",
    keyring: "@napi-rs/keyring-win32-x64-msvc",
  },
];

/** A second name of the same tarball: Bun's x64 runtime chooses at run time, and needs no AVX2. */
export const baseline = { of: "linux-x64", name: "linux-x64-baseline" };

/** @throws a text for a person where a name is unknown */
export function choosePlatforms(names: readonly string[]): readonly Platform[] {
  if (names.length === 0) return platforms;
  return names.map((name) => {
    const platform = platforms.find((each) => each.name === name);
    if (platform) return platform;
    throw new Error(
      `unknown platform ${name}; the platforms are ${platforms.map((each) => each.name).join(", ")}`,
    );
  });
}

/** One static front serves glibc and musl. */
function linux(arch: "x64" | "arm64", libc: "glibc" | "musl"): Platform {
  const cpu = { x64: "x64", arm64: "aarch64" }[arch];
  const musl = libc === "musl" ? "-musl" : "";
  return {
    name: `linux-${arch}${musl}`,
    os: "linux",
    arch,
    libc,
    runtime: `@oven/bun-linux-${cpu}${musl}`,
    keyring: `@napi-rs/keyring-linux-${arch}-${libc === "musl" ? "musl" : "gnu"}`,
    front: `${{ x64: "x86_64", arm64: "aarch64" }[arch]}-linux-musl`,
  };
}

function darwin(arch: "x64" | "arm64"): Platform {
  const cpu = { x64: "x64", arm64: "aarch64" }[arch];
  return {
    name: `darwin-${arch}`,
    os: "darwin",
    arch,
    runtime: `@oven/bun-darwin-${cpu}`,
    keyring: `@napi-rs/keyring-darwin-${arch}`,
  };
}
