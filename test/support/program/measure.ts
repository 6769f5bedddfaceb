// Runs the command in its arguments with its own stdin and environment, and prints how that went.
// A process of its own: a program that is started from a large one counts that one's memory as its own peak.
const began = performance.now();
const child = Bun.spawn(process.argv.slice(2), { stdin: "inherit", stdout: "pipe", stderr: "pipe" });
const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
const exitCode = await child.exited;
const tookMs = performance.now() - began;
console.log(JSON.stringify({ stdout, stderr, exitCode, tookMs, peakBytes: child.resourceUsage()?.maxRSS }));

export {};
