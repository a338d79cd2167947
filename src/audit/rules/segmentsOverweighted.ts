// Rollouts whose weight is proportional to the number of trajectories they are cut into.
import { OpenParts, rolloutSizes } from '../openParts.ts';
import type { Evidence, Rule, Span } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';

/** What is kept of a rollout that has begun. */
interface Rollout {
  readonly spans: Span[];
  /** Σ|w|/|A| over its trajectories, Σ|w|, how many of them carry weight, and their tokens. */
  weight: number;
  absolute: number;
  segments: number;
  tokens: number;
}

/** The variance of log x, of numbers that come one by one. */
class LogSpread {
  private count = 0;
  private mean = 0;
  private squares = 0;

  add(x: number): void {
    this.count++;
    const off = Math.log(x) - this.mean;
    this.mean += off / this.count;
    this.squares += off * (Math.log(x) - this.mean);
  }

  get variance(): number {
    return this.squares / this.count;
  }
}

/** Rollouts that are named as places. */
const MOST_NAMED = 50;

/** Sums over the rollouts that have ended. */
class Sums {
  readonly constant = new LogSpread();
  readonly byTokens = new LogSpread();
  readonly bySegments = new LogSpread();
  /** Those with the most trajectories, in falling order. */
  readonly named: Rollout[] = [];
  count = 0;
  several = 0;
  readonly absolute = { all: 0, several: 0 };

  add(rollout: Rollout): void {
    const { weight, segments, tokens, absolute } = rollout;
    if (segments === 0) return;
    this.count++;
    this.constant.add(weight);
    this.byTokens.add(weight / tokens);
    this.bySegments.add(weight / segments);
    this.absolute.all += absolute;
    if (segments < 2) return;
    this.several++;
    this.absolute.several += absolute;
    const at = this.named.findIndex((other) => other.segments < segments);
    this.named.splice(at === -1 ? this.named.length : at, 0, rollout);
    this.named.length = Math.min(this.named.length, MOST_NAMED);
  }
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
    'Three laws for n rollouts: their weight is constant, proportional to tokens, or to segments, the first two being the null, each up to a factor and normal noise of its logarithm. The third is accepted if ((spread under the nearer of the others)/(spread under it))^((n−1)/2) ≥ 2/10⁻⁴, which either of the others exceeds with probability at most 10⁻⁴ by Markov’s inequality. An error where the weights were logged, a warning where the declared objective makes them so.',
  rate: 1e-4,
  source: 'verl#7580, prime-rl#2975',
  needs: ['rollout', ['weights', 'objective']],
  watch: () => {
    const sums = new Sums();
    let rollouts: OpenParts<Rollout>;
    let isLogged = false;
    const begin = (): Rollout => ({ spans: [], weight: 0, absolute: 0, segments: 0, tokens: 0 });
    return {
      between(summary) {
        rollouts = new OpenParts(summary.rollout, rolloutSizes(summary));
      },
      second: ({ trajectory, i, weights: declared, loggedAdvantage, advantage, length }) => {
        if (rollouts.sizeAt(i) === 0) return;
        const { kept: own, isLast } = rollouts.see(i, begin);
        const weights = trajectory.weights ?? declared;
        const a = Math.abs(Number.isNaN(loggedAdvantage) ? advantage : loggedAdvantage);
        let sum = 0;
        if (weights !== undefined) for (const w of weights) if (Number.isFinite(w)) sum += Math.abs(w);
        if (a > 0 && sum > 0) {
          isLogged ||= trajectory.weights !== undefined;
          const { file, line } = trajectory.place;
          if (own.spans.length < MOST_NAMED) own.spans.push({ file, line, from: 0, to: trajectory.length });
          own.weight += sum / a;
          own.absolute += sum;
          own.segments++;
          own.tokens += length;
        }
        if (isLast) sums.add(own);
      },
      judge: (): Evidence[] => {
        const { count, several, named, absolute } = sums;
        if (several === 0) return [];
        const most = named[0]!.segments;
        const other = Math.min(sums.byTokens.variance, sums.constant.variance);
        const evidence = ((count - 1) / 2) * Math.log(other / sums.bySegments.variance);
        const bound = Math.log(2 / FALSE_ALARMS);
        if (!(other > 0 && evidence >= bound)) return [];
        const share = absolute.several / absolute.all;
        return [
          {
            message: `The weight of ${count} rollouts is proportional to the number of their trajectories: one with ${most} weighs ${most} times as much as one with a single one. ${Number(((100 * several) / count).toPrecision(3))} % of the rollouts have several, and ${Number((100 * share).toPrecision(3))} % of Σ|w|.`,
            evidence: {
              rollouts: count,
              mostSegments: most,
              shareOfRollouts: several / count,
              shareOfWeight: share,
              logEvidence: evidence,
              isLogged,
            },
            threshold: bound,
            spans: named.flatMap(({ spans }) => spans).slice(0, MOST_NAMED),
            ...(isLogged ? {} : { severity: 'warning' as const }),
          },
        ];
      },
    };
  },
};
