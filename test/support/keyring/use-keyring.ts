import { Keyring, keyringPrograms } from "./keyring.ts";

/**
 * Gives each test of a describe block an unlocked keyring of its own. Where the programs are not installed
 * the tests show up as skipped; with CI=true they fail.
 */
export function useKeyring(): () => Keyring {
  needsPrograms(keyringPrograms);
  let keyring: Keyring | undefined;
  beforeEach(async () => {
    keyring = new Keyring();
    await keyring.unlock();
  });
  afterEach(async () => {
    await keyring?.remove();
    keyring = undefined;
  });
  return () => {
    if (!keyring) throw new Error("the keyring is there in hooks and tests only");
    return keyring;
  };
}

/** @param programs the name of each, and the Debian package that brings it */
export function needsPrograms(programs: Readonly<Record<string, string>>): void {
  before(function () {
    const missing = Object.keys(programs).filter(
      (name) => Bun.which(name, { PATH: "/usr/bin:/bin" }) === null,
    );
    if (missing.length === 0) return;
    const packages = missing.map((name) => programs[name]).join(", ");
    if (process.env.CI === "true") throw new Error(`install the Debian packages ${packages}`);
    this.skip();
  });
}
