// What every analysis says of a policy, as text: the same program in Node and in a browser.
import {
  compare,
  evaluate,
  exact,
  exactDocument,
  jsonChunks,
  sample,
  type Trained,
  verify,
  verifyDocument,
} from '../../src/analyses/index.ts';
import { atTemperature, decodable } from '../../src/episodes/index.ts';
import {
  claims,
  gelu,
  logSoftmax,
  matmul,
  mean,
  randomPolicy,
  scope,
  type Tensor,
  tensor,
  useKernels,
  valueAndGrad,
  wasmKernels,
} from '../../src/index.ts';
import { getTask } from '../../src/tasks/index.ts';
import {
  createTrainer,
  getPreset,
  initialState,
  parseConfig,
  withEntries,
} from '../../src/training/index.ts';

/** A loss and its gradient by kernels alone, on numbers that every engine has. */
function engineText(): string {
  const numbers = (rows: number): Tensor =>
    tensor(
      Array.from({ length: 16 * rows }, (_, i) => ((7 * i) % 11) / 8 - 0.5),
      { shape: [rows, 16], dtype: 'f32' },
    );
  const x = numbers(5);
  const loss = ({ weight }: { weight: Tensor }): Tensor => mean(logSoftmax(gelu(matmul(x, weight))));
  const { value, gradient } = valueAndGrad(loss)({ weight: numbers(16) });
  return text({ value: value.item(), gradient: gradient.weight.readSync() });
}

const shape = { attempts: 3, length: 2, vocabulary: 2 };

const text = (document: object): string => [...jsonChunks(document)].join('');

function exactText(): string {
  const policy = randomPolicy(shape, 1);
  return text(exactDocument(policy, exact(policy, { beta: 0.1, objective: { name: 'grpo', options: {} } })));
}

function verifyText(): string {
  const found = verify({
    policy: randomPolicy(shape, 1),
    generic: true,
    source: 'random',
    seed: 1,
    claims,
    transformer: true,
  });
  const document = verifyDocument(found);
  // How long it took is the one thing that may differ.
  return text({ ...document, claims: document.claims.map((claim) => ({ ...claim, seconds: 0 })) });
}

/** An untrained policy: its parameters are random, its answers too. */
function untrained(seed: number): Trained {
  const entries = { 'task.digits': '2', 'model.width': '16', 'model.layers': '1' };
  const config = parseConfig(withEntries(getPreset('addition').config, Object.entries(entries)), 'test');
  const trainer = createTrainer(config, seed, getTask('addition').create(config.task.options, undefined));
  const { parameters } = initialState(trainer);
  return { trainer, parameters, policy: decodable(trainer.model, parameters), checkpoint: `seed ${seed}` };
}

/** The documents of all analyses by name, computed on the plain build of the kernels. */
export function analyses(plainWasm: Uint8Array<ArrayBuffer>): Record<string, string> {
  useKernels(wasmKernels(plainWasm));
  const options = { episodes: 20, seed: 1, drawing: atTemperature(1) };
  return scope(() => {
    const [a, b] = [untrained(1), untrained(2)];
    const prompt = '12+34=';
    return {
      engine: engineText(),
      exact: exactText(),
      verify: verifyText(),
      evaluate: text(evaluate(a, options, () => {})),
      compare: text(compare(a, b, options, () => {})),
      sample: text(sample(a, { prompt, count: 3, seed: 1, drawing: options.drawing }).document),
    };
  });
}
