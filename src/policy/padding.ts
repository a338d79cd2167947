// The padding construction: a family of policies indexed by the attempt length L with the same meaning. The first token
// of an attempt decides the outcome; the other L − 1 tokens come from one fixed distribution that touches neither reward
// nor decisions. Histories with equal first tokens form one class, so that L = 1 000 is as easy as L = 1.
import { type RandomStream, randomStream } from '../base/random.ts';
import { RESAMPLE } from './component.ts';
import { compileGraph, type LayerSpec, type TrajectoryGraph } from './graph.ts';
import { digitsInBase } from './shape.ts';
import type { PolicyLogits } from './tabular.ts';

/** The logits of one player (the policy, its reference, or a data distribution), which are the same for every L. */
export interface PaddingLogits {
  /** The logits of first tokens [classes · V]: one row per sequence of earlier first tokens, ordered by attempt. */
  readonly first: Float64Array;
  /** The logits of decisions [decisions · 2]: one row per sequence of first tokens so far, ordered by attempt. */
  readonly decision: Float64Array;
  /** The logits of every padding token [V]. */
  readonly padding: Float64Array;
}

/** A family of policies indexed by L: three players that differ everywhere, and a reward for the first token of the last attempt. */
export interface PaddingFamily {
  readonly attempts: number;
  readonly vocabulary: number;
  readonly policy: PaddingLogits;
  readonly reference: PaddingLogits;
  readonly data: PaddingLogits;
  readonly target: number;
  readonly attemptCost: number;
}

/** Tells whether all padding positions share one row of parameters (`tied`), or each position has its own (`untied`). */
export type PaddingTying = 'tied' | 'untied';

/** A member of a padding family on its trajectory graph. */
export interface PaddingMember {
  readonly graph: TrajectoryGraph;
  /** The reward R(τ) of every leaf [leaves]. */
  readonly reward: Float64Array;
  /** The mask of padding tokens [edges]: 1 on their edges, 0 elsewhere. */
  readonly isPadding: Uint8Array;
  /** Gives the table of logits [slots] of one of the players. */
  readonly table: (player: PaddingLogits) => Float64Array;
  /** The first slot of the padding rows. */
  readonly paddingSlot: number;
}

/** Computes the sum 1 + V + … + V^(n−1). */
function geometric(vocabulary: number, n: number): number {
  return (vocabulary ** n - 1) / (vocabulary - 1);
}

function normals(random: RandomStream, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => random.normal());
}

function drawLogits(random: RandomStream, attempts: number, vocabulary: number): PaddingLogits {
  const classes = geometric(vocabulary, attempts);
  return {
    first: normals(random, classes * vocabulary),
    decision: normals(random, (classes - 1) * 2),
    padding: normals(random, vocabulary),
  };
}

/** Draws a generic padding family with K attempts over V tokens. */
export function paddingFamily(attempts: number, vocabulary: number, seed: number): PaddingFamily {
  const random = randomStream(seed, 'padding');
  return {
    attempts,
    vocabulary,
    policy: drawLogits(random.split('policy'), attempts, vocabulary),
    reference: drawLogits(random.split('reference'), attempts, vocabulary),
    data: drawLogits(random.split('data'), attempts, vocabulary),
    target: random.split('target').integer(vocabulary),
    attemptCost: 0.05,
  };
}

/** Restricts a padding family to its first attempts and drops the rows of later ones. */
export function withAttempts(family: PaddingFamily, attempts: number): PaddingFamily {
  const classes = geometric(family.vocabulary, attempts);
  const cut = ({ first, decision, padding }: PaddingLogits): PaddingLogits => ({
    first: first.slice(0, classes * family.vocabulary),
    decision: decision.slice(0, (classes - 1) * 2),
    padding,
  });
  const { policy, reference, data } = family;
  return { ...family, attempts, policy: cut(policy), reference: cut(reference), data: cut(data) };
}

/** Compiles the member of a padding family whose attempts have `length` tokens. */
export function paddingMember(family: PaddingFamily, length: number, tying: PaddingTying): PaddingMember {
  const { attempts, vocabulary } = family;
  const classes = geometric(vocabulary, attempts);
  const specs: (LayerSpec & { padding: boolean })[] = [];
  const reward: number[] = [];
  for (let k = 1; k <= attempts; k++) {
    for (let position = 0; position < length; position++) {
      const padding = position > 0;
      const ends = k === attempts && position === length - 1;
      const before = geometric(vocabulary, k - 1);
      const paddingRow = classes + (tying === 'tied' ? 0 : position - 1);
      specs.push({
        padding,
        component: 'sample',
        attempt: k - 1,
        arity: vocabulary,
        nodes: vocabulary ** (padding ? k : k - 1),
        row: padding ? () => paddingRow : (node) => before + node,
        next: (node, token) => (ends ? -1 : padding ? node : node * vocabulary + token),
      });
    }
    const ended = vocabulary ** k;
    const copies = k === attempts && length > 1 ? vocabulary : 1;
    for (let h = 0; h < ended * copies; h++) {
      const outcome = Math.floor(h / copies) % vocabulary;
      reward.push((outcome === family.target ? 1 : 0) - family.attemptCost * (k - 1));
    }
    if (k === attempts) break;
    const before = geometric(vocabulary, k) - 1;
    specs.push({
      padding: false,
      component: 'decision',
      attempt: k - 1,
      arity: 2,
      nodes: ended,
      row: (node) => before + node,
      next: (node, action) => (action === RESAMPLE ? node : -1),
    });
  }
  const paddingRows = length === 1 ? 0 : tying === 'tied' ? 1 : length - 1;
  const graph = compileGraph(specs, vocabulary, classes + paddingRows, classes - 1);
  const isPadding = new Uint8Array(graph.edges);
  for (const [i, layer] of graph.layers.entries()) {
    if (specs[i]!.padding) isPadding.fill(1, layer.edgeStart, layer.edgeStart + layer.source.length);
  }
  const paddingSlot = classes * vocabulary;
  return {
    graph,
    reward: Float64Array.from(reward),
    isPadding,
    paddingSlot,
    table: (player) => {
      const table = new Float64Array(graph.slots);
      table.set(player.first);
      for (let row = 0; row < paddingRows; row++) table.set(player.padding, paddingSlot + row * vocabulary);
      table.set(player.decision, graph.sampleSlots);
      return table;
    },
  };
}

/** Expands one player's logits to the full tree with attempts of `length` tokens, as [sampleRows, V] and [decisionRows, 2]. */
export function expandPadding(family: PaddingFamily, player: PaddingLogits, length: number): PolicyLogits {
  const { attempts, vocabulary } = family;
  const firstTokens = (history: readonly number[]): number =>
    history.reduce((code, token, i) => (i % length === 0 ? code * vocabulary + token : code), 0);
  const sample: number[] = [];
  const decision: number[] = [];
  for (let depth = 0; depth < attempts * length; depth++) {
    for (let h = 0; h < vocabulary ** depth; h++) {
      const position = depth % length;
      const row = geometric(vocabulary, depth / length) + firstTokens(digitsInBase(h, vocabulary, depth));
      const from =
        position > 0 ? player.padding : player.first.subarray(row * vocabulary, (row + 1) * vocabulary);
      sample.push(...from);
    }
  }
  for (let k = 1; k < attempts; k++) {
    for (let h = 0; h < vocabulary ** (k * length); h++) {
      const row = geometric(vocabulary, k) - 1 + firstTokens(digitsInBase(h, vocabulary, k * length));
      decision.push(player.decision[2 * row]!, player.decision[2 * row + 1]!);
    }
  }
  return { sample: Float64Array.from(sample), decision: Float64Array.from(decision) };
}
