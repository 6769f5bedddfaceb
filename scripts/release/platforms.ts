/** A platform of a release. `name` is part of its file names. */
export interface Platform {
  readonly name: string;
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "x64" | "arm64";
  readonly libc?: "glibc" | "musl";
  /** Bun's runtime and the library for the keychain, as package-lock.json names them. */
  readonly runtime: string;
  readonly keyring: string;
  /** Zig's target for the native front; absent: no front. */
  readonly front?: string;
}

/** The oldest glibc that Bun's runtime supports (`readelf --version-info`). */
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

/** Another name of the same tarball: Bun's x64 runtime selects code at run time, and does not need AVX2. */
export const baseline = { of: "linux-x64", name: "linux-x64-baseline" };

/** @throws with a message for users if a name is unknown */
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

/** The static front works with glibc and musl. */
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
