// A Hugging Face folder and a JSONL of rollouts: which tokens move which part of the model under GRPO?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attribute, fromResponses } from 'gradsplit/analyses';
import { responsesOf } from 'gradsplit/attribution';
import { useKernels } from 'gradsplit/autodiff';
import { gpt2 } from 'gradsplit/nn';
import { loadWasmKernels, openModelFolder, openRollouts, writeModelFolder } from 'gradsplit/node';
import { chooseObjective } from 'gradsplit/objectives';
import { randomStream } from 'gradsplit/random';
import { inTokens } from 'gradsplit/rollouts';

useKernels(await loadWasmKernels());

// Both are made here, so that the example runs by itself; put the paths of your own in their place.
const folder = mkdtempSync(join(tmpdir(), 'gradsplit-'));
const { config, initial } = gpt2({ vocabulary: 16, context: 12, width: 16, layers: 2, heads: 2, tied: true });
await writeModelFolder(folder, { config, parameters: initial(randomStream(1, 'model'), 'f32') });
const file = join(folder, 'rollouts.jsonl');
const line = (reward, ids) => ({
  group: 'q1',
  ids: [3, 7, ...ids],
  components: ['prompt', 'prompt', 'sample', 'sample', 'sample', 'decision'],
  mask: [0, 0, 1, 1, 1, 1],
  reward,
});
writeFileSync(
  file,
  [line(1, [4, 9, 2, 1]), line(0, [4, 8, 2, 0]), line(0, [5, 5, 2, 1])].map(JSON.stringify).join('\n'),
);

const { network, weights } = openModelFolder(folder);
const source = await openRollouts([file], { once: true });
const trajectories = [];
for await (const trajectory of source.read())
  trajectories.push(inTokens(trajectory, { size: network.config.vocabulary }));
await source.close();

const { objective, options } = chooseObjective('grpo');
const responses = responsesOf(trajectories, { context: network.config.context });
const subject = fromResponses(responses, { checkpoint: folder, network, weights, objective, options });
const { labels, groups, norm, tokens, residual, bound } = await attribute(subject, {
  by: 'group',
  influence: 'all',
  check: 0,
  seed: 0,
});
labels.forEach(({ component, term }, l) => {
  console.log(`${component}/${term}`, groups.map((name, g) => `${name} ${norm[l][g].toFixed(3)}`).join(', '));
});
const influence = tokens.token.map((_, t) => tokens.influence.reduce((sum, own) => sum + own[t], 0));
const most = influence.indexOf(Math.max(...influence));
console.log(`the step raises token ${tokens.position[most]} of trajectory ${tokens.trajectory[most]} most`);
console.log('parts add up:', residual <= bound);
rmSync(folder, { recursive: true });
