/** How Bun compiles the program: the same for a build on this machine and for a release. */
export const compileOptions = [
  "build",
  "--compile",
  // Bytecode and splitting are what keep a warm get near an empty program: without splitting the
  // whole AWS SDK would be loaded on every start.
  "--minify",
  "--bytecode",
  "--format=esm",
  "--splitting",
  // The SDK as ES modules, of which the bundler leaves out what nothing uses; else it takes CommonJS whole.
  "--conditions=module",
  // Docker starts helpers in any folder: a compiled program must not run that folder's bunfig.toml
  // nor read its .env, tsconfig.json or package.json.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  // Bun puts the words of BUN_OPTIONS before this one, and takes none before it for its own.
  "--compile-exec-argv=--",
];
