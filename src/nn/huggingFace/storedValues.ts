// Float values to and from the bytes of a file, which are little-endian. So is every machine that runs a WebAssembly
// engine, so typed arrays can be used.
import { BRAIN, HALF } from './narrowFloat.ts';

/** Float types a checkpoint may be stored in. */
export type StoredFloat = 'F64' | 'F32' | 'F16' | 'BF16';

/** Values as a file has them, [size]: the bits of 16-bit floats, or the floats themselves. */
export interface StoredValues {
  readonly type: StoredFloat;
  readonly values: Float64Array | Float32Array | Uint16Array;
}

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

/** The values of whole elements, in memory of their own. */
export function storedValues(bytes: Uint8Array, type: StoredFloat): StoredValues {
  // A copy unless nothing else lies in their memory, because typed arrays begin on multiples of their element size. (`slice` does not
  // copy where the bytes are a Buffer of Node.)
  const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  if (type === 'F64') return { type, values: new Float64Array(buffer) };
  if (type === 'F32') return { type, values: new Float32Array(buffer) };
  return { type, values: new Uint16Array(buffer) };
}

let halves: Float32Array | undefined;

/** Every value of a half float by its bits, made when the first is read. */
function halfValues(): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => HALF.decode(bits));
  return halves;
}

/** The values as floats, [size]: Float64Array for F64, Float32Array (exact) for the others. */
export function widened({ type, values }: StoredValues): Float32Array | Float64Array {
  if (!(values instanceof Uint16Array)) return values;
  const wide = new Float32Array(values.length);
  if (type === 'BF16') {
    // A bfloat16 is the upper half of an f32.
    const bits = new Uint32Array(wide.buffer);
    for (let i = 0; i < bits.length; i++) bits[i] = values[i]! << 16;
    return wide;
  }
  const table = halfValues();
  for (let i = 0; i < wide.length; i++) wide[i] = table[values[i]!]!;
  return wide;
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
