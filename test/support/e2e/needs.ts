/**
 * Skips the tests of a suite if a client, or something that it needs, is not installed. With CI=true, scripts/test.mjs
 * fails earlier.
 */
export function needs(program: string): void {
  before(function () {
    const { E2E_MISSING = "" } = process.env;
    const isInstalled = Bun.which(program, { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }) !== null;
    if (!isInstalled || E2E_MISSING.split(" ").includes(program)) this.skip();
  });
}
