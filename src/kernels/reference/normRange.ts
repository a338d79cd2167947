// Mean and scale of a row of a norm. Where a sum or the squares leave the range of float64, the row is first multiplied by a power of
// two that brings the larger of max|x| and √ε to 1 … 2.

function sumOf(row: Float64Array, term: (x: number) => number): number {
  return row.reduce((sum, x) => sum + term(x), 0);
}

/** 2^−e for 2^e ≤ size < 2^(e+1). */
function inverseSize(size: number): number {
  return 2 ** -Math.max(-1022, Math.min(Math.floor(Math.log2(size)), 1022));
}

function largest(row: Float64Array): number {
  return row.reduce((most, x) => (Math.abs(x) > most ? Math.abs(x) : most), 0);
}

/** The mean of a row [columns]. */
export function meanOf(row: Float64Array): number {
  const mean = sumOf(row, (x) => x) / row.length;
  const most = largest(row);
  if (Number.isFinite(mean) || !Number.isFinite(most)) return mean;
  const power = inverseSize(most);
  return sumOf(row, (x) => x * power) / row.length / power;
}

/** 1/√(mean (x − mean)² + ε) of a row [columns]. */
export function scaleOf(row: Float64Array, mean: number, epsilon: number): number {
  const radicand = sumOf(row, (x) => (x - mean) ** 2) / row.length + epsilon;
  const most = largest(row);
  if ((radicand >= 1e-280 && radicand < Number.POSITIVE_INFINITY) || !Number.isFinite(most)) {
    return 1 / Math.sqrt(radicand);
  }
  const power = inverseSize(Math.max(most, Math.sqrt(epsilon)));
  const scaled = sumOf(row, (x) => (x * power - mean * power) ** 2) / row.length;
  return power / Math.sqrt(scaled + (Math.sqrt(epsilon) * power) ** 2);
}
