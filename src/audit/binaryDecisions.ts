// The decisions of a trajectory as draws between going on and stopping, with the probability that each was drawn with.
import { ROLES } from '../rollouts/trajectory.ts';
import type { TokenView } from './tokenView.ts';
import { runsWhere } from './trained.ts';

const DECISION = ROLES.indexOf('decision');
const PROMPT = ROLES.indexOf('prompt');
const TOOL = ROLES.indexOf('tool');
const PAD = ROLES.indexOf('pad');

/** One decision. */
export interface BinaryDecision {
  /** The index of its last token. */
  readonly token: number;
  /** The attempt that it judges, from 0. */
  readonly attempt: number;
  /** P(stop | history). */
  readonly stop: number;
  /** ξ = [stopped] − P(stop), whose mean given the history is 0. */
  readonly surprise: number;
}

/** The decisions of a trajectory. */
export interface BinaryDecisions {
  /** In order; those without a log-prob are left out. */
  readonly known: readonly BinaryDecision[];
  /** Whether the trajectory was cut right behind a decision: what would have followed is not known, and so is the decision. */
  readonly undecided: boolean;
}

/** The decisions of a trajectory. A run of decision tokens is one decision. */
export function binaryDecisions({
  trajectory,
  attempt,
}: Pick<TokenView, 'trajectory' | 'attempt'>): BinaryDecisions {
  const { roles, length } = trajectory;
  const logProbs = trajectory.samplerLogProbs ?? trajectory.oldLogProbs ?? trajectory.logProbs;
  const known: BinaryDecision[] = [];
  let undecided = false;
  if (logProbs === undefined) return { known, undecided };
  for (const { from, to } of runsWhere(length, (t) => roles[t] === DECISION)) {
    let logProb = 0;
    for (let t = from; t < to; t++) logProb += logProbs[t]!;
    if (!(logProb <= 0)) continue;
    let next = to;
    while (next < length && attempt[next] === attempt[from]) next++;
    if (trajectory.truncated === true && roles.subarray(to).every((role) => role === PAD)) {
      undecided = true;
      continue;
    }
    const role = roles[next];
    const goesOn = next < length && role !== PROMPT && role !== TOOL && role !== PAD;
    const stop = goesOn ? -Math.expm1(logProb) : Math.exp(logProb);
    known.push({ token: to - 1, attempt: attempt[from]!, stop, surprise: (goesOn ? 0 : 1) - stop });
  }
  return { known, undecided };
}
