export function bunProgram(): string;
