// The memory of the host that episodes are said to need is an upper bound of what they keep, and no more than about four times of it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { sample } from '../../src/analyses/index.ts';
import { useKernels } from '../../src/autodiff/index.ts';
import { atTemperature, decodable } from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { addition } from '../../src/tasks/index.ts';
import { checkEpisodeMemory, createTrainer, initialState, parseConfig } from '../../src/training/index.ts';

const COUNT = 4000;

/** The least memory of the host with which so many episodes are not refused, in steps of one per cent. */
function neededFor(count: number, config: ReturnType<typeof parseConfig>): number {
  const task = addition.create(config.task.options);
  const fits = (host: number): boolean => {
    try {
      checkEpisodeMemory('sample', config, task, count, '--count', { kernel: 2 ** 32, host });
      return true;
    } catch {
      return false;
    }
  };
  let host = 1;
  while (!fits(host)) host *= 1.01;
  return host;
}

test.each([1, 8])('%i attempts', (attempts) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  useKernels(loadWasmKernelsSync());
  const config = parseConfig(
    {
      task: { name: 'addition', digits: 2 },
      model: { width: 8, layers: 1, heads: 1 },
      run: { attempts },
      base: { wrong: [1] },
    },
    'test',
  );
  const trainer = createTrainer(config, 1, addition.create(config.task.options));
  const { parameters } = initialState(trainer);
  const trained = { trainer, parameters, policy: decodable(trainer.model, parameters), checkpoint: 'none' };
  const draw = (count: number): ReturnType<typeof sample> =>
    sample(trained, { prompt: '12+34=', count, seed: 1, drawing: atTemperature(1) });
  draw(100);
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = draw(COUNT);
  collect();
  const taken = process.memoryUsage().heapUsed - before;
  expect(kept.document.trajectories).toHaveLength(COUNT);
  // What a process takes without episodes is in both.
  const said = neededFor(COUNT, config) - neededFor(1, config);
  expect(taken).toBeGreaterThan(1e6);
  expect(said).toBeGreaterThan(taken);
  expect(said).toBeLessThan(4 * taken);
});
