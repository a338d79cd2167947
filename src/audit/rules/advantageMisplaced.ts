// advantage-misplaced: only the last step of a trajectory has an advantage, although earlier steps take part in the loss.
import type { Trajectory } from '../../rollouts/index.ts';
import { counted, percent } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** The share of trajectories of several steps that must show it, since a zero may be the advantage of a step. */
const MOST_TRAJECTORIES = 0.9;
/** Trajectories that must show it. */
const LEAST = 2;

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

interface Rollout {
  readonly earlier: SpanList;
  zeros: number;
  steps: number;
  last: Trajectory;
  isLastZero: boolean;
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
  set: '90 % of the rollouts, and two of them, since the advantage of a step may be 0 by itself.',
  source: 'SkyRL#1507',
  needs: ['tokens', 'advantage'],
  watch: () => {
    const found = new SpanList();
    let several = 0;
    const rollouts = new Map<string, Rollout>();
    return {
      first(trajectory) {
        const { advantage, rollout, step } = trajectory;
        if (advantage === undefined) return;
        const steps = stepsOf(trajectory);
        if (steps.length === 0) return;
        const isLastZero = steps.at(-1)!.zero;
        if (rollout !== undefined) {
          const key = `${step ?? ''} ${rollout}`;
          const known = rollouts.get(key);
          const own = known ?? { earlier: new SpanList(), zeros: 0, steps: 0, last: trajectory, isLastZero };
          if (known === undefined) rollouts.set(key, own);
          else if (own.isLastZero) {
            own.zeros++;
            own.earlier.add(own.last);
          }
          own.steps++;
          own.last = trajectory;
          own.isLastZero = isLastZero;
          return;
        }
        if (steps.length < 2 || isLastZero) return;
        several++;
        const early = steps.slice(0, -1);
        if (early.every(({ zero }) => zero)) found.add(trajectory, 0, early.at(-1)!.end);
      },
      judge() {
        let count = found.count;
        const spans = [...found.spans];
        for (const { steps, zeros, isLastZero, earlier } of rollouts.values()) {
          if (steps < 2 || isLastZero) continue;
          several++;
          if (zeros < steps - 1) continue;
          count++;
          spans.push(...earlier.spans);
        }
        if (count < LEAST || count < MOST_TRAJECTORIES * several) return [];
        return [
          {
            message: `In ${counted(count, 'rollout')} of ${several} with several steps (${percent(count / several)}) only the last step has an advantage.`,
            evidence: { rollouts: count, severalSteps: several, share: count / several },
            threshold: MOST_TRAJECTORIES,
            spans: spans.slice(0, 50),
          },
        ];
      },
    };
  },
};
