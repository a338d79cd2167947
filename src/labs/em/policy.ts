// The two tables as parameters of the engine, trajectories z, y as batches of tokens, and the gradient of an objective on them.
import {
  concat,
  crossEntropy,
  gather,
  indices,
  neg,
  type Parameters,
  reshape,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import { getObjective, type TokenBatch } from '../../objectives/index.ts';
import { evenOffsets, onPolicyBatch } from '../shared/onPolicy.ts';
import { type SegmentGradient, segmentGradient } from '../shared/split.ts';
import type { Tables } from './tables.ts';
import { execution, type Question, type Sizes } from './world.ts';

/** A question with a rationale and an answer, and whether the answer is right. */
export interface Trajectory {
  readonly question: Question;
  readonly rationale: number;
  readonly answer: number;
  readonly reward: number;
}

/** The segments of a trajectory: a rationale, then an answer. */
export const SEGMENTS = ['z', 'y'] as const;
/** Tokens of a trajectory. */
const TOKENS = SEGMENTS.length;

/** Parameters in float64 from logits. */
export function parametersOf(
  { kinds, methods, operands, answers }: Sizes,
  logits: Tables,
): Record<string, Tensor> {
  return {
    rationale: tensor(logits.rationale, { shape: [kinds, methods], dtype: 'f64' }),
    answer: tensor(logits.answer, { shape: [methods * operands, answers], dtype: 'f64' }),
  };
}

/** Logits of parameters. */
export function logitsOf(parameters: Parameters): Tables {
  const read = (name: keyof Tables): Float64Array => Float64Array.from(parameters[name]!.readSync());
  return { rationale: read('rationale'), answer: read('answer') };
}

/** log π of the chosen entry of each chosen row, as a column, [B, 1]. */
function chosen(table: Tensor, rows: readonly number[], entries: readonly number[]): Tensor {
  const logProb = neg(crossEntropy(gather(table, indices(rows)), indices(entries)));
  return reshape(logProb, [rows.length, 1]);
}

/** log π of the tokens of B trajectories, z and y in turn, [2·B]. */
export function logProbs(sizes: Sizes, parameters: Parameters, trajectories: readonly Trajectory[]): Tensor {
  const rationales = trajectories.map(({ rationale }) => rationale);
  const z = chosen(
    parameters.rationale!,
    trajectories.map(({ question }) => question.kind),
    rationales,
  );
  const rows = trajectories.map(({ question, rationale }) => execution(sizes, rationale, question.operand));
  const y = chosen(
    parameters.answer!,
    rows,
    trajectories.map(({ answer }) => answer),
  );
  return reshape(concat([z, y], 1), [TOKENS * trajectories.length]);
}

/** The batch that objectives see: a rationale is `sample`, an answer `decision`; trajectories of a question are a group. */
function tokenBatch(trajectories: readonly Trajectory[], logProb: Float64Array): TokenBatch {
  const groups = new Map<Question, number>();
  const groupOf = ({ question }: Trajectory): number => {
    const group = groups.get(question) ?? groups.size;
    groups.set(question, group);
    return group;
  };
  const batch = onPolicyBatch({
    offsets: evenOffsets(trajectories.length, TOKENS),
    logProb,
    reward: Float64Array.from(trajectories, ({ reward }) => reward),
    group: Int32Array.from(trajectories, groupOf),
  });
  return { ...batch, component: Uint8Array.from(logProb, (_, t) => t % TOKENS) };
}

/** The gradient of an objective by name, summed over the tokens of a trajectory and averaged over trajectories, with its split. */
export function objectiveGradient(
  sizes: Sizes,
  parameters: Parameters,
  trajectories: readonly Trajectory[],
  name: 'sft' | 'reinforce',
): SegmentGradient {
  const objective = getObjective(name);
  const options = objective.parseOptions({ aggregation: 'sequenceSum' });
  return segmentGradient({
    parameters,
    logProbs: (p) => logProbs(sizes, p, trajectories),
    loss: (logProb, values) => objective.loss(logProb, tokenBatch(trajectories, values), options),
    segment: Uint8Array.from({ length: TOKENS * trajectories.length }, (_, t) => t % TOKENS),
    segments: SEGMENTS,
  });
}
