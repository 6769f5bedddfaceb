/** Skips the tests of a suite if a client is not installed. With CI=true, scripts/test.mjs fails earlier. */
export function needs(program: string): void {
  before(function () {
    if (Bun.which(program, { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }) === null) this.skip();
  });
}
