// The weights of an opened file as parameters: all of them as tensors, or kept in the type of the file until they are asked for.
import { currentKernels, type FloatType, type Shape, scope, Tensor, tensor } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import type { WeightSource } from '../weights.ts';
import { checkFinite } from './finite.ts';
import type { Safetensors } from './safetensors.ts';
import type { FoundTensor } from './storedNames.ts';
import { type StoredValues, widened } from './storedValues.ts';

/** A parameter as the file has it. */
interface StoredParameter {
  readonly path: string;
  readonly shape: Shape;
  readonly stored: StoredValues;
}

type Values = StoredValues['values'];

/** `parts` blocks of equal width, side by side along the last axis, as arrays of their own. */
function separate<A extends Values>(values: A, columns: number, parts: number): A[] {
  if (parts === 1) return [values];
  const rows = values.length / columns;
  const width = columns / parts;
  return Array.from({ length: parts }, (_, part) => {
    const own = values.slice(0, rows * width) as A;
    for (let r = 0; r < rows; r++) {
      const start = r * columns + part * width;
      own.set(values.subarray(start, start + width), r * width);
    }
    return own;
  });
}

/** The parameters in a file, one tensor of the file after the other. */
function* parametersIn(
  file: Safetensors,
  found: readonly FoundTensor[],
  source: string,
): Generator<StoredParameter> {
  for (const { stored: name, shape, parts } of found) {
    const { type, values } = file.stored(name);
    checkFinite({ type, values }, `${source}: tensor ${showValue(name)}`);
    const columns = shape.at(-1)!;
    const own = [...shape.slice(0, -1), columns / parts.length];
    const arrays = separate(values, columns, parts.length);
    for (const [i, path] of parts.entries()) {
      yield { path, shape: own, stored: { type, values: arrays[i]! } };
    }
  }
}

/**
 * All parameters in a file as tensors, read tensor by tensor: beside them one tensor of the file is in memory.
 * @param found the tensors that hold them
 * @param source the name of the file in messages
 * @param dtype of the parameters; values are rounded to it
 * @returns by path, in the order of the file's tensors
 * @throws InputError naming a tensor that does not hold finite floats, or the file if it cannot be read
 */
export function readParameters(
  file: Safetensors,
  found: readonly FoundTensor[],
  source: string,
  dtype: FloatType,
): Record<string, Tensor> {
  // A scope frees what was made before a tensor that cannot be read.
  return scope(() => {
    const parameters: Record<string, Tensor> = {};
    for (const { path, shape, stored } of parametersIn(file, found, source)) {
      parameters[path] = tensorOf(stored, shape, dtype);
    }
    return parameters;
  });
}

/** How many values are converted at once: the wide copy on the host is 1 MiB, whatever the tensor. */
const CONVERTED_AT_ONCE = 2 ** 18;

/** Stored values as a tensor. Of 16-bit floats there is never a wide copy beside it. */
function tensorOf({ type, values }: StoredValues, shape: Shape, dtype: FloatType): Tensor {
  if (!(values instanceof Uint16Array) || values.length <= CONVERTED_AT_ONCE)
    return tensor(widened({ type, values }), { shape, dtype });
  const kernels = currentKernels();
  const whole = Tensor.allocate(kernels, dtype, [...shape], 'weights');
  for (let from = 0; from < values.length; from += CONVERTED_AT_ONCE) {
    const some = widened({ type, values: values.subarray(from, from + CONVERTED_AT_ONCE) });
    scope(() => {
      const part = tensor(some, { shape: [some.length], dtype });
      kernels.scatterStrided(part.buffer, whole.buffer, [some.length], [1], from);
    });
  }
  return whole;
}

/** Values in the type of the file, or in `dtype` if that is narrower. */
function keptAs({ type, values }: StoredValues, dtype: FloatType): StoredValues {
  return type === 'F64' && dtype === 'f32'
    ? { type: 'F32', values: Float32Array.from(values) }
    : { type, values };
}

/**
 * All parameters in a file, kept in the type of the file and converted to `dtype` whenever they are asked for: a model in bfloat16 takes
 * half of what its tensors would take. Bfloat16 and half floats become f32 exactly.
 * @param found the tensors that hold them
 * @param source the name of the file in messages
 * @param dtype of the tensors that are given
 * @throws InputError naming a tensor that does not hold finite floats, or the file if it cannot be read
 */
export function narrowWeights(
  file: Safetensors,
  found: readonly FoundTensor[],
  source: string,
  dtype: FloatType,
): WeightSource {
  const kept = new Map<string, Omit<StoredParameter, 'path'>>();
  for (const { path, shape, stored } of parametersIn(file, found, source)) {
    kept.set(path, { shape, stored: keptAs(stored, dtype) });
  }
  return {
    dtype,
    load: (paths) =>
      Object.fromEntries(
        paths.map((path): [string, Tensor] => {
          const own = kept.get(path);
          if (own === undefined) throw new InputError(`${source}: there is no parameter ${showValue(path)}`);
          return [path, tensorOf(own.stored, own.shape, dtype)];
        }),
      ),
  };
}
