// The exact part of the lab: expected pushes on a grid of policies with two predictions, against their closed forms.
import { expectedPush, normalisedPush, plainPush, type TwoPredictions } from './nearCollapse.ts';
import { rewardOf } from './questions.ts';

/** Chances of yes: ½ is left out, where the push of GRPO is 0. */
const CHANCES: readonly number[] = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95];
/** Lower predictions, in hundredths; the higher one is next to it. */
const LOWER: readonly number[] = [5, 25, 49, 70, 94];
/** π(higher): hardly drawn, drawn as often as the other one, hardly anything else. */
const SHARES: readonly number[] = [0.02, 0.5, 0.98];
/** GRPO without ε, which the closed form leaves out. */
const WITH_STD = { stdEpsilon: 0 };
const WITHOUT_STD = { normalizeByStd: false };

function policies(rollouts: number): TwoPredictions[] {
  return LOWER.flatMap((lower) => SHARES.map((share) => ({ lower, higher: lower + 1, share, rollouts })));
}

/** Numbers of the exact part; the same at every seed. */
export function pushMeasures(rollouts: number): Record<string, number> {
  let [normalisedGap, plainGap, normalisedSigns, plainSigns] = [0, 0, 0, 0];
  for (const policy of policies(rollouts)) {
    const size = Math.max(
      ...[0, 1].map((y) => Math.abs(rewardOf(policy.higher, y) - rewardOf(policy.lower, y))),
    );
    for (const p of CHANCES) {
      const normalised = expectedPush(policy, p, 'grpo', WITH_STD);
      const plain = expectedPush(policy, p, 'grpo', WITHOUT_STD);
      normalisedGap = Math.max(normalisedGap, Math.abs(normalised - normalisedPush(policy, p)));
      plainGap = Math.max(plainGap, Math.abs(plain - plainPush(policy, p)) / size);
      if (Math.sign(normalised) !== Math.sign(p - 0.5)) normalisedSigns++;
      if (Math.sign(plain) !== Math.sign(p - 0.5)) plainSigns++;
    }
  }
  return { normalisedGap, plainGap, normalisedSigns, plainSigns };
}

/**
 * Rounding of `pushMeasures`: terms whose sizes add up to at most 1, as the mean of |A| is at most its standard deviation (or the
 * difference of the rewards, by which the plain gap is divided); a term passes through at most 8·G roundings: the binomial
 * coefficient and powers 3·G, sums over the group for mean, deviation and push 3·G, the sum over k 1·G, and some single ones.
 */
export function pushRounding(rollouts: number): number {
  return 8 * rollouts * 2 ** -52;
}

/** Pushes at predictions of 70 % and 71 % over the chance of yes, each over its largest size. */
export function pushSeries(rollouts: number): Record<string, number[]> {
  const policy = { lower: 70, higher: 71, share: 0.5, rollouts };
  const chance = Array.from({ length: 21 }, (_, i) => i / 20);
  const scaled = (values: readonly number[]): number[] => {
    const largest = Math.max(...values.map(Math.abs));
    return values.map((x) => x / largest);
  };
  return {
    chance,
    pushWithStd: scaled(chance.map((p) => expectedPush(policy, p, 'grpo', {}))),
    pushWithoutStd: scaled(chance.map((p) => expectedPush(policy, p, 'grpo', WITHOUT_STD))),
    noPush: chance.map(() => 0),
  };
}
