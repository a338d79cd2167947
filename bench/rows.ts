// More rows about one measurement: its samples in another unit, or numbers that are no times.
import type { CaseResult } from '../src/documents/bench.ts';
import { type DerivedRow, shareOfLimit } from './suite.ts';

function scaled(row: CaseResult, name: string, unit: string, factor: number): CaseResult {
  return {
    ...row,
    name,
    unit,
    value: row.value * factor,
    ci95: [row.ci95[0] * factor, row.ci95[1] * factor],
    samples: row.samples.map((sample) => sample * factor),
    peers: Object.fromEntries(
      Object.entries(row.peers).map(([peer, { value }]) => [peer, { value: value * factor }]),
    ),
    // Said once, on the row this is derived from.
    warnings: [],
  };
}

/** The rows derived from one. */
export function derivedRows(row: CaseResult, derived: readonly DerivedRow[]): CaseResult[] {
  return derived.map((one) => {
    if ('factor' in one) return scaled(row, one.name, one.unit, one.factor);
    const { name, unit, amount, least } = one;
    return {
      suite: row.suite,
      name,
      unit,
      value: amount,
      ci95: [amount, amount],
      samples: [amount],
      ofCeiling: shareOfLimit(unit, [amount], least),
      peers: {},
      warnings: [],
    };
  });
}
