// What goes to gpu.js and comes from it: flat arrays with their extents, textures, rows and planes of rows.
import type { GpuJs } from './gpujs.ts';
import type { Texture } from './program.ts';

/** A row [x] or planes of rows [z][y][x] as one array. */
export function joined(planes: unknown): Float32Array {
  if (planes instanceof Float32Array) return planes;
  const rows = (planes as readonly (readonly Float32Array[])[]).flat();
  const flat = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    flat.set(row, at);
    at += row.length;
  }
  return flat;
}

/** Operands as gpu.js takes them. */
export function rawOf(operands: readonly Texture[]): unknown[] {
  return operands.map(({ raw }) => raw);
}

/** Host values [length] that are sent along with a launch. */
export function valuesTexture(gpujs: GpuJs, values: Float32Array): Texture {
  return { raw: gpujs.input(values, [values.length, 1, 1]), delete: () => {} };
}
