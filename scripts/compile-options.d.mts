export const compileOptions: readonly string[];
