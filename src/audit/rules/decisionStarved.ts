// Decisions that carry less weight than the reward's variance has from them.
import { ROLES } from '../../rollouts/trajectory.ts';
import { decisionBudget } from '../decisionBudget.ts';
import { DecisionMoments } from '../decisionMoments.ts';
import type { Evidence, Rule } from '../rule.ts';
import { optionOf } from '../setting.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { SpanList } from '../spans.ts';
import type { TokenView } from '../tokenView.ts';
import { isTrained, isWritten, runsWhere } from '../trained.ts';

const DECISION = ROLES.indexOf('decision');

const percent = (x: number): string => `${Number((100 * x).toPrecision(3))} %`;

/** Sums over one component. */
interface Side {
  tokens: number;
  trained: number;
  weight: number;
}

/** Adds up both components of the trajectories that carry weight at all. */
class Sides {
  readonly decision: Side = { tokens: 0, trained: 0, weight: 0 };
  readonly sample: Side = { tokens: 0, trained: 0, weight: 0 };
  readonly spans = new SpanList();

  add({ trajectory, weights: declared }: TokenView): void {
    const { roles, length } = trajectory;
    const weights = trajectory.weights ?? declared;
    const written = Array.from(roles.keys()).filter((t) => isWritten(roles[t]!));
    if (!written.some((t) => isTrained(trajectory, t))) return;
    for (const t of written) {
      const side = roles[t] === DECISION ? this.decision : this.sample;
      const size = weights === undefined ? 0 : Math.abs(weights[t]!);
      side.tokens++;
      if (isTrained(trajectory, t)) side.trained++;
      if (Number.isFinite(size)) side.weight += size;
    }
    for (const { from, to } of runsWhere(length, (t) => roles[t] === DECISION))
      this.spans.add(trajectory, from, to);
  }
}

/** Decisions that never carry weight. */
function untrained({ decision, sample, spans }: Sides): Evidence[] {
  const share = (sample.tokens - sample.trained + 1) / (sample.tokens + 2);
  const chance = share ** decision.tokens;
  if (decision.tokens === 0 || decision.trained > 0 || chance >= FALSE_ALARMS) return [];
  return [
    {
      message: `None of ${decision.tokens} decision tokens carries weight, while ${sample.trained} of ${sample.tokens} other tokens of the same responses do.`,
      evidence: { decisions: decision.tokens, others: sample.tokens, trainedOthers: sample.trained, chance },
      threshold: FALSE_ALARMS,
      spans: spans.spans,
      severity: 'warning',
    },
  ];
}

/** The rule `decision-starved`. */
export const decisionStarved: Rule = {
  code: 'decision-starved',
  severity: 'info',
  sentence:
    'Decisions carry a smaller share of the weights than the share of the reward’s variance that comes from them.',
  signature:
    'The share of decision tokens in Σ|w| is below a lower bound of V_decision/Var(R) (info), or no decision carries weight at all (warning).',
  formula: String.raw`\frac{\sum_{t\in D}\lvert w_t\rvert}{\sum_t\lvert w_t\rvert}<\frac{g^{\mathsf T}M^{-1}g}{\operatorname{Var}R}\le\frac{V_d}{\operatorname{Var}R},\quad g=\mathbb E\Big[R\sum_{t\in D}\xi_t\varphi_t\Big]`,
  advice:
    'Weigh segments instead of tokens (segmentWeight, klWeight), or look at the gradient of each component: gradsplit attribute.',
  threshold:
    'Null: decisions carry at least the share of the variance that is theirs. The bound holds but for a probability of 10⁻⁴ (a normal margin of √(2·ln 10⁴) standard errors), and only where decisions are labelled whichever way they go, which is tested at the same rate. That no decision carries weight has probability pⁿ if a share p of other tokens is left out. A token that is one of many carries little of Σ|w| under every objective with one weight a trajectory: therefore an info.',
  rate: 1e-4,
  source: 'gradsplit, claims C3 to C5; arXiv 2601.01580',
  needs: ['decisions', 'roles', ['mask', 'weights']],
  silent: (setting) =>
    optionOf(setting, 'update') === 'sample' ? 'the objective leaves decisions out on purpose' : undefined,
  watch: ({ memory }) => {
    const sides = new Sides();
    const moments = new DecisionMoments(1, memory);
    return {
      second: (view) => {
        sides.add(view);
        moments.second(view);
      },
      judge: (summary) => {
        const never = untrained(sides);
        if (never.length > 0) return never;
        const { decision, sample, spans } = sides;
        const total = decision.weight + sample.weight;
        const { share, estimate, decisions } = decisionBudget(moments, summary);
        const shareOfWeight = total === 0 ? Number.NaN : decision.weight / total;
        if (!(shareOfWeight < share)) return [];
        const shareOfTokens = decision.tokens / (decision.tokens + sample.tokens);
        return [
          {
            message: `Decisions carry ${percent(shareOfWeight)} of Σ|w| (and are ${percent(shareOfTokens)} of the tokens), while at least ${percent(share)} of the reward's variance comes from them.`,
            evidence: {
              shareOfWeight,
              shareOfTokens,
              budgetAtLeast: share,
              budgetEstimate: estimate,
              decisions,
            },
            threshold: shareOfWeight,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
