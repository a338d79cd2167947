// Audits a file of rollouts as a program: which mistakes are in it, and how the weight of its tokens divides.
//
//   node auditFile.mjs rollouts.jsonl
import { audit } from 'gradsplit/audit';
import { openRollouts } from 'gradsplit/node';
import { chooseObjective } from 'gradsplit/objectives';

const path = process.argv[2] ?? new URL('rollouts.jsonl', import.meta.url).pathname;
const source = await openRollouts([path]);
let report;
const passes = () => {
  const rollouts = source.read();
  report = rollouts.report;
  return rollouts;
};
const { findings, shares, rollouts } = await audit(passes, {
  chosen: { ...chooseObjective('grpo', {}), from: 'user' },
  read: () => ({ format: report.format.name, skipped: report.skipped, unit: 'tokens', components: {} }),
});
await source.close();

console.log(`${rollouts.lines} trajectories, ${rollouts.format}`);
for (const { severity, code, message } of findings) console.log(`${severity} ${code}: ${message}`);
console.log('of Σ|w|:', shares.weight);
