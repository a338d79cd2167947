// The advantage A_i of a trajectory in words: as logged, or from the rewards of its group.
import { batchOfOne } from '../audit/tokenBatch.ts';
import { attemptsOf } from '../rollouts/labels/attempts.ts';
import type { ExplainedStep, ExplainedToken } from './explained.ts';
import { numberText as show } from './numberText.ts';

/** Numbers behind a minus sign: negative ones stand in brackets. */
const term = (x: number): string => (x < 0 ? `(${show(x)})` : show(x));

/** How far a formula may be from the number that the objective gives, relative to the larger of it and 1. */
const SAME = 1e-9;

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function deviation(values: readonly number[], ddof: number): number {
  const m = mean(values);
  const n = values.length - ddof;
  return n <= 0 ? 0 : Math.sqrt(values.reduce((sum, x) => sum + (x - m) ** 2, 0) / n);
}

/** The reward of trajectory k as the objective takes it: less the cost of its attempts, and of a KL where that is in the reward. */
function rewardAfterCosts({ weighing, objective, options }: ExplainedToken, k: number): number {
  const raw = weighing.summary.reward.at(k);
  const hasCosts = options.attemptCost !== 0 || (options.klPlacement === 'reward' && options.beta !== 0);
  if (objective.parts === undefined || !hasCosts || !Number.isFinite(raw)) return raw;
  const trajectory = weighing.trajectories[k]!;
  const batch = batchOfOne(trajectory, attemptsOf(trajectory), 0, raw, []);
  return objective.parts.numbers(batch, options).reward[0]!;
}

/** What the advantage of a trajectory is computed from. */
interface GroupRewards {
  readonly symbol: string;
  readonly own: number;
  readonly all: readonly number[];
}

function groupRewards(token: ExplainedToken): GroupRewards {
  const { weighing, i } = token;
  const members = weighing.groups[weighing.summary.group.at(i)] ?? [i];
  const all = members.map((k) => rewardAfterCosts(token, k));
  const isRaw = members.every((k, place) => Object.is(all[place], weighing.summary.reward.at(k)));
  return { symbol: isRaw ? 'R' : 'R′', own: rewardAfterCosts(token, i), all };
}

/** Ways in which advantages come about; the first whose number is that of the objective is shown. */
function candidates(
  { options }: ExplainedToken,
  { symbol: R, own: reward, all: rewards }: GroupRewards,
): (Pick<ExplainedStep, 'formula' | 'numbers'> & { value: number })[] {
  const m = mean(rewards);
  const epsilon = typeof options.stdEpsilon === 'number' ? options.stdEpsilon : 0;
  const std = deviation(rewards, typeof options.ddof === 'number' ? options.ddof : 1);
  const others = (rewards.reduce((a, b) => a + b, 0) - reward) / (rewards.length - 1);
  const baseline = typeof options.baseline === 'number' ? options.baseline : 0;
  const standardised = (name: string, b: number) => ({
    formula: `(${R}_i − ${name})/(std ${R} + ε)`,
    numbers: `(${show(reward)} − ${term(b)})/(${show(std)} + ${show(epsilon)})`,
    value: (reward - b) / (std + epsilon),
  });
  const centred = (name: string, b: number) => ({
    formula: `${R}_i − ${name}`,
    numbers: `${show(reward)} − ${term(b)}`,
    value: reward - b,
  });
  return [
    ...(options.normalizeByStd === true
      ? [standardised(`mean ${R}`, m), standardised('mean of the others', others)]
      : []),
    ...('baseline' in options ? [centred('b', baseline)] : []),
    centred(`mean ${R}`, m),
    centred('mean of the others', others),
    {
      formula: `(${R}_i − mean ${R})/mean ${R}`,
      numbers: `(${show(reward)} − ${term(m)})/${term(m)}`,
      value: m > 0 ? (reward - m) / m : 0,
    },
  ];
}

/** The step that gives A_i. A formula stands there only if it gives the number that the objective computes. */
export function advantageStep(token: ExplainedToken): ExplainedStep {
  const { advantage: value, isLogged, weighing, i } = token;
  if (isLogged) return { symbol: 'A_i', meaning: 'advantage, as the trainer logged it', value };
  const { summary, groups } = weighing;
  const members = groups[summary.group.at(i)]?.length ?? 1;
  const rewards = groupRewards(token);
  const after = rewards.symbol === 'R' ? '' : `, after costs R′_i = ${show(rewards.own)}`;
  const meaning = `advantage: R_i = ${show(summary.reward.at(i))}${after} in a group of ${members}`;
  const found = candidates(token, rewards).find(
    (way) => Math.abs(way.value - value) <= SAME * Math.max(1, Math.abs(value)),
  );
  if (found === undefined) return { symbol: 'A_i', meaning, value };
  const { formula, numbers } = found;
  return {
    symbol: 'A_i',
    meaning,
    value,
    ...(formula === undefined ? {} : { formula }),
    ...(numbers === undefined ? {} : { numbers }),
  };
}
