// RMS norm of rows and its adjoints as plain loops in float64, rounded once when stored.
//   x̂ = x·r with r = 1/√(mean x² + ε);   y = x̂·γ;   x̄ = r·(g − x̂·mean(g·x̂)) with g = ȳ·γ;   γ̄ = Σ_rows ȳ·x̂.
import { checkNorm } from '../checks.ts';
import type { KernelBuffer, NormSizes } from '../interface.ts';
import { valuesOf } from './memory.ts';
import { scaleOf } from './normRange.ts';

/** x̂ of one row, and r. */
function normalised(
  values: ArrayLike<number>,
  start: number,
  { columns, epsilon }: NormSizes,
): { row: Float64Array; scale: number } {
  const row = Float64Array.from({ length: columns }, (_, c) => values[start + c]!);
  const scale = scaleOf(row, 0, epsilon);
  return { row: row.map((x) => x * scale), scale };
}

/** out = x̂·gamma. */
export function rmsNorm(x: KernelBuffer, gamma: KernelBuffer, out: KernelBuffer, sizes: NormSizes): void {
  checkNorm('rmsNorm', [x, out], [gamma], sizes);
  const [from, scales, to] = [x, gamma, out].map(valuesOf);
  for (let r = 0; r < sizes.rows; r++) {
    const start = r * sizes.columns;
    normalised(from!, start, sizes).row.forEach((value, c) => {
      to![start + c] = value * scales![c]!;
    });
  }
}

/** The cotangent of x. */
export function rmsNormVjp(
  x: KernelBuffer,
  gamma: KernelBuffer,
  cotangent: KernelBuffer,
  out: KernelBuffer,
  sizes: NormSizes,
): void {
  checkNorm('rmsNormVjp', [x, cotangent, out], [gamma], sizes);
  const [from, scales, along, to] = [x, gamma, cotangent, out].map(valuesOf);
  const { rows, columns } = sizes;
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    const { row, scale } = normalised(from!, start, sizes);
    const g = row.map((_, c) => along![start + c]! * scales![c]!);
    const mean = g.reduce((sum, value, c) => sum + value * row[c]!, 0) / columns;
    for (let c = 0; c < columns; c++) to![start + c] = scale * (g[c]! - row[c]! * mean);
  }
}

/** The cotangent of gamma. */
export function rmsNormScaleVjp(
  x: KernelBuffer,
  cotangent: KernelBuffer,
  out: KernelBuffer,
  sizes: NormSizes,
): void {
  checkNorm('rmsNormScaleVjp', [x, cotangent], [out], sizes);
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
