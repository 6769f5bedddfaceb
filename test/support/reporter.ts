import mocha from "mocha";

/** Mocha's spec output, closed by a plain line for each file that failed, and one that a CI can read. */
export default class Reporter extends mocha.reporters.Spec {
  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options);
    const failedFiles = new Set<string | undefined>();
    runner.on("fail", (test) => failedFiles.add(fileOf(test)));
    runner.once("end", () => {
      for (const file of failedFiles) console.log(`failed in ${file ?? "an unknown file"}`);
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
}

function fileOf(test: mocha.Runnable): string | undefined {
  for (let at: mocha.Runnable | mocha.Suite | undefined = test; at; at = at.parent)
    if (at.file) return at.file;
  return undefined;
}
