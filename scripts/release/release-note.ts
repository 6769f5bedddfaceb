import { oldestGlibc, type Platform } from "./platforms.ts";

/** The file RELEASE of a tarball, with which install.sh checks whether the machine can run the program. */
export function releaseNote({ name, os, arch, libc }: Platform, version: string): string {
  const lines = {
    program: "docker-credential-ecr",
    version,
    platform: name,
    os,
    arch,
    ...(libc && { libc }),
    ...(libc === "glibc" && { "oldest-glibc": oldestGlibc }),
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
