// An audit tried on rollouts that are known: 200 trajectories of a sound run, and the same with one mistake in them.
import { plant, rules, runRules, type Simulated, settingOf, simulate } from 'gradsplit/audit';
import { ROLES } from 'gradsplit/rollouts';

/** What the audit says that is more than an info, given the objective that the run declares. */
async function alarms(simulated: Simulated): Promise<string> {
  const { findings } = await runRules(rules, () => simulated.trajectories, settingOf(simulated));
  const loud = findings.filter(({ severity }) => severity !== 'info');
  return loud
    .map(({ severity, rule, spans }) => `${severity} ${rule.code} in ${spans.length} places`)
    .join(', ');
}

const clean = simulate({
  objective: 'dapo',
  prompts: 25,
  groupSize: 8,
  toolRate: 0.05,
  topP: 0.95,
  rewards: [
    { name: 'correct', kind: 'binary', weight: 1 },
    { name: 'format', kind: 'format', weight: 0.2 },
  ],
});
console.log(`${clean.trajectories.length} sound trajectories: ${(await alarms(clean)) || 'nothing'}`);

// The mask forgets that the policy did not write what a tool said; advantages and weights follow from the mask.
const TOOL = ROLES.indexOf('tool');
const masked = plant(
  clean,
  ({ mask, roles }) => ({ mask: mask.map((m, t) => (roles[t] === TOOL ? 1 : m)) }),
  { in: 'rollouts' },
);
console.log(`tools are trained on: ${await alarms(masked)}`);

// The trainer divides by the number of trajectories; the rollouts are what they were.
const divided = plant(clean, () => ({}), {
  in: 'trainer',
  trained: { options: { aggregation: 'sequenceSum' } },
});
console.log(`another divisor: ${await alarms(divided)}`);
