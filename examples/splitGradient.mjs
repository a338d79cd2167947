// The gradient of a loss of your own at a network, over segments of your own: which of three parts of a response moves which layer?
import { conflictFree, groupsOf, splitByGroup, tokenLogProbsOf } from 'gradsplit/attribution';
import { useKernels } from 'gradsplit/autodiff';
import { gpt2, weightsInMemory } from 'gradsplit/nn';
import { loadWasmKernels } from 'gradsplit/node';
import { randomStream } from 'gradsplit/random';

useKernels(await loadWasmKernels());

const network = gpt2({ vocabulary: 16, context: 12, width: 16, layers: 2, heads: 2, tied: true });
const weights = weightsInMemory(network.initial(randomStream(1, 'model'), 'f64'));

// Two responses of six tokens after a prompt of two: a thought, an answer, an end.
const ids = Int32Array.of(3, 7, 1, 9, 4, 4, 8, /**/ 5, 7, 2, 2, 11, 6, 8);
const batch = {
  inputs: [{ ids, length: 7 }],
  offsets: Int32Array.of(0, 6, 12),
  rows: Int32Array.of(1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13),
  targets: Int32Array.of(1, 9, 4, 4, 8, 0, 2, 2, 11, 6, 8, 0),
};
const segments = ['thought', 'thought', 'thought', 'answer', 'answer', 'end'];

// L = −Σ_t (1 − p_t)² log p_t, a focal loss: its seeds are −∂L/∂log p_t = (1 − p)² − 2p(1 − p)·log p.
const logProb = await tokenLogProbsOf(network, weights, batch);
const seed = logProb.map((l) => (1 - Math.exp(l)) ** 2 - 2 * Math.exp(l) * (1 - Math.exp(l)) * l);
const labels = ['thought', 'answer', 'end'].map((component) => ({
  component,
  term: 'focal',
  seeds: seed.map((w, t) => (segments[t % 6] === component ? w : 0)),
}));

const groups = groupsOf(network, 'layer');
const { gram, gramByGroup, influence, residual, bound } = await splitByGroup({
  network,
  weights,
  batch,
  labels,
  groups,
});
groups.names.forEach((name, g) => {
  const norms = labels.map(
    ({ component }, l) => `${component} ${Math.sqrt(gramByGroup[g][l * 4]).toFixed(3)}`,
  );
  console.log(name, norms.join(', '));
});
console.log('tokens with an influence:', influence[0].length);
console.log('parts add up:', residual <= bound);
const against = conflictFree(gram).before.filter((x) => x < 0);
console.log('labels that the step opposes:', against.length);
