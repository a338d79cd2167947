// What the engine and the recursions have for the statements of C6.
import { rewardBudget, rewardGradient } from '../../attribution/budget.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { type SharedFamily, sharedHessian } from '../../attribution/twoCopy.ts';
import { float64Field as field } from '../../base/field.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { byComponentAlong } from '../shared/alongDirection.ts';
import { fisher } from '../shared/fisher.ts';
import type { Library } from '../shared/inFloat64.ts';
import { paddingEdges } from '../shared/overPadding.ts';
import { klFunctional } from './displacement.ts';
import { blocks, bound, padding, tabular } from './statements.ts';

/** Parameters that move the logits of some slots [slots] each. */
function familyOf({ graph, model }: EvaluatedPolicy, moves: readonly Float64Array[]): SharedFamily {
  const n = moves.length;
  const features = new Float64Array(graph.slots * n);
  for (const [i, move] of moves.entries()) {
    for (const [slot, x] of move.entries()) features[slot * n + i] = x;
  }
  return { graph, table: model.logits, features, parameters: n };
}

/** A direction [edges] as a move of the copy of a component [slots]. */
function moveOf({ graph }: EvaluatedPolicy, direction: Float64Array, c: Component): Float64Array {
  const move = new Float64Array(graph.slots);
  for (const [e, slot] of graph.slot.entries()) {
    if (slot < graph.sampleSlots === (c === 'sample')) move[slot] = direction[e]!;
  }
  return move;
}

/** The size of second derivatives of Σ p·log-ratio along directions of range 1: products of two token scores, T² in all. */
function hessianSize({ graph, logSize }: EvaluatedPolicy): number {
  return graph.layers.length ** 2 * logSize;
}

/** The engine’s Hessian of KL with the policy as its own reference, along two directions of each copy. */
const ofEngine: Library = (policy, { first, second }) => {
  const moves = [first!, second!].flatMap((d) => COMPONENTS.map((c) => moveOf(policy, d, c)));
  const hessian = sharedHessian(familyOf(policy, moves), klFunctional(policy.logProb));
  // Rows are the first direction in either copy, columns the second.
  const left = Float64Array.from([0, 1].flatMap((row) => [2, 3].map((column) => hessian[row * 4 + column]!)));
  return { left, size: hessianSize(policy), terms: 'T²·E Σ|log-ratio|, ranges of 1' };
};

const ofBudget: Library = (policy) => {
  const { budget } = rewardBudget(policy);
  const parts = COMPONENTS.map((c) => budget[c]);
  const right = field.concat([rewardGradient(policy), Float64Array.from(parts)]);
  return { right, size: policy.rewardSize + 4 * policy.rewardSize ** 2, terms: 'max |R| + 4 · max R²' };
};

/** V_c − 2⟨g_c, x⟩ + xᵀH_c x with the engine’s Hessian. */
const leftOfBudget: Library = (policy, { displacement }) => {
  const { budget } = rewardBudget(policy);
  const slopes = byComponentAlong(policy, rewardGradient(policy), displacement!);
  const moves = COMPONENTS.map((c) => moveOf(policy, displacement!, c));
  const hessian = sharedHessian(familyOf(policy, moves), klFunctional(policy.logProb));
  const left = Float64Array.from(COMPONENTS, (c, i) => budget[c] - 2 * slopes[i]! + hessian[i * 2 + i]!);
  const size = 4 * policy.rewardSize ** 2 + 2 * policy.rewardSize * policy.graph.layers.length;
  return { left, size: size + hessianSize(policy), terms: '4 · max R² + 2T·max |R| + T²·E Σ|log-ratio|' };
};

/** The Fisher forms of first tokens and decisions, and of padding. */
const ofPadding: Library = (policy, { direction }) => {
  const { graph } = policy;
  const slots = new Set(Array.from(paddingEdges(graph), (e) => graph.slot[e]!));
  const form = (isOwn: (slot: number) => boolean): number => {
    const family = familyOf(policy, [direction!.map((x, slot) => (isOwn(slot) ? x : 0))]);
    return COMPONENTS.reduce((sum, c) => sum + fisher(family, policy, c)[0]!, 0);
  };
  const left = Float64Array.of(
    form((slot) => !slots.has(slot)),
    form((slot) => slots.has(slot)),
  );
  return { left, size: graph.layers.length, terms: 'E Σ_t ⟨u_t, direction⟩², ranges of 1' };
};

/** Sides of the statements of C6, by the names of these. */
export const c6Library: Readonly<Record<string, Library>> = {
  [blocks.name]: ofEngine,
  [tabular.name]: ofBudget,
  [bound.name]: leftOfBudget,
  [padding.name]: ofPadding,
};
