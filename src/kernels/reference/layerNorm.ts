// Layer norm of rows and its adjoints as plain loops in float64, rounded once when stored.
//   x̂ = (x − μ)·r with μ = mean x, r = 1/√(mean (x − μ)² + ε);   y = x̂·γ + β;
//   x̄ = r·(g − mean g − x̂·mean(g·x̂)) with g = ȳ·γ;   γ̄ = Σ_rows ȳ·x̂.
import { checkNorm } from '../checks.ts';
import type { KernelBuffer, NormSizes } from '../interface.ts';
import { valuesOf } from './memory.ts';
import { meanOf, scaleOf } from './normRange.ts';

/** x̂ of one row, and r. */
function normalised(
  values: ArrayLike<number>,
  start: number,
  { columns, epsilon }: NormSizes,
): { row: Float64Array; scale: number } {
  const row = Float64Array.from({ length: columns }, (_, c) => values[start + c]!);
  const mean = meanOf(row);
  const scale = scaleOf(row, mean, epsilon);
  return { row: row.map((x) => (x - mean) * scale), scale };
}

/** out = x̂·gamma + beta. */
export function layerNorm(
  x: KernelBuffer,
  gamma: KernelBuffer,
  beta: KernelBuffer,
  out: KernelBuffer,
  sizes: NormSizes,
): void {
  checkNorm('layerNorm', [x, out], [gamma, beta], sizes);
  const [from, scales, shifts, to] = [x, gamma, beta, out].map(valuesOf);
  for (let r = 0; r < sizes.rows; r++) {
    const start = r * sizes.columns;
    normalised(from!, start, sizes).row.forEach((value, c) => {
      to![start + c] = value * scales![c]! + shifts![c]!;
    });
  }
}

/** The cotangent of x. */
export function layerNormVjp(
  x: KernelBuffer,
  gamma: KernelBuffer,
  cotangent: KernelBuffer,
  out: KernelBuffer,
  sizes: NormSizes,
): void {
  checkNorm('layerNormVjp', [x, cotangent, out], [gamma], sizes);
  const [from, scales, along, to] = [x, gamma, cotangent, out].map(valuesOf);
  const { rows, columns } = sizes;
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    const { row, scale } = normalised(from!, start, sizes);
    const g = row.map((_, c) => along![start + c]! * scales![c]!);
    const mean = g.reduce((sum, value) => sum + value, 0) / columns;
    const meanAlong = g.reduce((sum, value, c) => sum + value * row[c]!, 0) / columns;
    for (let c = 0; c < columns; c++) to![start + c] = scale * (g[c]! - mean - row[c]! * meanAlong);
  }
}

/** The cotangent of gamma. */
export function layerNormScaleVjp(
  x: KernelBuffer,
  cotangent: KernelBuffer,
  out: KernelBuffer,
  sizes: NormSizes,
): void {
  checkNorm('layerNormScaleVjp', [x, cotangent], [out], sizes);
  const [from, along] = [x, cotangent].map(valuesOf);
  const total = new Float64Array(sizes.columns);
  for (let r = 0; r < sizes.rows; r++) {
    const start = r * sizes.columns;
    normalised(from!, start, sizes).row.forEach((value, c) => {
      total[c]! += value * along![start + c]!;
    });
  }
  valuesOf(out).set(total);
}
