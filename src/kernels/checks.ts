// What every backend checks before it computes: element types and lengths. A violation is a defect of the caller, so
// these throw plain errors that name the kernel and the lengths. A few comparisons per call, never a loop over data.
import type {
  AttentionSizes,
  CacheSizes,
  KernelBuffer,
  LinearSizes,
  MatmulForm,
  MatmulSizes,
  NormSizes,
} from './operands.ts';

function show(buffer: KernelBuffer): string {
  return `${buffer.dtype}[${buffer.length}]`;
}

/** Two buffers of one element type. */
export function sameType(kernel: string, a: KernelBuffer, b: KernelBuffer): void {
  if (a.dtype !== b.dtype) throw new Error(`${kernel}: element types differ: ${show(a)} and ${show(b)}`);
}

/** A buffer of a float type. */
export function float(kernel: string, buffer: KernelBuffer): void {
  if (buffer.dtype === 'i32') throw new Error(`${kernel}: expected f32 or f64, found ${show(buffer)}`);
}

/** A buffer with so many elements. */
export function hasLength(kernel: string, name: string, buffer: KernelBuffer, expected: number): void {
  if (buffer.length !== expected) {
    throw new Error(`${kernel}: ${name} should have ${expected} elements, found ${show(buffer)}`);
  }
}

function isSize(kernel: string, name: string, size: number): void {
  if (!Number.isInteger(size) || size < 0) {
    throw new Error(`${kernel}: ${name} should be a non-negative integer, found ${size}`);
  }
}

/** Length of a new buffer. */
export function checkAllocate(length: number): void {
  isSize('allocate', 'length', length);
}

/** Host values against the buffer they are written to. */
export function checkWrite(buffer: KernelBuffer, values: ArrayLike<number>): void {
  hasLength('write', 'the buffer', buffer, values.length);
}

/** Element-wise kernels: float operands and out of one type and length. */
export function checkElementwise(kernel: string, out: KernelBuffer, ...operands: KernelBuffer[]): void {
  float(kernel, out);
  for (let i = 0; i < operands.length; i++) {
    sameType(kernel, operands[i]!, out);
    hasLength(kernel, `operand ${i + 1}`, operands[i]!, out.length);
  }
}

/** x [outer, axis, inner] → out [outer, inner]. */
export function checkReduce(
  kernel: string,
  x: KernelBuffer,
  out: KernelBuffer,
  outer: number,
  axis: number,
  inner: number,
): void {
  float(kernel, out);
  sameType(kernel, x, out);
  isSize(kernel, 'outer', outer);
  isSize(kernel, 'axis', axis);
  isSize(kernel, 'inner', inner);
  hasLength(kernel, 'x', x, outer * axis * inner);
  hasLength(kernel, 'out', out, outer * inner);
}

/** x [rows, columns] → out with `perRow` elements a row. */
export function checkRows(
  kernel: string,
  x: KernelBuffer,
  out: KernelBuffer,
  rows: number,
  columns: number,
  perRow: number,
): void {
  float(kernel, out);
  sameType(kernel, x, out);
  isSize(kernel, 'rows', rows);
  isSize(kernel, 'columns', columns);
  hasLength(kernel, 'x', x, rows * columns);
  hasLength(kernel, 'out', out, rows * perRow);
}

/** Operands of a layer norm, named: wide ones have rows · columns elements, narrow ones `columns`. */
export function checkNorm(
  kernel: string,
  wide: readonly KernelBuffer[],
  narrow: readonly KernelBuffer[],
  { rows, columns }: NormSizes,
): void {
  isSize(kernel, 'rows', rows);
  isSize(kernel, 'columns', columns);
  float(kernel, wide[0]!);
  for (const buffer of [...wide, ...narrow]) sameType(kernel, buffer, wide[0]!);
  for (const buffer of wide) hasLength(kernel, 'an operand', buffer, rows * columns);
  for (const buffer of narrow) hasLength(kernel, 'an operand of one row', buffer, columns);
}

/** @throws Error unless a window is left out or has at least the place itself */
function checkWindow(kernel: string, window: number | undefined): void {
  if (window !== undefined && !(Number.isInteger(window) && window >= 1))
    throw new Error(`${kernel}: window should be an integer of at least 1, found ${window}`);
}

/** Operands of attention: rows of batch·length·heads·width elements, triangles of batch·length·heads·length. */
export function checkAttention(
  kernel: string,
  rows: readonly KernelBuffer[],
  triangle: KernelBuffer,
  { batch, heads, length, width, window }: AttentionSizes,
): void {
  float(kernel, triangle);
  checkWindow(kernel, window);
  isSize(kernel, 'batch', batch);
  isSize(kernel, 'heads', heads);
  isSize(kernel, 'length', length);
  isSize(kernel, 'width', width);
  for (const buffer of rows) {
    sameType(kernel, buffer, triangle);
    hasLength(kernel, 'an operand', buffer, batch * length * heads * width);
  }
  hasLength(kernel, 'the triangle', triangle, batch * length * heads * length);
}

/** Rows [batch·length, heads·width] with an even width, tables [length, width/2]. */
export function checkRotary(
  rows: readonly KernelBuffer[],
  tables: readonly KernelBuffer[],
  { batch, heads, length, width }: AttentionSizes,
): void {
  const kernel = 'rotary';
  isSize(kernel, 'batch', batch);
  isSize(kernel, 'heads', heads);
  isSize(kernel, 'length', length);
  isSize(kernel, 'half of the width', width / 2);
  float(kernel, rows[0]!);
  for (const buffer of [...rows, ...tables]) sameType(kernel, buffer, rows[0]!);
  for (const buffer of rows) hasLength(kernel, 'an operand', buffer, batch * length * heads * width);
  for (const buffer of tables) hasLength(kernel, 'a table', buffer, (length * width) / 2);
}

/** x [rows, 3·d], keys and values [slots·context·d], slots and places i32 [rows], out [rows, d]. */
export function checkCached(
  x: KernelBuffer,
  keys: KernelBuffer,
  values: KernelBuffer,
  slots: KernelBuffer,
  places: KernelBuffer,
  out: KernelBuffer,
  sizes: CacheSizes,
): void {
  const kernel = 'cachedAttention';
  const columns = sizes.heads * sizes.width;
  const cache = sizes.slots * sizes.context * columns;
  float(kernel, out);
  const { window, ...counts } = sizes;
  checkWindow(kernel, window);
  for (const [name, size] of Object.entries(counts)) isSize(kernel, name, size);
  for (const buffer of [x, keys, values]) sameType(kernel, buffer, out);
  hasLength(kernel, 'x', x, 3 * sizes.rows * columns);
  hasLength(kernel, 'keys', keys, cache);
  hasLength(kernel, 'values', values, cache);
  hasLength(kernel, 'out', out, sizes.rows * columns);
  for (const [name, buffer] of [['slots', slots] as const, ['places', places] as const]) {
    if (buffer.dtype !== 'i32') throw new Error(`${kernel}: ${name} should be i32, found ${show(buffer)}`);
    hasLength(kernel, name, buffer, sizes.rows);
  }
}

/** The error for a row whose slot or place does not exist. */
export function cacheError(row: number, slot: number, place: number, sizes: CacheSizes): Error {
  return new Error(
    `cachedAttention: row ${row} belongs to place ${place} of slot ${slot}, but there are ${sizes.context} places and ` +
      `${sizes.slots} slots`,
  );
}

/** x [rows, columns], targets i32 [rows] and float operands of one element a row. */
export function checkTargets(
  kernel: string,
  x: KernelBuffer,
  targets: KernelBuffer,
  perRow: KernelBuffer,
  rows: number,
  columns: number,
): void {
  checkRows(kernel, x, perRow, rows, columns, 1);
  if (targets.dtype !== 'i32') throw new Error(`${kernel}: targets should be i32, found ${show(targets)}`);
  hasLength(kernel, 'targets', targets, rows);
}

/** The error for a target out of range. */
export function targetError(kernel: string, position: number, target: number, columns: number): Error {
  return new Error(`${kernel}: targets[${position}] = ${target} is not in [0, ${columns})`);
}

/** A, B and out of a batched product. */
export function checkMatmul(
  form: MatmulForm,
  a: KernelBuffer,
  b: KernelBuffer,
  out: KernelBuffer,
  { batch, m, n, k }: MatmulSizes,
): void {
  const kernel = `matmul ${form}`;
  float(kernel, out);
  sameType(kernel, a, out);
  sameType(kernel, b, out);
  isSize(kernel, 'batch', batch);
  isSize(kernel, 'm', m);
  isSize(kernel, 'n', n);
  isSize(kernel, 'k', k);
  hasLength(kernel, 'a', a, batch * m * k);
  hasLength(kernel, 'b', b, batch * k * n);
  hasLength(kernel, 'out', out, batch * m * n);
}

/** x, weight, bias and out of an affine map. */
export function checkLinear(
  x: KernelBuffer,
  weight: KernelBuffer,
  bias: KernelBuffer,
  out: KernelBuffer,
  { m, n, k }: LinearSizes,
): void {
  float('linear', out);
  for (const operand of [x, weight, bias]) sameType('linear', operand, out);
  isSize('linear', 'm', m);
  isSize('linear', 'n', n);
  isSize('linear', 'k', k);
  hasLength('linear', 'x', x, m * k);
  hasLength('linear', 'weight', weight, k * n);
  hasLength('linear', 'bias', bias, n);
  hasLength('linear', 'out', out, m * n);
}

/** The operands of an affine map and what it is added to. */
export function checkLinearAdd(
  x: KernelBuffer,
  weight: KernelBuffer,
  bias: KernelBuffer,
  residual: KernelBuffer,
  out: KernelBuffer,
  sizes: LinearSizes,
): void {
  checkLinear(x, weight, bias, out, sizes);
  sameType('linearAdd', residual, out);
  hasLength('linearAdd', 'residual', residual, sizes.m * sizes.n);
}

/** table [rows, width], indices [count], slices [count, width]; returns rows. */
export function checkGather(
  kernel: string,
  table: KernelBuffer,
  indices: KernelBuffer,
  slices: KernelBuffer,
  width: number,
): number {
  float(kernel, table);
  sameType(kernel, table, slices);
  isSize(kernel, 'width', width);
  if (indices.dtype !== 'i32') throw new Error(`${kernel}: indices should be i32, found ${show(indices)}`);
  hasLength(kernel, 'the list of slices', slices, indices.length * width);
  const rows = width === 0 ? 0 : table.length / width;
  if (!Number.isInteger(rows)) {
    throw new Error(`${kernel}: a table ${show(table)} cannot have rows of width ${width}`);
  }
  return rows;
}

/** The error for an index out of range. */
export function indexError(kernel: string, position: number, index: number, rows: number): Error {
  return new Error(`${kernel}: indices[${position}] = ${index} is not in [0, ${rows})`);
}

/** dense [shape] against a strided view of `strided`: every offset the view reaches lies inside. */
export function checkStrided(
  kernel: string,
  dense: KernelBuffer,
  strided: KernelBuffer,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): void {
  sameType(kernel, dense, strided);
  if (shape.length !== strides.length) {
    throw new Error(`${kernel}: shape has ${shape.length} axes, strides ${strides.length}`);
  }
  let count = 1;
  let lowest = offset;
  let highest = offset;
  for (let d = 0; d < shape.length; d++) {
    isSize(kernel, `shape[${d}]`, shape[d]!);
    count *= shape[d]!;
    const reach = (shape[d]! - 1) * strides[d]!;
    if (reach < 0) lowest += reach;
    else highest += reach;
  }
  hasLength(kernel, 'the dense buffer', dense, count);
  if (count > 0 && !(lowest >= 0 && highest < strided.length)) {
    throw new Error(
      `${kernel}: shape [${shape.join(', ')}] with strides [${strides.join(', ')}] and offset ${offset} ` +
        `reaches ${lowest}…${highest}, outside ${show(strided)}`,
    );
  }
}
