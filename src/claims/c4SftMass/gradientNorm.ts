// The gradient of SFT on the padding family: its norm as a function of the attempt length (C4).

import { expectedEdges } from '../../attribution/differentiable.ts';
import { evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { engineGradient, type SharedFamily, sharedGradient } from '../../attribution/twoCopy.ts';
import { dot, expOf, norm2 } from '../../attribution/vectors.ts';
import { neg, tensor } from '../../autodiff/index.ts';
import { logSoftmaxRow } from '../../policy/model.ts';
import { expandPadding, type PaddingFamily, type PaddingTying, withAttempts } from '../../policy/padding.ts';
import { type Comparison, check, difference, worst } from '../check.ts';
import type { Check } from '../claim.ts';
import { termsOf } from '../shared/divergenceTerms.ts';
import { leftAgainstStatement } from '../shared/inFloat64.ts';
import { DRAWN_LENGTHS, type LengthMember, memberOf } from '../shared/lengthFamily.ts';
import type { Statement } from '../statement.ts';
import { tied, untied } from './statements.ts';

/** The member in which the data distribution plays and the policy is its reference: E_D[log D − log π]. */
export function dataMember(
  family: PaddingFamily,
  length: number,
  tying: PaddingTying = 'tied',
): LengthMember {
  return memberOf(family, length, family.data, family.policy, tying);
}

/** ‖∇ E_D[−log π]‖² over the sample parameters, by the engine. */
function sampleGradient(family: PaddingFamily, length: number, tying: PaddingTying): Float64Array {
  const { graph, policy, table } = dataMember(family, length, tying);
  const gradient = engineGradient(graph, table(family.policy), (logProb) =>
    expectedEdges(tensor(policy.reach), neg(logProb)),
  );
  return gradient.subarray(0, graph.sampleSlots);
}

/** The same when one parameter vector shifts every first-token row and every padding row. */
function sharedRowGradient(family: PaddingFamily, length: number): Float64Array {
  const { graph, policy, table } = dataMember(family, length);
  const features = new Float64Array(graph.slots * family.vocabulary);
  for (let slot = 0; slot < graph.sampleSlots; slot++) {
    features[slot * family.vocabulary + (slot % family.vocabulary)] = 1;
  }
  const shared: SharedFamily = {
    graph,
    table: table(family.policy),
    features,
    parameters: family.vocabulary,
  };
  return sharedGradient(shared, (logProb) => expectedEdges(tensor(policy.reach), neg(logProb)));
}

/** π_pad − D_pad: the gradient of one padding token's cross-entropy. */
function paddingPull(family: PaddingFamily): Float64Array {
  const policy = expOf(logSoftmaxRow(family.policy.padding));
  const data = expOf(logSoftmaxRow(family.data.padding));
  return policy.map((p, i) => p - data[i]!);
}

/** ‖g_s‖² against its closed forms in L, by how the padding's parameters are tied. */
export function gradientChecks(family: PaddingFamily): Check[] {
  const attempts = termsOf(dataMember(family, 1)).attempts;
  const first = sampleGradient(family, 1, 'tied');
  const c = paddingPull(family).map((x) => attempts * x);
  const c2 = dot(c, c);
  const V = family.vocabulary;
  const firstShared = Float64Array.from({ length: V }, (_, v) =>
    first.reduce((sum, g, slot) => (slot % V === v ? sum + g : sum), 0),
  );
  const longest = dataMember(family, 8).policy;
  const tolerance = longest.rounding((norm2(first) + 8 * norm2(c) + 1) ** 2, '(a + 8c + 1)²');
  const along = (norm: (length: number) => number, form: (length: number) => number): Comparison =>
    worst(DRAWN_LENGTHS.map((length) => difference(norm(length), form(length))));
  const squared = (g: Float64Array): number => dot(g, g);
  const stated = (statement: Statement, tying: PaddingTying): Check =>
    check(
      `${statement.name}, L = 1 … 8`,
      worst(
        DRAWN_LENGTHS.map((L) => {
          const { policy } = dataMember(family, L, tying);
          return leftAgainstStatement(statement, policy, squared(sampleGradient(family, L, tying)));
        }),
      ),
      tolerance,
    );
  return [
    stated(tied, 'tied'),
    stated(untied, 'untied'),
    check(
      '‖g_s‖² with padding that shares the first token’s parameters = a² + 2(L−1)⟨a,c⟩ + (L−1)²c²',
      along(
        (L) => squared(sharedRowGradient(family, L)),
        (L) => squared(firstShared) + 2 * (L - 1) * dot(firstShared, c) + (L - 1) ** 2 * c2,
      ),
      longest.rounding((norm2(firstShared) + 8 * norm2(c) + 1) ** 2, '(a + 8c + 1)²'),
    ),
    saturation(family),
  ];
}

/**
 * With a parameter per history ‖g_s‖² saturates: with s = Σ_v D_pad(v)² a class of k first tokens that is reached with
 * probability ρ spreads over histories whose squared probabilities add up to ρ²·s^(padding tokens so far).
 */
function saturation(full: PaddingFamily): Check {
  const family = withAttempts(full, 2);
  const lengths = [1, 2, 3];
  const pull = dot(paddingPull(family), paddingPull(family));
  const collision = expOf(logSoftmaxRow(family.data.padding)).reduce((sum, p) => sum + p * p, 0);
  const { graph, policy: data } = dataMember(family, 1);
  /** Σ ρ² ‖π − D‖² of first tokens and Σ ρ² of the classes they lead to, by attempt. */
  const attempts = graph.layers
    .filter((layer) => layer.component === 'sample')
    .map((layer) => {
      let firsts = 0;
      let classes = 0;
      for (const [e, n] of layer.source.entries()) {
        const edge = layer.edgeStart + e;
        firsts +=
          (data.occupancy[layer.nodeStart + n]! * (data.reference.prob[edge]! - data.prob[edge]!)) ** 2;
        classes += data.reach[edge]! ** 2;
      }
      return { firsts, classes };
    });
  const form = (L: number): number =>
    attempts.reduce((sum, { firsts, classes }, k) => {
      const before = collision ** (k * (L - 1));
      const run = (1 - collision ** (L - 1)) / (1 - collision);
      return sum + before * (firsts + classes * pull * run);
    }, 0);
  const measured = (L: number): number => {
    const shape = { attempts: 2, length: L, vocabulary: family.vocabulary };
    const data = expandPadding(family, family.data, L);
    const logits = expandPadding(family, family.policy, L);
    const reward = { kind: 'target', target: new Array<number>(L).fill(0), attemptCost: 0 } as const;
    const { graph, model, reference } = evaluatedPolicy({ shape, reward, logits, reference: data });
    const gradient = engineGradient(graph, model.logits, (logProb) =>
      expectedEdges(tensor(reference.reach), neg(logProb)),
    );
    return dot(gradient.subarray(0, graph.sampleSlots), gradient.subarray(0, graph.sampleSlots));
  };
  return check(
    '‖g_s‖² with a parameter per history saturates: closed form with s = Σ D_pad²',
    worst(lengths.map((L) => difference(measured(L), form(L)))),
    dataMember(family, 3).policy.rounding(4 * form(3) + 1, '4‖g_s‖² + 1'),
  );
}
