// The memory that an attribution needs, from the sizes of the model and of the batch alone: computed before weights are read.
import { checkMemory, type MemoryBytes } from '../base/memory.ts';
import type { ModelConfig } from '../nn/index.ts';
import { type NetworkSizes, parameterBytes, passBytes } from '../nn/memory.ts';
import { FLOW_AT_ONCE, GRADIENTS_AT_ONCE } from './model/influences.ts';
import type { InfluenceScope } from './model/split.ts';
import { LOGITS_AT_ONCE } from './passes/forward.ts';
import { LARGEST_TABLE } from './passes/index.ts';
import type { InputRectangle } from './passes/responseBatch.ts';

/** What the memory of an attribution depends on. */
export interface AttributionDemand {
  readonly config: ModelConfig;
  /** Bytes of the weights as they are kept. */
  readonly weightBytes: number;
  readonly inputs: readonly InputRectangle[];
  /** The number N of response tokens. */
  readonly tokens: number;
  readonly labels: number;
  readonly influence: InfluenceScope;
}

/** Bytes of a number, and of one in a block of the allocator, which may be a quarter larger than what it holds. */
const FLOAT = 4;
const FLOAT_IN_BLOCK = 5;

/** What a process takes before it holds anything: Node, its code, and the heap of a command. */
const BASIS = 200 * 2 ** 20;

/** Tensors of the size of the logits that a sweep through the head makes. */
const LOGITS_COPIES = 4;

function sizesOf(config: ModelConfig): NetworkSizes {
  return 'architecture' in config ? { ...config, rotary: config } : config;
}

/** An upper bound of what the passes take: `host` is everything that the process has, that of the kernels included. */
function demandOf({
  config,
  weightBytes,
  inputs,
  tokens,
  labels,
  influence,
}: AttributionDemand): MemoryBytes {
  const sizes = sizesOf(config);
  const { vocabulary, width, layers } = config;
  const rows = inputs.reduce((sum, { ids }) => sum + ids.length, 0);
  const largest = inputs.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const longest = inputs.reduce((most, { length }) => Math.max(most, length), 0);
  const table = vocabulary * width;
  const one = { ...sizes, layers: 1, vocabulary: 0, context: longest };
  const block = parameterBytes({ ...one, context: 0 }) + (passBytes(one, largest) * (1 + labels)) / 2;
  const atOnce = Math.min(tokens, Math.max(1, Math.floor(LOGITS_AT_ONCE / vocabulary)));
  const head = FLOAT_IN_BLOCK * (table + LOGITS_COPIES * atOnce * vocabulary);
  // Of every block its input, and of the one that is swept the cotangents of all labels before and after it.
  const streams = FLOAT_IN_BLOCK * rows * width * (layers + 2 + 2 * labels);
  const told = influence === 'none' ? 0 : influence === 'groups' ? 1 : labels;
  // Of a large table only the rows that are looked up are held as a direction.
  const held = (table > LARGEST_TABLE ? 0 : table) * (config.tied ? 1 : 2);
  const values = held + (layers * parameterBytes({ ...one, context: 0 })) / FLOAT_IN_BLOCK;
  const flow = told === 0 ? 0 : Math.min(FLOW_AT_ONCE, FLOAT * told * (2 * layers + 3) * rows * width);
  const gradients = Math.min(told * FLOAT * values, GRADIENTS_AT_ONCE);
  const kernel = streams + flow + Math.max(block, head);
  return { kernel, host: BASIS + weightBytes + kernel + gradients };
}

/**
 * Checks that an attribution finds the memory that it needs.
 * @param longest the inputs if no two trajectories went through the network at once
 * @param had what can be had: in the memory of the kernels, and by the whole process
 * @throws InputError saying how much is needed, how much can be had, and what can be lowered
 */
export function checkAttributionMemory(
  demand: AttributionDemand,
  longest: readonly InputRectangle[],
  had: MemoryBytes,
): void {
  checkMemory('attribute', demandOf(demand), had, [
    { name: '--max-tokens', need: demandOf({ ...demand, inputs: longest }) },
    { name: '--influence to none', need: demandOf({ ...demand, influence: 'none' }) },
    { name: 'the number of rollouts', need: demandOf({ ...demand, inputs: longest.slice(0, 1), tokens: 1 }) },
  ]);
}
