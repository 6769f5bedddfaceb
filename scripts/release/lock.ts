/** The used parts of package-lock.json. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly license?: string;
}

const folder = "node_modules/";

/** @throws if the lock file does not contain the package */
export function lockedPackage(lock: Lock, name: string): LockedPackage & { readonly integrity: string } {
  const { integrity, ...locked } = lock.packages[folder + name] ?? { version: "" };
  if (!integrity) throw new Error(`package-lock.json has no checksum of ${name}`);
  return { ...locked, integrity };
}

/** The paths in the checkout of the packages that the program contains, without packages of a single platform. */
export function programPackages(lock: Lock): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, os }]) => path.startsWith(folder) && !dev && !os)
    .map(([path]) => path)
    .sort();
}

/** The name of a package: node_modules/a/node_modules/@b/c is @b/c. */
export const nameIn = (path: string): string => path.slice(path.lastIndexOf(folder) + folder.length);
