// Rollouts whose weight is proportional to the number of trajectories they are cut into.
import { Column } from '../column.ts';
import type { Evidence, Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** What is kept of a rollout. */
interface Rollout {
  readonly lines: number[];
  /** Σ|w|/|A| over its trajectories, how many of them carry weight, and their tokens. */
  weight: number;
  segments: number;
  tokens: number;
}

/** The variance of log x. */
function spreadOf(x: readonly number[]): number {
  const logs = x.map(Math.log);
  const mean = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  return logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / logs.length;
}

/** The rule `segments-overweighted`. */
export const segmentsOverweighted: Rule = {
  code: 'segments-overweighted',
  severity: 'error',
  sentence: 'A rollout that is cut into several trajectories weighs as much as several rollouts.',
  signature:
    'Σ|w|/|A| of a rollout is proportional to the number of its trajectories, and neither constant nor proportional to its tokens.',
  formula: String.raw`\sum_{i\in\text{rollout}}\sum_t\lvert w_{it}\rvert/\lvert A\rvert\propto N_{\text{segments}}`,
  advice:
    'Weigh each trajectory by 1 over the number of trajectories of its rollout, rescaled to mean 1 over the batch: without rescaling the size of the loss changes from step to step. Weigh every term of the loss, not only the advantage.',
  threshold:
    'Three laws for n rollouts: their weight is constant, proportional to tokens, or to segments, each up to a factor and normal noise of its logarithm. The third is accepted if ((spread under the nearer of the others)/(spread under it))^((n−1)/2) ≥ 2/10⁻⁴, which either of the others exceeds with probability at most 10⁻⁴ by Markov’s inequality. An error where the weights were logged, a warning where the declared objective makes them so.',
  source: 'verl#7580, prime-rl#2975',
  needs: ['rollout', ['weights', 'objective']],
  watch: () => {
    const rollouts = new Map<string, Rollout>();
    const total = new Column();
    let isLogged = false;
    return {
      second: ({ trajectory, i, weights: declared, loggedAdvantage, advantage, length }) => {
        const { rollout, step } = trajectory;
        const weights = trajectory.weights ?? declared;
        const a = Math.abs(Number.isNaN(loggedAdvantage) ? advantage : loggedAdvantage);
        let sum = 0;
        if (weights !== undefined) for (const w of weights) if (Number.isFinite(w)) sum += Math.abs(w);
        total.push(sum);
        if (rollout === undefined || !(a > 0) || sum === 0) return;
        isLogged ||= trajectory.weights !== undefined;
        const name = `${step} ${rollout}`;
        const own = rollouts.get(name) ?? { lines: [], weight: 0, segments: 0, tokens: 0 };
        rollouts.set(name, own);
        own.lines.push(i);
        own.weight += sum / a;
        own.segments++;
        own.tokens += length;
      },
      judge: (summary: Summary): Evidence[] => {
        const all = [...rollouts.values()];
        const most = all.reduce((largest, { segments }) => Math.max(largest, segments), 0);
        if (most < 2) return [];
        const bySegments = spreadOf(all.map(({ weight, segments }) => weight / segments));
        const byTokens = spreadOf(all.map(({ weight, tokens }) => weight / tokens));
        const constant = spreadOf(all.map(({ weight }) => weight));
        const other = Math.min(byTokens, constant);
        const evidence = ((all.length - 1) / 2) * Math.log(other / bySegments);
        const bound = Math.log(2 / FALSE_ALARMS);
        if (!(other > 0 && evidence >= bound)) return [];
        const several = all.filter(({ segments }) => segments > 1).sort((x, y) => y.segments - x.segments);
        const weights = total.values();
        const weightOf = (some: readonly Rollout[]): number =>
          some.reduce((sum, { lines }) => sum + lines.reduce((own, i) => own + weights[i]!, 0), 0);
        const share = weightOf(several) / weightOf(all);
        return [
          {
            message: `The weight of ${all.length} rollouts is proportional to the number of their trajectories: one with ${most} weighs ${most} times as much as one with a single one. ${Number(((100 * several.length) / all.length).toPrecision(3))} % of the rollouts have several, and ${Number((100 * share).toPrecision(3))} % of Σ|w|.`,
            evidence: {
              rollouts: all.length,
              mostSegments: most,
              shareOfRollouts: several.length / all.length,
              shareOfWeight: share,
              logEvidence: evidence,
              isLogged,
            },
            threshold: bound,
            spans: rowSpans(
              summary,
              several.flatMap(({ lines }) => lines),
            ),
            ...(isLogged ? {} : { severity: 'warning' as const }),
          },
        ];
      },
    };
  },
};
