// A training step of a small GPT-2 whose products run on the GPU, against the same step on WASM.
import { crossEntropy, indices, reshape, scope, tensor, useKernels, vjp } from 'gradsplit/autodiff';
import { gpt2, initialise } from 'gradsplit/nn';
import { randomStream } from 'gradsplit/random';
import { expectTrue, noise } from './compare.mjs';
import { withGpuKernels } from './kernelChecks.mjs';

const CONFIG = { vocabulary: 13, context: 8, width: 16, layers: 2, heads: 2, tied: true };
const BATCH = 4;

/** Gradients by label and parameter, as arrays, of Σ weight·(−log p). */
function gradients(kernels) {
  useKernels(kernels);
  const model = gpt2(CONFIG);
  const count = BATCH * CONFIG.context;
  const tokens = Array.from({ length: 2 * count }, (_, i) => (i * 7 + (i >> 3)) % CONFIG.vocabulary);
  return scope(() => {
    const parameters = initialise(model.layout, randomStream(1, 'initial'), 'f32');
    const targets = indices(tokens.slice(count));
    const ids = reshape(indices(tokens.slice(0, count)), [BATCH, CONFIG.context]);
    const { pullback } = vjp((p) => {
      const logits = reshape(model.logits(p, ids), [count, CONFIG.vocabulary]);
      return crossEntropy(logits, targets);
    }, parameters);
    const isDecision = (_, i) => (i % CONFIG.context === 7 ? 1 : 0);
    const decision = Float32Array.from({ length: count }, isDecision);
    const weights = noise(count, 9);
    const labels = {
      sample: tensor(
        weights.map((w, i) => w * (1 - decision[i])),
        { dtype: 'f32' },
      ),
      decision: tensor(
        weights.map((w, i) => w * decision[i]),
        { dtype: 'f32' },
      ),
    };
    const parts = pullback(labels);
    return Object.entries(parts).flatMap(([label, byParameter]) =>
      Object.entries(byParameter).map(([path, g]) => [`${label} ${path}`, Array.from(g.readSync())]),
    );
  });
}

/** ‖gpu − wasm‖ ≤ 10⁻⁴·‖wasm‖ for every parameter and label. */
export async function trainingStep(environment, mode) {
  const expected = new Map(gradients(environment.makeKernels()));
  return withGpuKernels(environment, mode, (kernels) => {
    const found = gradients(kernels);
    expectTrue(`${found.length} gradients`, found.length === expected.size && found.length > 20);
    const norm = (values) => Math.hypot(...values);
    const all = norm([...expected.values()].flat());
    let largest = 0;
    for (const [name, values] of found) {
      const right = expected.get(name);
      const size = norm(right);
      const error = norm(values.map((v, i) => v - right[i]));
      // What is 0 by symmetry (the bias of keys) is a rounding error on both sides: measured by the whole.
      const scale = size > 1e-6 * all ? size : all;
      largest = Math.max(largest, error / scale);
      expectTrue(`${name}: relative error ${error / scale}`, error <= 1e-4 * scale);
    }
    expectTrue(`${kernels.gpuCalls} calls on the GPU`, kernels.gpuCalls >= 30);
    expectTrue(`${kernels.resident} textures are left`, kernels.resident === 0);
    return `largest relative error ${largest.toExponential(1)}, ${kernels.gpuCalls} calls on the GPU`;
  });
}
