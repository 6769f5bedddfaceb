/** Bun's options to compile the program, for a build on this machine and for a release. */
export const compileOptions = [
  "build",
  "--compile",
  // Bytecode and splitting make a warm get almost as fast as an empty program: without splitting every start would load the
  // whole AWS SDK.
  "--minify",
  "--bytecode",
  "--format=esm",
  "--splitting",
  // The SDK as ES modules, from which the bundler removes unused code; CommonJS modules would be included completely.
  "--conditions=module",
  // Docker starts helpers in any folder: the program must not run that folder's bunfig.toml or read its .env, tsconfig.json
  // or package.json.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  // Bun inserts the words of BUN_OPTIONS before this one, and does not interpret words before it.
  "--compile-exec-argv=--",
];
