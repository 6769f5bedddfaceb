/** The measurements of a command over many starts. */
export interface Measured {
  readonly medianMs: number;
  readonly fastestMs: number;
  /** Peak resident memory of the worst start, in MiB. */
  readonly peakMiB: number;
}

export interface Command {
  readonly cmd: readonly string[];
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called before each start, not measured. */
  before?(): void;
}

/**
 * Starts commands alternately, so that other load on the machine affects all of them equally, and measures the time from
 * the start of the process to its end.
 *
 * @throws if one ends with an exit code other than 0
 */
export function measure<Commands extends Readonly<Record<string, Command | undefined>>>(
  starter: string,
  commands: Commands,
  rounds: number,
  warmUp = Math.max(3, Math.round(rounds / 20)),
): { readonly [Name in keyof Commands]: Commands[Name] extends Command ? Measured : Measured | undefined } {
  const present = Object.entries(commands).flatMap(([name, command]) => (command ? [{ name, command }] : []));
  const times = new Map<string, number[]>(present.map(({ name }) => [name, []]));
  const peaks = new Map<string, number>();
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, command } of present) {
      command.before?.();
      const { took, peak } = startOnce(starter, command);
      if (round < 0) continue;
      times.get(name)?.push(took);
      peaks.set(name, Math.max(peak, peaks.get(name) ?? 0));
    }
  }
  const results = present.map(({ name }): [string, Measured] => {
    const sorted = (times.get(name) ?? []).sort((a, b) => a - b);
    return [
      name,
      {
        medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
        fastestMs: sorted[0] ?? Number.NaN,
        peakMiB: (peaks.get(name) ?? Number.NaN) / 1024 ** 2,
      },
    ];
  });
  return Object.fromEntries(results) as ReturnType<typeof measure<Commands>>;
}

/** @param starter the compiled start.c */
function startOnce(starter: string, { cmd, input, env }: Command): { took: number; peak: number } {
  const child = Bun.spawnSync({ cmd: [starter, input, ...cmd], stdout: "pipe", stderr: "pipe", env });
  const numbers = /(\d+) (\d+) (\d+)\n$/.exec(child.stderr.toString());
  if (child.exitCode !== 0 || numbers?.[3] !== "0") {
    throw new Error(`${cmd.join(" ")} failed: ${child.stdout}${child.stderr}`);
  }
  return { took: Number(numbers[1]) / 1e6, peak: Number(numbers[2]) * 1024 };
}
