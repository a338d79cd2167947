// The transformer that claims are also verified on: one small network with parameters shared by both roles, enumerated in float64.
import { expOf, type PerComponent } from '../attribution/measure.ts';
import {
  type Network,
  networkGradient,
  parameterCount,
  tableAt,
  tokenInfluence,
} from '../attribution/network.ts';
import { float64Field } from '../base/field.ts';
import { randomStream } from '../base/random.ts';
import type { ParameterSpec } from '../nn/index.ts';
import { COMPONENTS, type Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { edgeLogProbs, leafRewards } from '../policy/model.ts';
import type { PolicyShape } from '../policy/shape.ts';
import { transformerPolicy } from '../policy/transformer.ts';
import { sizeOf } from '../tensor/shape.ts';
import { type DrawnScores, drawnScores } from './monteCarlo.ts';
import { type Setting, settingOf } from './setting.ts';
import { rounding, type Tolerance } from './tolerance.ts';

/** 2 attempts of 2 tokens from 3: 90 trajectories. */
const SHAPE: PolicyShape = { attempts: 2, length: 2, vocabulary: 3 };
const SIZES = { width: 8, layers: 1, heads: 2 };
/** Random directions in parameter space that gradients are compared along. */
const DIRECTIONS = 2;

/** ⟨g_c, v⟩ for each direction and component: direction 0 sample, direction 0 decision, direction 1 sample, … */
export type Along = Float64Array;

/** A network at θ with everything that is compared on it. */
export interface TransformerSubject {
  readonly setting: Setting;
  /** [edges] the component of every edge. */
  readonly labels: readonly Component[];
  /** Parameters of the network. */
  readonly parameters: number;
  /** ⟨g_c, v⟩ of Σ_e measure(e)·log π(e) by the labelled backward pass. */
  readonly labelled: (measure: Float64Array, labels?: readonly Component[]) => Along;
  /** The same by forward mode, token by token: Σ_{e∈c} measure(e)·⟨u_e, v⟩. */
  readonly byToken: (measure: Float64Array) => Along;
  /** The same for a value, by central differences of the two-copy policy, with the Richardson bound. */
  readonly differences: (
    value: (logProb: Float64Array, prob: Float64Array) => number,
    size: number,
  ) => {
    readonly along: Along;
    readonly tolerance: Tolerance;
  };
  /** Trajectories drawn from a larger network (d = 64, two layers); made when first asked for. */
  readonly drawn: () => DrawnScores;
  /** Rounding of a labelled gradient along the directions. */
  readonly rounding: (measure: Float64Array) => Tolerance;
}

/** Everything is moved away from its initial value, so that no bias is zero, no gain one, and no policy near uniform. */
function genericParameters(layout: readonly ParameterSpec[], seed: number, purpose: string): Float64Array {
  const random = randomStream(seed, purpose);
  const values = layout.map(({ shape, initial }) => {
    const centre = 'value' in initial ? initial.value : 0;
    return Float64Array.from({ length: sizeOf(shape) }, () => centre + 0.6 * random.normal());
  });
  return float64Field.concat(values);
}

/** [edges] the component of every edge. */
export function componentLabels(graph: TrajectoryGraph): Component[] {
  return graph.layers.flatMap(({ component, source }) => new Array<Component>(source.length).fill(component));
}

/**
 * Roundings on the longest path of one forward and one backward pass: sums over the width (five products a block, two norms), over
 * the four-fold MLP, over heads and positions, twice for products and sums, three passes.
 */
function pathLength(): number {
  const context = SHAPE.attempts * (SHAPE.length + 1);
  const block = 8 * SIZES.width + 4 * SIZES.width + 4 * context + 40;
  return 3 * 2 * (SIZES.layers * block + 2 * SIZES.width + 2 * SHAPE.vocabulary + 40);
}

/** The network of a seed. Building it enumerates its 90 trajectories once. */
export function transformerSubject(seed: number): TransformerSubject {
  const { graph, model, tables } = transformerPolicy(SHAPE, SIZES);
  const shapes = Object.fromEntries(model.layout.map(({ path, shape }) => [path, shape]));
  const network: Network = { graph, shapes, tables };
  const theta = genericParameters(model.layout, seed, 'transformer');
  const reference = tableAt(network, genericParameters(model.layout, seed, 'transformer reference'));
  const logits = tableAt(network, theta);
  const target = [1, 2];
  const reward = leafRewards({
    shape: SHAPE,
    reward: { kind: 'target', target, attemptCost: 0.05 },
    logits: { sample: logits, decision: logits },
    reference: { sample: logits, decision: logits },
  });
  const setting = settingOf({ graph, logits, reference, reward });
  const random = randomStream(seed, 'transformer directions');
  const count = parameterCount(network);
  const directions = Array.from({ length: DIRECTIONS }, () =>
    Float64Array.from({ length: count }, () => random.normal() / Math.sqrt(count)),
  );
  const influences = directions.map((v) => tokenInfluence(network, theta, v));
  const labels = componentLabels(graph);
  const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  let drawn: DrawnScores | undefined;
  return {
    setting,
    drawn: () => {
      drawn ??= drawnScores(seed);
      return drawn;
    },
    labels,
    parameters: count,
    labelled: (measure, asked = labels) => {
      const gradient = networkGradient(network, theta, measure, asked);
      return Float64Array.from(directions.flatMap((v) => COMPONENTS.map((c) => inner(gradient[c], v))));
    },
    byToken: (measure) =>
      Float64Array.from(
        influences.flatMap((influence) =>
          COMPONENTS.map((c) =>
            influence.reduce((sum, x, e) => sum + (labels[e] === c ? x * measure[e]! : 0), 0),
          ),
        ),
      ),
    differences: (value, size) =>
      twoCopyDifferences(network, theta, directions, value, setting.rounding(size, '').value),
    rounding: (measure) => {
      const steepest = influences.flatMap((x) => [...x]).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const mass = measure.reduce((sum, m) => sum + Math.abs(m), 0);
      const largest = theta.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
      return rounding(
        pathLength(),
        mass * Math.max(1, steepest) * largest,
        'Σ|measure| · max |⟨u_t, v⟩| · max |θ|, over the longest path of the network',
      );
    },
  };
}

/** Central differences at h and h/2 of a value whose table is read from θ + h·v for one component and θ for the other. */
function twoCopyDifferences(
  network: Network,
  theta: Float64Array,
  directions: readonly Float64Array[],
  value: (logProb: Float64Array, prob: Float64Array) => number,
  valueError: number,
): { along: Along; tolerance: Tolerance } {
  const { graph } = network;
  const at = tableAt(network, theta);
  const shifted = (v: Float64Array, component: Component, h: number): number => {
    const moved = tableAt(
      network,
      theta.map((x, i) => x + h * v[i]!),
    );
    const table = Float64Array.from(at);
    const [from, to] = component === 'sample' ? [0, graph.sampleSlots] : [graph.sampleSlots, graph.slots];
    table.set(moved.subarray(from, to), from);
    const logProb = edgeLogProbs(graph, table);
    return value(logProb, expOf(logProb));
  };
  const slope = (h: number): Along =>
    Float64Array.from(
      directions.flatMap((v) => COMPONENTS.map((c) => (shifted(v, c, h) - shifted(v, c, -h)) / (2 * h))),
    );
  const step = 2 ** -12;
  const [coarse, fine] = [slope(2 * step), slope(step)];
  const truncation = float64Field.sub(coarse, fine).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return {
    along: fine,
    tolerance: {
      value: truncation + valueError / step,
      bound:
        'Richardson: |D(2h) − D(h)| is three times the truncation error of D(h), h = 2⁻¹²; plus rounding/h',
    },
  };
}

/** Sums over directions, by component: how large what is compared is. */
export function sizeAlong(along: Along): PerComponent {
  const size = (offset: number): number => Math.hypot(...along.filter((_, i) => i % 2 === offset));
  return { sample: size(0), decision: size(1) };
}
