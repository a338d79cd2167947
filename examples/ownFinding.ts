// A finding of your own: rewards outside of the range that your verifier can give.
import { type Rule, rowSpans, runRules } from 'gradsplit/audit';
import type { Trajectory } from 'gradsplit/rollouts';

const rewardRange: Rule = {
  code: 'reward-range',
  severity: 'error',
  sentence: 'A reward is outside of [0, 1], so that some other number was logged as the reward.',
  signature: 'Any reward below 0 or above 1.',
  formula: String.raw`R_i\notin[0,1]`,
  advice: 'Look at what the reward function returns for these lines.',
  threshold: 'None: the verifier gives no such number.',
  rate: 0,
  source: 'this example',
  needs: ['reward'],
  watch: () => ({
    judge(summary) {
      const wrong = summary.reward.where((reward) => reward < 0 || reward > 1);
      if (wrong.length === 0) return [];
      const share = wrong.length / summary.count;
      return [
        {
          message: `${wrong.length} of ${summary.count} rewards are outside of [0, 1]`,
          evidence: { share },
          threshold: 0,
          spans: rowSpans(summary, wrong),
        },
      ];
    },
  }),
};
export default rewardRange;

// Run on its own it checks itself.
if (process.argv[1] === import.meta.filename) {
  const trajectory = (line: number, reward: number): Trajectory => ({
    place: { file: 'made up', line },
    length: 1,
    unit: 'tokens',
    roles: Uint8Array.of(1),
    mask: Uint8Array.of(1),
    isMaskLogged: true,
    areRolesLogged: true,
    reward,
  });
  const { findings } = await runRules([rewardRange], () => [trajectory(1, 0.5), trajectory(2, 7)], {});
  for (const { severity, rule, message, spans } of findings) {
    console.log(`${severity} ${rule.code}: ${message}, first in line ${spans[0]!.line}`);
  }
}
