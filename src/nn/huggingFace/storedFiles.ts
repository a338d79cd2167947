// Parameters as the file of a folder.
import type { Tensor } from '../../autodiff/index.ts';
import { type TensorToWrite, writeSafetensors } from './safetensors.ts';
import { HEAD_NAME, type StoredNames } from './storedNames.ts';
import type { StoredFloat } from './storedValues.ts';

/** The contents of the two files of a checkpoint folder. */
export interface ModelFiles {
  /** Text of config.json. */
  readonly config: string;
  /** Bytes of model.safetensors in pieces, made while they are asked for. */
  readonly weights: Iterable<Uint8Array>;
}

function joined(parts: readonly Tensor[]): ArrayLike<number> {
  const arrays = parts.map((part) => part.readSync());
  if (arrays.length === 1) return arrays[0]!;
  const width = parts[0]!.shape.at(-1)!;
  const columns = width * parts.length;
  const all = new Float64Array(parts[0]!.size * parts.length);
  for (let i = 0; i < all.length; i++) {
    const column = i % columns;
    const row = (i - column) / columns;
    all[i] = arrays[Math.floor(column / width)]![row * width + (column % width)]!;
  }
  return all;
}

/**
 * The bytes of model.safetensors in pieces, made while they are asked for.
 * @param parameters by path; those that the names ask for must be there
 * @param type of the stored values, which are rounded to nearest, ties to even
 */
export function weightFile(
  { tensors, prefix }: StoredNames,
  parameters: Readonly<Record<string, Tensor>>,
  type: StoredFloat,
): Iterable<Uint8Array> {
  const named = [...tensors()].map(({ name, shape, parts }): [string, TensorToWrite] => [
    name === HEAD_NAME ? name : `${prefix}${name}`,
    { shape, values: () => joined(parts.map((path) => parameters[path]!)) },
  ]);
  return writeSafetensors(new Map(named), type);
}
