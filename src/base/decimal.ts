// Numbers that people type: strictly decimal, so that a slip is an error and not another number.

/** `0.1`, `-3`, `1e-4`; not `''`, `3x`, `0x10`, ` 1` or `Infinity`, some of which Number() would take. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The finite number that the text is, or undefined. */
export function parseDecimal(text: string): number | undefined {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
