// Reading and writing the safetensors format: named arrays of floats ↔ bytes.
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { type ByteSource, bytesInMemory } from './byteSource.ts';
import { parseHeader, type StoredTensor } from './safetensorsHeader.ts';
import {
  ELEMENT_BYTES,
  encodeValues,
  isStoredFloat,
  type StoredFloat,
  type StoredValues,
  storedValues,
  widened,
} from './storedValues.ts';

/** An open file. Its values are converted when they are asked for. */
export interface Safetensors {
  /** Types and shapes by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * The values of a tensor, row-major [size]: a Float64Array for F64, a Float32Array otherwise.
   * @throws InputError if there is no such tensor, or it does not hold floats of a type that is read
   */
  values(name: string): Float32Array | Float64Array;
  /**
   * The values of a tensor in its own type, row-major [size].
   * @throws InputError as `values` does
   */
  stored(name: string): StoredValues;
}

/**
 * Opens the bytes of a safetensors file.
 * @param bytes all of them, or a source of which ranges are read when they are needed
 * @param source the name of the file in messages
 * @throws InputError if the file is damaged, naming the tensor if one is concerned
 */
export function readSafetensors(bytes: Uint8Array | ByteSource, source: string): Safetensors {
  const file = bytes instanceof Uint8Array ? bytesInMemory(bytes) : bytes;
  const { tensors, metadata, dataStart } = parseHeader(file, source);
  const stored = (name: string): StoredValues => {
    const place = tensors.get(name);
    if (place === undefined) throw new InputError(`${source}: there is no tensor ${showValue(name)}`);
    const { dtype, begin, end } = place;
    if (isStoredFloat(dtype)) return storedValues(file.read(dataStart + begin, dataStart + end), dtype);
    throw new InputError(
      `${source}: tensor ${showValue(name)} must be of type F64, F32, F16 or BF16, found ${dtype}`,
    );
  };
  return { tensors, metadata, stored, values: (name) => widened(stored(name)) };
}

/** A tensor to be written. Its values are asked for when it is its turn. */
export interface TensorToWrite {
  readonly shape: Shape;
  values(): ArrayLike<number>;
}

/**
 * The bytes of a safetensors file in pieces, with tensors by name. The header is padded to a multiple of 8 bytes.
 * @param type of all tensors; values are rounded to nearest, ties to even
 * @param metadata free text; readers that follow PyTorch want `{ format: 'pt' }`
 */
export function* writeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  type: StoredFloat,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Generator<Uint8Array> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const width = ELEMENT_BYTES.get(type)!;
  let begin = 0;
  const entries = sorted.map(([name, { shape }]) => {
    const end = begin + width * sizeOf(shape);
    const entry = { dtype: type, shape, data_offsets: [begin, end] };
    begin = end;
    return [name, entry];
  });
  // fromEntries makes own members, whatever they are called.
  const json = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...entries])),
  );
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  yield header;
  for (const [, tensor] of sorted) yield encodeValues(tensor.values(), type);
}
