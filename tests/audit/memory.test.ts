// What an audit keeps of a trajectory while it runs: a few numbers in columns, whatever its length and however many rollouts and prompts.
import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import {
  type ChosenObjective,
  type Observer,
  type Rule,
  rules,
  runRules,
  simulate,
} from '../../src/audit/index.ts';
import { choose } from '../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';

const { trajectories: models } = simulate({
  objective: 'grpo',
  prompts: 2,
  attempts: 2,
  lengths: { kind: 'geometric', mean: 6, spread: 0.2 },
  maxLength: 10,
});

/** Everything that a file can say, no name twice: groups of 4, rollouts of 2 trajectories. */
function* many(count: number): Generator<Trajectory> {
  for (let i = 0; i < count; i++) {
    const group = Math.floor(i / 4);
    yield {
      ...models[i % models.length]!,
      place: { file: 'many.jsonl', line: i + 1 },
      group: `prompt ${group}`,
      rollout: `rollout ${Math.floor(i / 2)}`,
      step: Math.floor(i / 200),
      texts: { prompt: `prompt ${group}`, output: `output ${i}`, groundTruth: `truth ${group}` },
      extras: { metric: i },
    };
  }
}

const [FEW, MORE] = [150, 450];

/** How many objects, lists and arrays come to be kept from trajectory FEW to trajectory MORE, in both passes, by the trajectory. */
async function objectsEach(
  of: readonly Rule[],
  keep: (trajectory: Trajectory) => unknown = () => 0,
): Promise<number> {
  let grown = 0;
  const kept: unknown[] = [];
  const count = (i: number): void => {
    if (i === FEW) grown -= queryObjects(Object, { format: 'count' });
    if (i === MORE) grown += queryObjects(Object, { format: 'count' });
  };
  const observer: Observer = {
    first(trajectory, i) {
      kept.push(keep(trajectory));
      count(i);
    },
    second: ({ i }) => count(i),
  };
  const chosen: ChosenObjective = { ...choose('grpo', { beta: 0.1 }), from: 'user' };
  await runRules(of, () => many(MORE + 1), { chosen }, [observer]);
  expect(kept).toHaveLength(MORE + 1);
  return grown / (MORE - FEW);
}

/** Places of findings are kept up to their limits, which is all. */
const MOST = 0.4;

test('an audit keeps no object for a trajectory, a rollout, a group or a prompt', async () => {
  expect(await objectsEach(rules)).toBeLessThan(MOST);
  // What the bound is for: an object a rollout, and one a trajectory.
  const everyOther = ({ place: { line } }: Trajectory): unknown => (line % 2 === 0 ? { line } : 0);
  expect(await objectsEach([], everyOther)).toBeGreaterThan(MOST);
});
