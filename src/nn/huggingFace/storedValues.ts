// Float values to and from the bytes of a file, which are little-endian. So is every machine that runs a WebAssembly
// engine, so typed arrays can be used.
import { BRAIN, HALF } from './narrowFloat.ts';

/** Float types a checkpoint may be stored in. */
export type StoredFloat = 'F64' | 'F32' | 'F16' | 'BF16';

/** Bytes of an element of each type that the format knows. */
export const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ...(['BOOL', 'U8', 'I8', 'F8_E4M3', 'F8_E5M2'] as const).map((type) => [type, 1] as const),
  ...(['U16', 'I16', 'F16', 'BF16'] as const).map((type) => [type, 2] as const),
  ...(['U32', 'I32', 'F32'] as const).map((type) => [type, 4] as const),
  ...(['U64', 'I64', 'F64'] as const).map((type) => [type, 8] as const),
]);

/** Whether values of this type can be read. */
export function isStoredFloat(type: string): type is StoredFloat {
  return type === 'F64' || type === 'F32' || type === 'F16' || type === 'BF16';
}

/** The values of whole elements: Float64Array for F64, Float32Array (exact) for the others. */
export function decodeValues(bytes: Uint8Array, type: StoredFloat): Float32Array | Float64Array {
  // A copy, because typed arrays begin on multiples of their element size. (`slice` does not copy where the bytes are a
  // Buffer of Node.)
  const { buffer } = new Uint8Array(bytes);
  if (type === 'F64') return new Float64Array(buffer);
  if (type === 'F32') return new Float32Array(buffer);
  const format = type === 'F16' ? HALF : BRAIN;
  const bits = new Uint16Array(buffer);
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = format.decode(bits[i]!);
  return values;
}

/** The bytes of values rounded to a type, to nearest, ties to even. */
export function encodeValues(values: ArrayLike<number>, type: StoredFloat): Uint8Array {
  if (type === 'F64') return new Uint8Array(Float64Array.from(values).buffer);
  if (type === 'F32') return new Uint8Array(Float32Array.from(values).buffer);
  const format = type === 'F16' ? HALF : BRAIN;
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = format.encode(values[i]!);
  return new Uint8Array(bits.buffer);
}
