/** Skips the tests of a suite where a client is not installed. With CI=true scripts/test.mjs fails before that. */
export function needs(program: string): void {
  before(function () {
    if (Bun.which(program, { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }) === null) this.skip();
  });
}
