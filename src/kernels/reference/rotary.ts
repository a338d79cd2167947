// Rotary positions as plain loops in float64, rounded once when stored.
import { checkRotary } from '../checks.ts';
import type { AttentionSizes, KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';

/** Pairs (x_i, x_{i+h}) of every head turned by the angle of their place. */
export function rotary(
  x: KernelBuffer,
  cosine: KernelBuffer,
  sine: KernelBuffer,
  out: KernelBuffer,
  sizes: AttentionSizes,
): void {
  checkRotary([x, out], [cosine, sine], sizes);
  const { batch, length, heads, width } = sizes;
  const [from, c, s, to] = [x, cosine, sine, out].map(valuesOf);
  const half = width / 2;
  for (let row = 0; row < batch * length; row++) {
    const place = (row % length) * half;
    for (let head = 0; head < heads; head++) {
      const start = (row * heads + head) * width;
      for (let i = 0; i < half; i++) {
        const [a, b] = [from![start + i]!, from![start + half + i]!];
        const [cos, sin] = [c![place + i]!, s![place + i]!];
        to![start + i] = a * cos - b * sin;
        to![start + half + i] = b * cos + a * sin;
      }
    }
  }
}
