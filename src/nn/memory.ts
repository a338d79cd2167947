// Upper bounds of the memory that a GPT-2 takes, from its sizes alone. Nothing is allocated, and no layout is made.
// The stored tensors of a block are, per row: x̂ and x after both norms (4d), query, key, value (3d) and mixed heads, and 2·inner.
import type { CompleteGpt2Config } from './config.ts';

/** The sizes on which memory depends. */
export type Gpt2Sizes = Pick<
  CompleteGpt2Config,
  'vocabulary' | 'context' | 'width' | 'layers' | 'heads' | 'inner'
>;

/** Bytes of a number: training and decoding compute in f32. */
const FLOAT = 4;

/** A block of the allocator is at most this much larger than what it holds (see kernels/wasm/sizeClasses.ts). */
const BLOCK = 1.25;

/** Tensors of a layer, and of what is outside the layers. */
const TENSORS_PER_LAYER = 16;
const TENSORS_OUTSIDE = 4;

/** Bytes of a tensor on the host, with its storage and its buffer; measured 330. */
const HOST_PER_TENSOR = 500;

/** The number of tensors that hold the parameters. */
function tensorCount({ layers }: Gpt2Sizes): number {
  return TENSORS_PER_LAYER * layers + TENSORS_OUTSIDE;
}

/** Returns an upper bound of the bytes of kernel memory of one copy of the parameters. */
export function parameterBytes(sizes: Gpt2Sizes): number {
  const { vocabulary, context, width, layers, inner } = sizes;
  const perLayer = 4 * width * (width + 1) + 2 * width * inner + inner + 5 * width;
  const floats = (vocabulary + context + 2) * width + layers * perLayer;
  return BLOCK * FLOAT * floats + 16 * tensorCount(sizes);
}

/** Returns an upper bound of the bytes of the host that hold one copy of the parameters as tensors. */
export function parameterHostBytes(sizes: Gpt2Sizes): number {
  return HOST_PER_TENSOR * tensorCount(sizes);
}

/**
 * Returns an upper bound of the bytes of kernel memory that a forward pass stores, and that a backward pass with two labels takes
 * beside it.
 * @param rows the number of tokens that go through the network at once
 */
export function passBytes(
  { vocabulary, context, width, layers, heads, inner }: Gpt2Sizes,
  rows: number,
): number {
  const triangle = heads * context;
  const stored = layers * (7 * width + 2 * inner + triangle);
  const backward = 14 * width + 2 * inner + 4 * triangle + 8 * vocabulary;
  return BLOCK * FLOAT * rows * (stored + backward);
}

/** Returns an upper bound of the bytes of the host that hold the graph of a forward pass over some rectangles of tokens. */
export function passHostBytes({ layers }: Gpt2Sizes, rectangles: number): number {
  return 4 * HOST_PER_TENSOR * TENSORS_PER_LAYER * layers * rectangles;
}

/**
 * Returns an upper bound of the bytes of kernel memory that a decoder takes beside the parameters: keys and values, joined projections,
 * and what the tokens of a call need.
 * @param slots the number of sequences that are kept
 * @param rows the number of tokens that are fed in one call
 */
export function decoderBytes(
  { vocabulary, context, width, layers, inner }: Gpt2Sizes,
  slots: number,
  rows: number,
): number {
  const kept = 2 * layers * slots * context * width;
  const joined = 3 * layers * width * (width + 1);
  const perRow = 9 * width + inner + vocabulary + 4;
  return BLOCK * FLOAT * (kept + joined + rows * perRow);
}
