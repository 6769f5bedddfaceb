/** package-lock.json, as far as a release reads it. */
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

/** @throws where the lock file does not name the package */
export function lockedPackage(lock: Lock, name: string): LockedPackage & { readonly integrity: string } {
  const { integrity, ...locked } = lock.packages[folder + name] ?? { version: "" };
  if (!integrity) throw new Error(`package-lock.json has no checksum of ${name}`);
  return { ...locked, integrity };
}

/** Paths below the checkout of the packages that the program is made of; those of one platform are not among them. */
export function programPackages(lock: Lock): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, os }]) => path.startsWith(folder) && !dev && !os)
    .map(([path]) => path)
    .sort();
}

/** The package's name: node_modules/a/node_modules/@b/c is @b/c. */
export const nameIn = (path: string): string => path.slice(path.lastIndexOf(folder) + folder.length);
