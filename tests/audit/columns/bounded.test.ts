// An audit with a limit holds no more pages than that, however many trajectories there are, and says the same.
import { expect, test } from 'vitest';
import { audit, type ChosenObjective, PAGE_BYTES, PageMemory } from '../../../src/audit/index.ts';
import { choose } from '../../../src/audit/simulator/index.ts';
import { ROLES, type Trajectory } from '../../../src/rollouts/index.ts';
import { pagesInMemory } from './pagesInMemory.ts';

const SAMPLE = ROLES.indexOf('sample');
const DECISION = ROLES.indexOf('decision');
const COUNT = 20_000;
/** Pages that may be in memory: the least. The columns of so many trajectories take several times as many. */
const MOST_PAGES = 64;

/** Tiny trajectories whose numbers all differ, in groups of 4 that are spread over batches of 1000, with names that do not repeat. */
function* many(): Generator<Trajectory> {
  for (let i = 0; i < COUNT; i++) {
    const x = ((i * 7919) % 10_007) / 10_007;
    const group = Math.floor(i / 1000) * 250 + (i % 250);
    yield {
      place: { file: 'many.jsonl', line: i + 1 },
      length: 2,
      unit: 'tokens',
      ids: Int32Array.of(5, i % 11),
      roles: Uint8Array.of(SAMPLE, DECISION),
      mask: Uint8Array.of(1, 1),
      isMaskLogged: true,
      areRolesLogged: true,
      logProbs: Float64Array.of(-0.5 - x, -0.7),
      oldLogProbs: Float64Array.of(-0.5 - x, -0.7),
      refLogProbs: Float64Array.of(-0.6, -0.7 - x),
      samplerLogProbs: Float64Array.of(-0.5 - x, -0.7),
      weights: Float64Array.of(x - 0.5, x - 0.5),
      reward: x,
      rewards: { correct: Number(x > 0.5), style: x - Number(x > 0.5) },
      extras: { kl: x * x },
      correct: x > 0.5,
      advantage: x - 0.5 + (i % 3) / 7,
      group: `prompt ${group}`,
      step: Math.floor(i / 1000),
      rollout: `rollout ${Math.floor(i / 2)}`,
      microbatch: i % 4,
      rank: i % 2,
    };
  }
}

async function audited(memory: PageMemory) {
  const chosen: ChosenObjective = { ...choose('grpo', { beta: 0.1 }), from: 'user' };
  const against: ChosenObjective = { ...choose('dapo', {}), from: 'user' };
  const read = () => ({ format: 'test', skipped: 0, unit: 'tokens' as const, components: {} });
  return audit(many, { chosen, against, memory, read });
}

test('pages in memory are limited, and the document is the same', async () => {
  const limited = new PageMemory(pagesInMemory(), MOST_PAGES * PAGE_BYTES);
  const unlimited = new PageMemory(pagesInMemory());
  const document = await audited(limited);
  expect(limited.mostHeld).toBe(MOST_PAGES);
  expect(limited.written).toBeGreaterThan(MOST_PAGES);
  expect(document).toEqual(await audited(unlimited));
  expect(document.rollouts).toMatchObject({ lines: COUNT, groups: COUNT / 4, steps: COUNT / 1000 });
  // What the limit is for.
  expect(unlimited.mostHeld).toBeGreaterThan(3 * MOST_PAGES);
  expect(unlimited.written).toBe(0);
});
