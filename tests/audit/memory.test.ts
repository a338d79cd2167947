// What an audit keeps of a trajectory while it runs: a few numbers in columns, whatever its length and however many rollouts and prompts.
import { getHeapStatistics, queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { Column } from '../../src/audit/columns/column.ts';
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

/** Four trajectories of about 150 tokens stand for all. */
const { trajectories: models } = simulate({
  objective: 'grpo',
  prompts: 2,
  attempts: 2,
  lengths: { kind: 'geometric', mean: 150, spread: 0.2 },
  maxLength: 300,
});

/** A text of 4000 characters that shares none of its memory with another one. */
const text = (name: string): string => Buffer.from(name.padEnd(4000)).toString();

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
      texts: {
        prompt: text(`prompt ${group}`),
        output: text(`output ${i}`),
        groundTruth: text(`truth ${group}`),
      },
      extras: { metric: i },
    };
  }
}

const [FEW, MORE] = [150, 450];

/** What is alive after a collection of garbage. */
interface Alive {
  /** Objects, lists and arrays. */
  readonly objects: number;
  /** Bytes of everything on the heap: texts above all, where objects are few. */
  readonly heap: number;
  /** Bytes of typed arrays, which lie outside of the heap. */
  readonly arrays: number;
}

function alive(): Alive {
  // It collects garbage first.
  const objects = queryObjects(Object, { format: 'count' });
  return { objects, heap: getHeapStatistics().used_heap_size, arrays: process.memoryUsage().arrayBuffers };
}

/** What comes to be kept from trajectory FEW to trajectory MORE, in both passes, by the trajectory. */
async function keptEach(
  of: readonly Rule[],
  keep: (trajectory: Trajectory) => unknown = () => 0,
): Promise<Alive> {
  const grown = { objects: 0, heap: 0, arrays: 0 };
  const kept: unknown[] = [];
  const count = (i: number): void => {
    if (i !== FEW && i !== MORE) return;
    const now = alive();
    const sign = i === FEW ? -1 : 1;
    for (const name of ['objects', 'heap', 'arrays'] as const)
      grown[name] += (sign * now[name]) / (MORE - FEW);
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
  return grown;
}

/** Places of findings are kept up to their limits, which is all. */
const MOST_OBJECTS = 0.4;
/** A few dozen columns of 8 bytes and their room to grow: less than the numbers of its tokens once. */
const MOST_OF_ARRAYS = 400;
/** Half of one of its texts; machine code that comes to be, or is thrown away, is in it. */
const MOST_OF_HEAP = 2000;

test('an audit keeps a few numbers of a trajectory, and no object, text or array', async () => {
  const { objects, heap, arrays } = await keptEach(rules);
  expect(objects).toBeLessThan(MOST_OBJECTS);
  expect(heap).toBeLessThan(MOST_OF_HEAP);
  expect(arrays).toBeLessThan(MOST_OF_ARRAYS);
  // What the bounds are for: an object for every rollout, a text for every trajectory, and a number for every token.
  const tokens = new Column();
  const outputs: string[] = [];
  const seen = await keptEach([], ({ place: { line }, texts, logProbs }) => {
    for (const x of logProbs!) tokens.push(x);
    outputs.push(texts!.output!);
    return line % 2 === 0 ? { line } : 0;
  });
  expect(seen.objects).toBeGreaterThan(MOST_OBJECTS);
  expect(seen.heap).toBeGreaterThan(MOST_OF_HEAP);
  expect(seen.arrays).toBeGreaterThan(MOST_OF_ARRAYS);
});
