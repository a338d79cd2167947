// The policy gradient on the same process, for comparison: a table of logits trained by RLOO, which is shown rewards and not preferences.
import { gather, indices, logSoftmax, pick, scope, zeros } from '../../autodiff/index.ts';
import { categorical, type RandomStream } from '../../base/random.ts';
import { chooseObjective } from '../../objectives/index.ts';
import { adamw, constant } from '../../optim/index.ts';
import type { LabTrajectory } from '../shared/audited.ts';
import { Learner } from '../shared/learner.ts';
import { evenOffsets, onPolicyBatch } from '../shared/onPolicy.ts';
import { type SegmentGradient, segmentGradient } from '../shared/split.ts';
import { type Deterministic, type Mdp, nextState } from './mdp.ts';

/** Name and options of the objective, for training and for the audit. */
export const OBJECTIVE = { name: 'rloo', options: {} } as const;

/** How it is trained. */
export interface RlooOptions {
  readonly steps: number;
  /** Trajectories of a step; they are one group. */
  readonly group: number;
  readonly learningRate: number;
}

/** A step of training as it is seen from outside. */
export interface RlooStep {
  readonly split: SegmentGradient['split'];
  readonly rollouts: readonly LabTrajectory[];
  /** The most probable action of every state, [H][states]. */
  readonly policy: Deterministic;
}

/** The first row of each step in the table of logits. */
function firstRows({ states }: Mdp): number[] {
  return states.map((_, h) => states.slice(0, h).reduce((sum, n) => sum + n, 0));
}

/** B trajectories of H actions, end to end. */
interface Drawn {
  /** [B·H] rows of the table. */
  readonly rows: Int32Array;
  /** [B·H] */
  readonly actions: Int32Array;
  /** [B] */
  readonly reward: Float64Array;
}

function draw(mdp: Mdp, logProbs: Float64Array, group: number, random: RandomStream): Drawn {
  const { horizon, actions: A } = mdp;
  const first = firstRows(mdp);
  const [rows, actions] = [new Int32Array(group * horizon), new Int32Array(group * horizon)];
  const reward = new Float64Array(group);
  for (let i = 0; i < group; i++) {
    let state = 0;
    for (let h = 0; h < horizon; h++) {
      const row = first[h]! + state;
      const action = categorical(Array.from(logProbs.subarray(row * A, (row + 1) * A), Math.exp), random);
      rows[i * horizon + h] = row;
      actions[i * horizon + h] = action;
      reward[i]! += mdp.draw(h, state, action, random);
      state = nextState(mdp, h, state, action, random);
    }
  }
  return { rows, actions, reward };
}

function labTrajectories(
  { horizon }: Mdp,
  { rows, actions, reward }: Drawn,
  logProb: ArrayLike<number>,
  step: number,
): LabTrajectory[] {
  return Array.from(reward, (total, i) => {
    const at = Array.from({ length: horizon }, (_, h) => i * horizon + h);
    return {
      group: `start-${step}`,
      step,
      // What the process answers is a token of the environment: a state, then the action taken in it.
      tokens: at.flatMap((t) => [`s${rows[t]}`, `a${actions[t]}`]),
      roles: at.flatMap((_, h) => [h === 0 ? ('prompt' as const) : ('tool' as const), 'sample' as const]),
      logProbs: at.flatMap((t) => [Number.NaN, logProb[t]!]),
      reward: total,
    };
  });
}

/** The largest entry of each row, by step. */
function greedy(mdp: Mdp, logProbs: Float64Array): number[][] {
  const first = firstRows(mdp);
  return mdp.states.map((n, h) =>
    Array.from({ length: n }, (_, s) => {
      const row = logProbs.subarray((first[h]! + s) * mdp.actions, (first[h]! + s + 1) * mdp.actions);
      return row.indexOf(Math.max(...row));
    }),
  );
}

/** Names of the segments: the steps of the process. */
function stepNames({ horizon }: Mdp): string[] {
  return Array.from({ length: horizon }, (_, h) => `step ${h + 1}`);
}

/** Trains a table of logits; every step is yielded with how its gradient divides between the steps of the process. */
export function* trainRloo(
  mdp: Mdp,
  { steps, group, learningRate }: RlooOptions,
  random: RandomStream,
): Generator<RlooStep, void> {
  const rowCount = mdp.states.reduce((sum, n) => sum + n, 0);
  const { objective, options } = chooseObjective(OBJECTIVE.name, OBJECTIVE.options);
  const learner = new Learner(
    { logits: zeros([rowCount, mdp.actions], 'f64') },
    adamw({ learningRate: constant(learningRate), weightDecay: 0 }),
  );
  const segment = Uint8Array.from({ length: group * mdp.horizon }, (_, t) => t % mdp.horizon);
  const offsets = evenOffsets(group, mdp.horizon);
  for (let step = 0; step < steps; step++) {
    const table = scope(() => Float64Array.from(logSoftmax(learner.parameters.logits).readSync()));
    const drawn = draw(mdp, table, group, random.split('step', step));
    let logProb = new Float64Array();
    let split: RlooStep['split'] = {};
    learner.step((parameters) => {
      const found = segmentGradient({
        parameters,
        logProbs: ({ logits }) =>
          pick(logSoftmax(gather(logits!, indices(drawn.rows))), indices(drawn.actions)),
        loss: (x, values) => {
          logProb = Float64Array.from(values);
          // One group, in which every action is a token.
          const batch = { offsets, logProb, reward: drawn.reward, group: new Int32Array(group) };
          return objective.loss(x, onPolicyBatch(batch), options);
        },
        segment,
        segments: stepNames(mdp),
      });
      split = found.split;
      return found.gradient;
    });
    yield { split, rollouts: labTrajectories(mdp, drawn, logProb, step), policy: greedy(mdp, table) };
  }
  learner.dispose();
}
