// Types of table.mjs, for its test.
export function table(faults: readonly object[]): string;
