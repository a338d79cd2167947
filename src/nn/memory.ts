// Upper bounds of the memory that a network takes, from its sizes alone. Nothing is allocated, and no layout is made.
// The stored tensors of a block of GPT-2 are, per row: x̂ and x after both norms (4d), query, key, value (3d) and mixed heads, and 2·inner.
// Those of a block with rotary positions are x before and after both norms (4d); query, key, value, each as often as queries share it, and
// mixed heads (4·heads·h), with head norms also what they were given; and 4·inner.
import type { CompleteGpt2Config } from './config.ts';
import type { RotaryConfig } from './rotary/config.ts';

/** The sizes on which memory depends; those of a network with rotary positions have `rotary`. */
export type NetworkSizes = Pick<
  CompleteGpt2Config,
  'vocabulary' | 'context' | 'width' | 'layers' | 'heads' | 'inner'
> & { readonly rotary?: Pick<RotaryConfig, 'keyHeads' | 'headWidth' | 'hasHeadNorms'> };

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
function tensorCount({ layers }: NetworkSizes): number {
  return TENSORS_PER_LAYER * layers + TENSORS_OUTSIDE;
}

/** Numbers in the parameters of a layer; with rotary positions all biases and norms that there can be are counted. */
function numbersPerLayer({ width, heads, inner, rotary }: NetworkSizes): number {
  if (rotary === undefined) return 4 * width * (width + 1) + 2 * width * inner + inner + 5 * width;
  const { keyHeads, headWidth } = rotary;
  const projections = 2 * (heads + keyHeads) * headWidth * (width + 1);
  return projections + 2 * headWidth + 3 * width * inner + 3 * width;
}

/** Returns an upper bound of the bytes of kernel memory of one copy of the parameters. */
export function parameterBytes(sizes: NetworkSizes): number {
  const { vocabulary, context, width, layers, rotary } = sizes;
  const places = rotary === undefined ? context : 0;
  const floats = (vocabulary + places + 2) * width + layers * numbersPerLayer(sizes);
  return BLOCK * FLOAT * floats + 16 * tensorCount(sizes);
}

/** Returns an upper bound of the bytes of the host that hold one copy of the parameters as tensors. */
export function parameterHostBytes(sizes: NetworkSizes): number {
  return HOST_PER_TENSOR * tensorCount(sizes);
}

/**
 * Returns an upper bound of the bytes of kernel memory that a forward pass stores, and that a backward pass with two labels takes
 * beside it.
 * @param rows the number of tokens that go through the network at once
 */
export function passBytes(sizes: NetworkSizes, rows: number): number {
  const { vocabulary, context, width, layers, heads, inner, rotary } = sizes;
  const triangle = heads * context;
  if (rotary !== undefined) {
    const joined = heads * rotary.headWidth;
    const normed = rotary.hasHeadNorms ? (heads + rotary.keyHeads) * rotary.headWidth : 0;
    const perRow = layers * (4 * width + 4 * joined + normed + 4 * inner + triangle);
    const back = 6 * width + 8 * joined + 4 * inner + 4 * triangle + 8 * vocabulary;
    return BLOCK * FLOAT * rows * (perRow + back);
  }
  const stored = layers * (7 * width + 2 * inner + triangle);
  const backward = 14 * width + 2 * inner + 4 * triangle + 8 * vocabulary;
  return BLOCK * FLOAT * rows * (stored + backward);
}

/** Returns an upper bound of the bytes of the host that hold the graph of a forward pass over some rectangles of tokens. */
export function passHostBytes({ layers }: NetworkSizes, rectangles: number): number {
  return 4 * HOST_PER_TENSOR * TENSORS_PER_LAYER * layers * rectangles;
}

/**
 * Returns an upper bound of the bytes of kernel memory that a decoder takes beside the parameters: keys and values, joined projections,
 * and what the tokens of a call need.
 * @param slots the number of sequences that are kept
 * @param rows the number of tokens that are fed in one call
 */
export function decoderBytes(sizes: NetworkSizes, slots: number, rows: number): number {
  const { vocabulary, context, width, layers, heads, inner, rotary } = sizes;
  if (rotary !== undefined) {
    const joined = heads * rotary.headWidth;
    const numbers = 2 * layers * slots * context * joined + context * rotary.headWidth;
    const perToken = 6 * width + 13 * joined + 3 * inner + vocabulary + 2 * rotary.headWidth + 4;
    return BLOCK * FLOAT * (numbers + rows * perToken);
  }
  const kept = 2 * layers * slots * context * width;
  const joined = 3 * layers * width * (width + 1);
  const perRow = 9 * width + inner + vocabulary + 4;
  return BLOCK * FLOAT * (kept + joined + rows * perRow);
}
