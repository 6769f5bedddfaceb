export const frontSources: readonly string[];
export const releaseFlags: readonly string[];
export const warnings: readonly string[];
export function compileFront(
  target: string,
  options?: {
    readonly cc?: string;
    readonly flags?: readonly string[];
    readonly sources?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): string | undefined;
