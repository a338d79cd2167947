// The levels of weight and of mass, which need no gradient: what the objective puts on tokens, and where its value or signal lies.
import type { Segments, Split } from '../../attribution/index.ts';
import { runRules } from '../../audit/audit.ts';
import { VarianceBudgetEstimate } from '../../audit/varianceBudget.ts';
import type { AttributionDocument } from '../../documents/attribution.ts';
import type { TokenBatch } from '../../objectives/index.ts';
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import type { AttributionSubject } from './subject.ts';

type Levels = AttributionDocument['levels'];

/** Whether weights of one trajectory are one number, but for rounding of a few products. */
function areEqual(weights: readonly number[]): boolean {
  const [first = 0] = weights;
  return weights.every((w) => Math.abs(w - first) <= 8 * Number.EPSILON * Math.abs(first));
}

/** The level of weights. */
export function weightLevel(
  { labels }: Pick<Split, 'labels'>,
  total: Float64Array,
  batch: TokenBatch,
  { names, of }: Segments,
): Levels['weight'] {
  const absolute = labels.map(({ seeds }) => seeds.reduce((sum, w) => sum + Math.abs(w), 0));
  const all = absolute.reduce((sum, x) => sum + x, 0);
  const { offsets, mask } = batch;
  const trained = (c: number): number =>
    of.reduce((n, own, t) => n + (own === c && mask[t] === 1 ? 1 : 0), 0);
  const isBalanced = [...offsets.keys()].slice(0, -1).every((i) => {
    const own: number[] = [];
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) if (mask[t] === 1) own.push(total[t]!);
    return areEqual(own);
  });
  return {
    share: absolute.map((x) => x / all),
    perToken: labels.map(({ component }, l) => absolute[l]! / trained(names.indexOf(component))),
    balanced: isBalanced,
  };
}

/** The mean over trajectories of a sum over the tokens of each component. */
function byComponent(
  { offsets, mask }: TokenBatch,
  { names, of }: Segments,
  value: (t: number) => number,
): { value: Record<string, number>; share: Record<string, number> } {
  const sums = new Float64Array(names.length);
  for (const [t, c] of of.entries()) if (mask[t] === 1) sums[c]! += value(t);
  const B = offsets.length - 1;
  const total = sums.reduce((sum, x) => sum + x, 0);
  const present = names.flatMap((name, c) => (of.includes(c) ? [[name, c] as const] : []));
  return {
    value: Object.fromEntries(present.map(([name, c]) => [name, sums[c]! / B])),
    share: Object.fromEntries(present.map(([name, c]) => [name, sums[c]! / total])),
  };
}

/** The responses as trajectories of rollouts, as far as the budget of the variance reads them. */
function* trajectories(batch: TokenBatch, { names, of }: Segments): Generator<Trajectory> {
  const { offsets, mask, logProb, reward, group, attempt } = batch;
  const role = Uint8Array.from(names, (name) => Math.max(1, ROLES.map(String).indexOf(name)));
  for (let i = 0; i + 1 < offsets.length; i++) {
    const [from, to] = [offsets[i]!, offsets[i + 1]!];
    yield {
      place: { file: '', line: i + 1 },
      length: to - from,
      unit: 'tokens',
      roles: of.slice(from, to).map((c) => role[c]!),
      attempt: attempt.slice(from, to),
      mask: mask.slice(from, to),
      isMaskLogged: true,
      areRolesLogged: true,
      logProbs: logProb.slice(from, to),
      reward: reward[i]!,
      group: String(group[i]),
    };
  }
}

/**
 * The level of mass, as far as the batch tells: of demonstrations their cross-entropy; of a reference that differs, the chain-rule terms of
 * the divergence, by their sampled values; of rewards in groups, the budget of their variance.
 */
export async function massLevel(
  { objective, options, segments, rollouts }: AttributionSubject,
  batch: TokenBatch,
): Promise<Levels['mass']> {
  const { logProb, refLogProb } = batch;
  if (objective.imitates) {
    return [
      {
        what: 'crossEntropy',
        unit: 'nats a trajectory',
        ...byComponent(batch, segments, (t) => -logProb[t]!),
      },
    ];
  }
  const found: Levels['mass'][number][] = [];
  if (rollouts.from !== 'demonstrations' && rollouts.advantages === undefined) {
    const budget = new VarianceBudgetEstimate();
    const { summary } = await runRules(
      [],
      () => trajectories(batch, segments),
      { chosen: { objective, options, from: 'user' } },
      [budget],
    );
    const variance = budget.judge(summary);
    if (variance !== undefined) {
      const { sample, decision, ci95 } = variance;
      const share = { sample, decision };
      found.push({
        what: 'varianceBudget',
        unit: 'share of Var(R)',
        value: share,
        share,
        ci95: [ci95[0], ci95[1]],
      });
    }
  }
  if (logProb.some((x, t) => x !== refLogProb[t])) {
    const terms = byComponent(batch, segments, (t) => logProb[t]! - refLogProb[t]!);
    found.push({ what: 'klTerms', unit: 'nats a trajectory', ...terms });
  }
  return found;
}
