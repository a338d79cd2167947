// A transformer that plays both roles on the trajectory tree of a shape. One pass over all histories gives its table of logits.
// Its vocabulary is the V tokens of an attempt, then STOP, RESAMPLE and the prompt. Only the logits of a position's legal tokens
// are used.
import { gather, indices, reshape, slice, type Tensor } from '../autodiff/index.ts';
import { type Gpt2, type Gpt2Config, gpt2 } from '../nn/index.ts';
import type { TrajectoryGraph } from './graph.ts';
import type { PolicyShape } from './shape.ts';
import { digitsInBase } from './shape.ts';
import { compileTree } from './tree.ts';

/** The number of tokens besides those of an attempt: STOP, RESAMPLE and the prompt. */
const EXTRA_TOKENS = 3;

/** The sizes of the network: the width of its embeddings, its layers, and the attention heads of each layer. */
export interface TransformerSizes {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
}

/** Gives the model configuration for a policy of a shape. */
export function transformerConfig(
  { attempts, length, vocabulary }: PolicyShape,
  sizes: TransformerSizes,
): Gpt2Config {
  return {
    vocabulary: vocabulary + EXTRA_TOKENS,
    context: attempts * length + attempts - 1,
    width: sizes.width,
    layers: sizes.layers,
    heads: sizes.heads,
    tied: true,
  };
}

/** A network that plays a policy on a trajectory tree. */
export interface TransformerPolicy {
  readonly graph: TrajectoryGraph;
  readonly model: Gpt2;
  /** Computes the tables of logits, [sampleSlots] and [decisionSlots], from the parameters. */
  readonly tables: (parameters: Record<string, Tensor>) => {
    readonly sample: Tensor;
    readonly decision: Tensor;
  };
}

/** Lists the inputs of every longest trajectory [V^{KL} · T]: the prompt, then tokens with RESAMPLE between attempts. */
function inputs({ attempts, length, vocabulary }: PolicyShape): {
  ids: Int32Array;
  context: number;
  sequences: number;
} {
  const context = attempts * length + attempts - 1;
  const sequences = vocabulary ** (attempts * length);
  const resample = vocabulary + 1;
  const prompt = vocabulary + 2;
  const ids = new Int32Array(sequences * context);
  for (let s = 0; s < sequences; s++) {
    const tokens = digitsInBase(s, vocabulary, attempts * length);
    const sequence = [prompt];
    for (const [i, token] of tokens.entries()) {
      sequence.push(token);
      if ((i + 1) % length === 0) sequence.push(resample);
    }
    ids.set(sequence.slice(0, context), s * context);
  }
  return { ids, context, sequences };
}

/** Finds the row of the network's output that predicts at each node of the tree, by component, in a sequence through the node. */
function outputRows(
  graph: TrajectoryGraph,
  sequences: number,
  context: number,
): Record<'sample' | 'decision', Int32Array> {
  const rows: Record<'sample' | 'decision', number[]> = { sample: [], decision: [] };
  for (const [position, { component, nodes }] of graph.layers.entries()) {
    const stride = sequences / nodes;
    for (let node = 0; node < nodes; node++) rows[component].push(node * stride * context + position);
  }
  return { sample: Int32Array.from(rows.sample), decision: Int32Array.from(rows.decision) };
}

/**
 * Builds the policy of a shape that is played by a network of the given sizes.
 * @throws InputError if the shape has more than MAX_TRAJECTORIES trajectories
 */
export function transformerPolicy(shape: PolicyShape, sizes: TransformerSizes): TransformerPolicy {
  const graph = compileTree(shape);
  const model = gpt2(transformerConfig(shape, sizes));
  const { ids, context, sequences } = inputs(shape);
  const rows = outputRows(graph, sequences, context);
  const V = shape.vocabulary;
  return {
    graph,
    model,
    tables: (parameters) => {
      const width = V + EXTRA_TOKENS;
      const logits = model.logits(parameters, reshape(indices(ids), [sequences, context]));
      const flat = reshape(logits, [sequences * context, width]);
      const table = (at: Int32Array, from: number, to: number): Tensor => {
        const picked = slice(gather(flat, indices(at)), [0, from], [at.length, to]);
        return reshape(picked, [at.length * (to - from)]);
      };
      return { sample: table(rows.sample, 0, V), decision: table(rows.decision, V, V + 2) };
    },
  };
}
