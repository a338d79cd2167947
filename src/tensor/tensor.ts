// A tensor: a type, a shape, and memory of the backend that several tensors may share. Values never change once made.
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import type { DType, HostArray, KernelBuffer, Kernels } from '../kernels/interface.ts';
import { currentKernels } from './backend.ts';
import { enlist, type Member } from './frame.ts';
import { NO_LEVEL } from './level.ts';
import { flattenNested, type Nested } from './nested.ts';
import { checkShape, type Shape, sizeOf } from './shape.ts';
import { Storage } from './storage.ts';

/** What decides whether two tensors fit together. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** What the engine hangs on a tensor it tracks; the rest of a node belongs to the autodiff floor. */
export interface GraphNode {
  /** Ascends with time: a node's id is larger than those it was made from. */
  readonly id: number;
  /** The smallest level of a transform this depends on. */
  readonly level: number;
}

/** What vmap hangs on a tensor that stands for a stack of examples; the rest belongs to the autodiff floor. */
export interface ExampleLink {
  readonly batch: { readonly level: number };
}

/**
 * Values of one type and shape in the memory of a backend. `tensor`, `zeros`, … and the ops make them; their values never change.
 */
export class Tensor implements Member, TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly size: number;
  /** The op or function that made it. */
  readonly origin: string;
  /** Set by the engine on tensors that depend on a parameter of a running transform. */
  node: GraphNode | undefined = undefined;
  /** Set by the engine: the smallest level of a transform whose graph needs this tensor. */
  held: number = NO_LEVEL;
  /** Set by vmap on tensors that stand for a stack of examples. */
  exampleOf: ExampleLink | undefined = undefined;
  #storage: Storage | undefined;
  #end = '';

  /** For the engine; programs call `tensor`, `zeros`, `full`, or an op. */
  constructor(storage: Storage, shape: Shape, origin: string) {
    this.dtype = storage.buffer.dtype;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.origin = origin;
    this.#storage = storage;
    storage.retain();
    enlist(this);
  }

  /** A new tensor of a shape with undefined values, for an op to fill. */
  static allocate(kernels: Kernels, dtype: DType, shape: Shape, origin: string): Tensor {
    return new Tensor(new Storage(kernels, dtype, sizeOf(shape)), shape, origin);
  }

  /** Another tensor on the same memory. `shape` must have as many elements. */
  share(shape: Shape, origin: string): Tensor {
    const other = new Tensor(this.storage, shape, origin);
    other.exampleOf = this.exampleOf;
    return other;
  }

  /** @throws Error if the tensor was disposed or its scope has ended */
  get storage(): Storage {
    if (this.#storage === undefined) {
      throw new Error(
        `the tensor ${showShape(this.shape)} made by ${this.origin} was used after ${this.#end}`,
      );
    }
    return this.#storage;
  }

  /**
   * The memory, for kernels.
   * @throws InputError on an example inside vmap: its values lie in a stack
   */
  get buffer(): KernelBuffer {
    if (this.exampleOf !== undefined) {
      throw new InputError(
        `vmap: the values of ${showShape(this.shape)} made by ${this.origin} cannot be read inside the function`,
      );
    }
    return this.storage.buffer;
  }

  /** A copy of the values, row-major: [size]. */
  readSync(): HostArray {
    return this.#indices?.slice() ?? this.storage.kernels.readSync(this.buffer);
  }

  /** The same [size] for backends that cannot answer at once. */
  async read(): Promise<HostArray> {
    return this.#indices?.slice() ?? this.storage.kernels.read(this.buffer);
  }

  /** Known on the host, but not of an example inside vmap. */
  get #indices(): Int32Array | undefined {
    return this.exampleOf === undefined ? this.storage.indices : undefined;
  }

  /**
   * The value of a tensor with one element.
   * @throws ShapeError if it has another number of elements
   */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(`item: expected one element, found shape ${showShape(this.shape)}`);
    return this.readSync()[0]!;
  }

  /** Frees the memory now; the tensor must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#free('dispose()');
  }

  /** What a scope calls at its end. */
  endWithScope(): void {
    this.#free('its scope ended');
  }

  #free(end: string): void {
    if (this.#storage === undefined) return;
    this.#storage.release();
    this.#storage = undefined;
    this.#end = end;
  }
}

/** Type and shape of a tensor that is made from host values. */
export interface TensorOptions {
  /** Left out: the nesting of the values. */
  readonly shape?: Shape;
  /** Left out: `f64`. */
  readonly dtype?: DType;
}

function fromValues(values: ArrayLike<number>, dtype: DType, shape: Shape, origin: string): Tensor {
  const result = Tensor.allocate(currentKernels(), dtype, shape, origin);
  result.storage.kernels.write(result.buffer, values);
  if (dtype === 'i32') result.storage.indices = Int32Array.from(values);
  return result;
}

/**
 * A tensor of given values: a number (shape []), a flat or typed array, or nested arrays.
 * @throws ShapeError if the nesting is ragged or the number of values does not fit the shape
 * @example
 * ```ts
 * import { tensor } from 'gradsplit/autodiff';
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.shape; // → [2, 3]
 * x.dtype; // → 'f64'
 * tensor([1, 2, 3, 4], { shape: [2, 2], dtype: 'f32' }).readSync(); // → [1, 2, 3, 4]
 * ```
 */
export function tensor(values: Nested, options: TensorOptions = {}): Tensor {
  const nested = flattenNested(values);
  const shape = options.shape ?? nested.shape;
  checkShape('tensor', shape);
  if (sizeOf(shape) !== nested.values.length) {
    throw new ShapeError(
      `tensor: shape ${showShape(shape)} needs ${sizeOf(shape)} values, found ${nested.values.length}`,
    );
  }
  return fromValues(nested.values, options.dtype ?? 'f64', [...shape], 'tensor');
}

/**
 * A list of indices: i32, shape [n].
 * @throws InputError if a value is not a 32-bit integer
 * @example
 * ```ts
 * import { indices } from 'gradsplit/autodiff';
 * indices([2, 0]).dtype; // → 'i32'
 * ```
 */
export function indices(values: ArrayLike<number>): Tensor {
  for (let i = 0; i < values.length; i++) {
    if ((values[i]! | 0) !== values[i]!) {
      throw new InputError(`indices: expected 32-bit integers, found ${values[i]} at position ${i}`);
    }
  }
  return fromValues(values, 'i32', [values.length], 'indices');
}

function filled(shape: Shape, value: number, dtype: DType, origin: string): Tensor {
  checkShape(origin, shape);
  const result = Tensor.allocate(currentKernels(), dtype, [...shape], origin);
  result.storage.kernels.fill(result.buffer, value);
  return result;
}

/**
 * A tensor of the given shape with every element `value`.
 * @throws ShapeError unless every axis of the shape is an integer ≥ 0
 * @example
 * ```ts
 * import { full } from 'gradsplit/autodiff';
 * full([2, 2], 7).readSync(); // → [7, 7, 7, 7]
 * ```
 */
export function full(shape: Shape, value: number, dtype: DType = 'f64'): Tensor {
  return filled(shape, value, dtype, 'full');
}

/**
 * A tensor of the given shape with every element 0.
 * @throws ShapeError unless every axis of the shape is an integer ≥ 0
 * @example
 * ```ts
 * import { zeros } from 'gradsplit/autodiff';
 * zeros([2], 'f32').readSync(); // → [0, 0]
 * ```
 */
export function zeros(shape: Shape, dtype: DType = 'f64'): Tensor {
  return filled(shape, 0, dtype, 'zeros');
}

/**
 * A tensor of the given shape with every element 1.
 * @throws ShapeError unless every axis of the shape is an integer ≥ 0
 * @example
 * ```ts
 * import { ones } from 'gradsplit/autodiff';
 * ones([2], 'f32').readSync(); // → [1, 1]
 * ```
 */
export function ones(shape: Shape, dtype: DType = 'f64'): Tensor {
  return filled(shape, 1, dtype, 'ones');
}
