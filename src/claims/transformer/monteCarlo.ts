// Claims on a transformer far too large to enumerate (d = 64, two layers): trajectories are drawn.
import {
  concat,
  gather,
  indices,
  jvp,
  logSoftmax,
  reshape,
  scope,
  slice,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import { gpt2 } from '../../nn/index.ts';
import { COMPONENTS, type Component, RESAMPLE } from '../../policy/component.ts';
import { transformerConfig } from '../../policy/transformer.ts';
import { sizeOf } from '../../tensor/shape.ts';

/** 2 attempts of 4 tokens from 8: 16.8 million trajectories. */
const SHAPE = { attempts: 2, length: 4, vocabulary: 8 };
const SIZES = { width: 64, layers: 2, heads: 4 };
/** Trajectories drawn. */
const DRAWS = 256;
type Named = Record<string, Tensor>;

/** Tokens of a position: which component predicts it, and its place in the vocabulary of the network. */
interface Position {
  readonly component: Component;
  readonly from: number;
  readonly to: number;
}

const POSITIONS: readonly Position[] = Array.from(
  { length: SHAPE.attempts * (SHAPE.length + 1) - 1 },
  (_, t) =>
    (t + 1) % (SHAPE.length + 1) === 0
      ? { component: 'decision', from: SHAPE.vocabulary, to: SHAPE.vocabulary + 2 }
      : { component: 'sample', from: 0, to: SHAPE.vocabulary },
);

/** Drawn trajectories: tokens [draws · positions] as offsets into the legal range; `alive` 1 until the episode ends. */
interface Draws {
  readonly inputs: Int32Array;
  readonly actions: Int32Array;
  readonly alive: Uint8Array;
}

/** Sums of one trajectory: score along a direction by component, and its log-ratio to the reference. */
export interface DrawnScores {
  /** [draws] Σ_{t∈c} ⟨u_t, v⟩. */
  readonly score: Readonly<Record<Component, Float64Array>>;
  /** [draws] log π(τ) − log ref(τ). */
  readonly logRatio: Float64Array;
}

/** One draw from a row of logits. */
function draw(row: Float64Array, random: RandomStream): number {
  const top = row.reduce((a, b) => Math.max(a, b));
  const weights = row.map((x) => Math.exp(x - top));
  let rest = random.uniform() * weights.reduce((a, b) => a + b, 0);
  for (let i = 0; i < weights.length - 1; i++) {
    rest -= weights[i]!;
    if (rest < 0) return i;
  }
  return weights.length - 1;
}

/** Draws trajectories position by position from the network's logits, masked to the legal tokens. */
function drawTrajectories(logits: (ids: Tensor) => Tensor, random: RandomStream): Draws {
  const T = POSITIONS.length;
  const width = SHAPE.vocabulary + 3;
  const prompt = SHAPE.vocabulary + 2;
  const inputs = new Int32Array(DRAWS * T).fill(prompt);
  const actions = new Int32Array(DRAWS * T);
  const alive = new Uint8Array(DRAWS * T);
  const running = new Uint8Array(DRAWS).fill(1);
  for (const [t, { component, from, to }] of POSITIONS.entries()) {
    const seen = Int32Array.from(
      { length: DRAWS * (t + 1) },
      (_, i) => inputs[Math.floor(i / (t + 1)) * T + (i % (t + 1))]!,
    );
    const out = scope(() => logits(reshape(indices(seen), [DRAWS, t + 1])).readSync() as Float64Array);
    for (let i = 0; i < DRAWS; i++) {
      if (running[i] === 0) continue;
      const row = (i * (t + 1) + t) * width;
      const action = draw(out.slice(row + from, row + to), random);
      actions[i * T + t] = action;
      alive[i * T + t] = 1;
      if (component === 'decision' && action !== RESAMPLE) running[i] = 0;
      if (t + 1 < T) inputs[i * T + t + 1] = from + action;
    }
  }
  return { inputs, actions, alive };
}

/** log π of every drawn token, positions one after the other: [positions · draws]. */
function tokenLogProbs(logits: Tensor, { actions }: Draws): Tensor {
  const T = POSITIONS.length;
  const flat = reshape(logits, [DRAWS * T, SHAPE.vocabulary + 3]);
  return concat(
    POSITIONS.map(({ from, to }, t) => {
      const rows = gather(flat, indices(Int32Array.from({ length: DRAWS }, (_, i) => i * T + t)));
      const legal = logSoftmax(slice(rows, [0, from], [DRAWS, to]));
      const taken = Int32Array.from({ length: DRAWS }, (_, i) => i * (to - from) + actions[i * T + t]!);
      return gather(reshape(legal, [DRAWS * (to - from)]), indices(taken));
    }),
    0,
  );
}

/** Draws from a seeded network; scores along a seeded direction, log-ratios to a network beside it. */
export function drawnScores(seed: number): DrawnScores {
  return scope(() => {
    const model = gpt2(transformerConfig(SHAPE, SIZES));
    const random = randomStream(seed, 'monte carlo');
    const noise = random.split('parameters');
    const values = model.layout.map(({ path, shape, initial }) => {
      const centre = 'value' in initial ? initial.value : 0;
      return [
        path,
        shape,
        Float64Array.from({ length: sizeOf(shape) }, () => centre + 0.15 * noise.normal()),
      ] as const;
    });
    const named = (change: (x: number) => number): Named =>
      Object.fromEntries(values.map(([path, shape, x]) => [path, tensor(x.map(change), { shape })]));
    const theta = named((x) => x);
    const beside = random.split('reference');
    const reference = named((x) => x + 0.004 * beside.normal());
    const along = random.split('direction');
    const direction = named(() => along.normal() / 100);
    const draws = drawTrajectories((ids) => model.logits(theta, ids), random.split('draws'));
    const T = POSITIONS.length;
    const ids = reshape(indices(draws.inputs), [DRAWS, T]);
    const logProbs = (parameters: Named): Tensor => tokenLogProbs(model.logits(parameters, ids), draws);
    const { value, tangent } = jvp(logProbs, theta, direction);
    const [logP, slope] = [value, tangent].map((x) => x.readSync());
    const logQ = logProbs(reference).readSync();
    const overTokens = (f: (token: number) => number, keep: (p: Position) => boolean): Float64Array =>
      Float64Array.from({ length: DRAWS }, (_, i) =>
        POSITIONS.reduce(
          (sum, p, t) => (keep(p) && draws.alive[i * T + t] === 1 ? sum + f(t * DRAWS + i) : sum),
          0,
        ),
      );
    const [sample, decision] = COMPONENTS.map((c) =>
      overTokens(
        (k) => slope![k]!,
        (p) => p.component === c,
      ),
    );
    return {
      score: { sample: sample!, decision: decision! },
      logRatio: overTokens(
        (k) => logP![k]! - logQ[k]!,
        () => true,
      ),
    };
  });
}
