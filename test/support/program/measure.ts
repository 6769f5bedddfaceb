// Runs the command in its arguments with its own stdin and environment, and prints the measurements.
// It is a separate process, because the peak memory of a new process includes that of its parent.
const began = performance.now();
const child = Bun.spawn(process.argv.slice(2), { stdin: "inherit", stdout: "pipe", stderr: "pipe" });
const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
const exitCode = await child.exited;
const tookMs = performance.now() - began;
console.log(JSON.stringify({ stdout, stderr, exitCode, tookMs, peakBytes: child.resourceUsage()?.maxRSS }));

export {};
