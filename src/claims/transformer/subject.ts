// The transformer that claims are also verified on: one small network with parameters shared by both roles, enumerated in float64.

import { componentLabels } from '../../attribution/byComponent.ts';
import { EvaluatedPolicy, type GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import {
  type Network,
  networkGradient,
  parameterCount,
  tablesAt,
  tokenInfluences,
} from '../../attribution/network.ts';
import { rounding, type Tolerance } from '../../attribution/tolerance.ts';
import { float64Field } from '../../base/field.ts';
import { once } from '../../base/memoised.ts';
import { randomStream } from '../../base/random.ts';
import type { ParameterSpec } from '../../nn/index.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { leafRewards } from '../../policy/model.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import { transformerPolicy } from '../../policy/transformer.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { type Components, largestOf, movedTables, tableDifferences, unitVectors } from './differences.ts';
import { type DrawnScores, drawnScores } from './monteCarlo.ts';

/** 2 attempts of 2 tokens from 3: 90 trajectories. */
const SHAPE: PolicyShape = { attempts: 2, length: 2, vocabulary: 3 };
const SIZES = { width: 8, layers: 1, heads: 2 };

/** A network at θ with everything that is compared on it. */
export interface TransformerSubject {
  readonly policy: EvaluatedPolicy;
  /** [edges] the component of every edge. */
  readonly labels: readonly Component[];
  /** Parameters of the network. */
  readonly parameters: number;
  /** g_c of Σ_e weight(e)·log π(e) by the labelled backward pass. */
  readonly labelled: (weight: Float64Array, labels?: readonly Component[]) => Components;
  /** The same by forward mode, coordinate by coordinate and token by token: Σ_{e∈c} weight(e)·∂log π(e)/∂θ_i. */
  readonly byToken: (weight: Float64Array) => Components;
  /** The same for a value, by central differences of the two-copy policy, with the Richardson bound. */
  readonly differences: (
    value: (at: GraphPolicy) => number,
    size: number,
  ) => {
    readonly gradient: Components;
    readonly tolerance: Tolerance;
  };
  /** Trajectories drawn from a larger network (d = 64, two layers); made when first asked for. */
  readonly drawn: () => DrawnScores;
  /** Rounding of a coordinate of a labelled gradient. */
  readonly rounding: (weight: Float64Array) => Tolerance;
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
  const referenceTheta = genericParameters(model.layout, seed, 'transformer reference');
  const [logits, reference] = tablesAt(network, [theta, referenceTheta]) as [Float64Array, Float64Array];
  const target = [1, 2];
  const reward = leafRewards({
    shape: SHAPE,
    reward: { kind: 'target', target, attemptCost: 0.05 },
    logits: { sample: logits, decision: logits },
    reference: { sample: logits, decision: logits },
  });
  const policy = new EvaluatedPolicy({ graph, logits, reference, reward });
  const count = parameterCount(network);
  const labels = componentLabels(graph);
  // ∂log π(e)/∂θ_i by forward mode: coordinate by coordinate [edges].
  const scores = once(() => tokenInfluences(network, theta, unitVectors(count)));
  const moved = once(() => movedTables(network, theta));
  return {
    policy,
    drawn: once(() => drawnScores(seed)),
    labels,
    parameters: count,
    labelled: (weight, asked = labels) => {
      const { sample, decision } = networkGradient(network, theta, weight, asked);
      return float64Field.concat([sample, decision]);
    },
    byToken: (weight) =>
      Float64Array.from(
        COMPONENTS.flatMap((c) =>
          scores().map((score) =>
            score.reduce((sum, u, e) => sum + (labels[e] === c ? u * weight[e]! : 0), 0),
          ),
        ),
      ),
    differences: (value, size) => {
      // The value moves by at most size · Σ_t |error of log π_t| when the network's logits are off.
      const network64 = rounding(
        pathLength(),
        2 * graph.layers.length * size * largestOf([logits, theta]),
        '',
      ).value;
      return tableDifferences(moved(), graph, value, policy.rounding(size, '').value + network64);
    },
    rounding: (weight) => {
      const steepest = largestOf(scores());
      const total = weight.reduce((sum, m) => sum + Math.abs(m), 0);
      const largest = Math.max(1, largestOf([theta]));
      return rounding(
        pathLength(),
        total * Math.max(1, steepest) * largest,
        'Σ|measure| · max |∂log π_t/∂θ_i| · max |θ|, over the longest path of the network',
      );
    },
  };
}
