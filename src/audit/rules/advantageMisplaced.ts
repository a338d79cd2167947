// advantage-misplaced: only the last step of a trajectory has an advantage, although earlier steps take part in the loss.
import type { Trajectory } from '../../rollouts/index.ts';
import { counted, percent } from '../groups/words.ts';
import { OpenParts, rolloutSizes } from '../openParts.ts';
import type { Rule, Span } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** The share of trajectories of several steps that must show it, since a zero may be the advantage of a step. */
const MOST_TRAJECTORIES = 0.9;
/** Trajectories that must show it. */
const LEAST = 2;
/** Places named of rollouts of several trajectories. */
const MOST_SPANS = 50;

/** The advantages of the steps of a trajectory, a run of tokens with mask 1 each: whether all are 0, and where it ends. */
function stepsOf({
  mask,
  length,
  advantage,
}: Trajectory): { readonly zero: boolean; readonly end: number }[] {
  const steps: { zero: boolean; end: number }[] = [];
  for (let t = 0; t < length; t++) {
    if (mask[t] === 0) continue;
    if (t === 0 || mask[t - 1] === 0) steps.push({ zero: true, end: t + 1 });
    const step = steps.at(-1)!;
    const value = typeof advantage === 'number' ? advantage : advantage![t]!;
    if (value !== 0) step.zero = false;
    step.end = t + 1;
  }
  return steps;
}

/** What is kept of a rollout that has begun. */
interface Rollout {
  /** The steps so far, and how many of those before the last one have advantage 0. */
  steps: number;
  zeros: number;
  isLastZero: boolean;
  last: Span | undefined;
  readonly earlier: Span[];
}

/** Early steps without an advantage. */
export const advantageMisplaced: Rule = {
  code: 'advantage-misplaced',
  severity: 'error',
  sentence:
    'Early steps of a rollout take part in the loss with advantage 0, and only the last one has the advantage of the outcome.',
  signature:
    'Mask 1 and A = 0 on all tokens of an early step, in a trajectory or rollout whose last step has A ≠ 0, nearly everywhere.',
  formula: String.raw`A_{i,t}=A_i\,m^{\text{last}}_{i,t}\quad\text{instead of}\quad A_i\,m_{i,t}`,
  advice: 'Give the advantage of the outcome to every step, and multiply it by that step’s own mask.',
  threshold:
    'At least two rollouts of several steps, and at least 90 % of those whose last step has an advantage: exact zeros before it have probability 0 under a formula that gives all steps one number.',
  rate: 0,
  material:
    'Nine of ten rollouts, and two at least: where fewer show it, zeros may be the advantages of their steps, and most of the signal is placed well.',
  source: 'SkyRL#1507',
  needs: ['tokens', 'advantage'],
  watch: () => {
    const found = new SpanList();
    let several = 0;
    let rollouts: OpenParts<Rollout>;
    let count = 0;
    const spans: Span[] = [];
    const begin = (): Rollout => ({ steps: 0, zeros: 0, isLastZero: false, last: undefined, earlier: [] });
    const seeStep = (own: Rollout, { place: { file, line }, length }: Trajectory, isZero: boolean): void => {
      if (own.isLastZero && own.last !== undefined) {
        own.zeros++;
        if (own.earlier.length < MOST_SPANS) own.earlier.push(own.last);
      }
      own.steps++;
      own.last = { file, line, from: 0, to: length };
      own.isLastZero = isZero;
    };
    const end = ({ steps, zeros, isLastZero, earlier }: Rollout): void => {
      if (steps < 2 || isLastZero) return;
      several++;
      if (zeros < steps - 1) return;
      count++;
      spans.push(...earlier.slice(0, MOST_SPANS - spans.length));
    };
    return {
      between(summary) {
        rollouts = new OpenParts(summary.rollout, rolloutSizes(summary));
      },
      second({ trajectory, i }) {
        const steps = trajectory.advantage === undefined ? [] : stepsOf(trajectory);
        const isLastZero = steps.at(-1)?.zero ?? false;
        if (rollouts.sizeAt(i) > 0) {
          const { kept, isLast } = rollouts.see(i, begin);
          if (steps.length > 0) seeStep(kept, trajectory, isLastZero);
          if (isLast) end(kept);
          return;
        }
        if (steps.length < 2 || isLastZero) return;
        several++;
        const early = steps.slice(0, -1);
        if (early.every(({ zero }) => zero)) found.add(trajectory, 0, early.at(-1)!.end);
      },
      judge() {
        const all = count + found.count;
        if (all < LEAST || all < MOST_TRAJECTORIES * several) return [];
        return [
          {
            message: `In ${counted(all, 'rollout')} of ${several} with several steps (${percent(all / several)}) only the last step has an advantage.`,
            evidence: { rollouts: all, severalSteps: several, share: all / several },
            threshold: MOST_TRAJECTORIES,
            spans: [...found.spans, ...spans].slice(0, MOST_SPANS),
          },
        ];
      },
    };
  },
};
