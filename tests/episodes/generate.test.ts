// Generation draws what a plain sampler draws that runs the whole network for every token, with the trainer's log-probabilities.
import { describe, expect, test } from 'vitest';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import {
  type FloatType,
  logSoftmax,
  memory,
  type Parameters,
  reshape,
  useKernels,
} from '../../src/autodiff/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import {
  atTemperature,
  type Choice,
  type Drawing,
  decodable,
  type Generated,
  type GenerationRequest,
  generate,
  greedy,
} from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { type Gpt2, gpt2 } from '../../src/nn/index.ts';
import { STOP, transformerPolicy } from '../../src/policy/index.ts';
import { CONFIGS, idsTensor, randomIds, showConfig, spreadParameters } from '../nn/models.ts';

useKernels(loadWasmKernelsSync());

/**
 * The trainer's log-softmax has the same logits to the bit, and errs by (|d| + columns/lanes + 8)·u for d below 50 (assembly/rows.ts):
 * in f32 less than the 1e-5 that are asked for.
 */
const AGREE: Record<FloatType, number> = { f32: 64 * 2 ** -24, f64: 64 * 2 ** -53 };

function streams(count: number, seed = 1): RandomStream[] {
  return Array.from({ length: count }, (_, i) => randomStream(seed, 'row', i));
}

/** A grammar that depends on row, position and what was drawn: some tokens are illegal, rows end at different lengths. */
function grammar(vocabulary: number, most: (row: number) => number): GenerationRequest['next'] {
  return (row, drawn) => {
    if (drawn.length === most(row) || (drawn.length > 1 && drawn.at(-1) === 0)) return undefined;
    const tokens = Array.from({ length: vocabulary }, (_, i) => i);
    const legal = tokens.filter((token) => (token + row + (drawn.at(-1) ?? 0)) % 3 !== 0);
    return { tokens: legal, keep: drawn.length % 2 === 1 };
  };
}

/** The same by the plainest means, greedily if there is no temperature: one row at a time, the whole network for every token, probabilities added up one by one. */
function plainGeneration(
  model: Gpt2,
  parameters: Parameters,
  task: GenerationRequest,
  temperature: number | undefined,
): Generated[] {
  const { vocabulary } = model.config;
  return task.prompts.map((prompt, row) => {
    const [tokens, logProbs, kept]: [number[], number[], Generated['kept'][number][]] = [[], [], []];
    for (let choice = task.next(row, tokens); choice !== undefined; choice = task.next(row, tokens)) {
      const logits = model.logits(parameters, idsTensor([[...Array.from(prompt), ...tokens]])).readSync();
      const legal = Array.from(choice.tokens);
      const scores = legal.map((token) => logits[logits.length - vocabulary + token]!);
      const total = scores.reduce((sum, z) => sum + Math.exp(z), 0);
      let at = scores.indexOf(Math.max(...scores));
      if (temperature !== undefined) {
        const weights = scores.map((z) => Math.exp(z / temperature));
        const target = task.streams[row]!.uniform() * weights.reduce((sum, w) => sum + w, 0);
        at = weights.findIndex((_, i) => weights.slice(0, i + 1).reduce((sum, w) => sum + w, 0) > target);
      }
      const all = scores.map((z) => Math.log(Math.exp(z) / total));
      if (choice.keep) kept.push({ at: tokens.length, tokens: legal, logProbs: Float64Array.from(all) });
      tokens.push(legal[at]!);
      logProbs.push(all[at]!);
    }
    return { tokens, logProbs, kept };
  });
}

function expectSameDraws(
  found: readonly Generated[],
  expected: readonly Generated[],
  tolerance: number,
): void {
  expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
  const numbers = (list: readonly Generated[]): number[] =>
    list.flatMap(({ logProbs, kept }) => [...logProbs, ...kept.flatMap((k) => [...k.logProbs])]);
  const [a, b] = [numbers(found), numbers(expected)];
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => {
    expect(Math.abs(x - b[i]!), `log-probability ${i}`).toBeLessThanOrEqual(tolerance);
  });
  const places = (list: readonly Generated[]): unknown =>
    list.map(({ kept }) => kept.map(({ at, tokens }) => [at, Array.from(tokens)]));
  expect(places(found)).toEqual(places(expected));
}

describe.each(CONFIGS.map((config) => [showConfig(config), config] as const))('%s', (_, config) => {
  const model = gpt2(config);
  const prompts = randomIds(config.vocabulary, 9, 4, 2).map((ids, i) => ids.slice(0, 1 + (i % 4)));
  // Prompts of 1 to 4 tokens, and up to 5 drawn ones: 9 tokens, of which the last is not fed.
  const task = (drawing: Drawing, together: number): GenerationRequest => ({
    prompts,
    streams: streams(prompts.length),
    drawing,
    next: grammar(config.vocabulary, (row) => row % 6),
    together,
  });

  test.each([
    ['f32', 1],
    ['f64', 1],
    ['f64', 0.4],
    ['f32', undefined],
  ] as const)(
    '%s, temperature %s: the draws of a plain sampler, in batches of 1, 2, 4 and all',
    (dtype, temperature) => {
      const drawing = temperature === undefined ? greedy : atTemperature(temperature);
      const parameters = spreadParameters(model, 3, dtype);
      const expected = plainGeneration(model, parameters, task(drawing, 1), temperature);
      expect(new Set(expected.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(3);
      const results = [1, 2, 4, 100].map((together) =>
        generate(decodable(model, parameters), task(drawing, together)),
      );
      // The logits are the same to the bit; what remains is float64 arithmetic on them.
      for (const found of results) expectSameDraws(found, expected, 1e-12);
      for (const found of results) expect(found).toEqual(results[0]);
    },
  );

  test('the comparison sees another stream, temperature, prompt and grammar', () => {
    const parameters = spreadParameters(model, 3, 'f64');
    const base = task(atTemperature(1), 4);
    const expected = plainGeneration(model, parameters, base, 1);
    for (const change of [
      { streams: streams(prompts.length, 2) },
      { drawing: atTemperature(9) },
      { prompts: prompts.map((ids) => ids.map((id) => (id + 1) % config.vocabulary)) },
      { next: (row: number, drawn: readonly number[]) => base.next(row + 1, drawn) },
    ]) {
      const other = generate(decodable(model, parameters), { ...task(atTemperature(1), 4), ...change });
      expect(() => expectSameDraws(other, expected, 1e-12)).toThrow();
    }
  });
});

describe('the trainer', () => {
  const shape = { attempts: 2, length: 2, vocabulary: 3 };
  const { model, graph, tables } = transformerPolicy(shape, { width: 8, layers: 2, heads: 2 });
  const [stop, resample, prompt] = [3, 4, 5];
  const sample: Choice = { tokens: [0, 1, 2], keep: false };
  const decision: Choice = { tokens: [stop, resample], keep: true };
  /** Attempts of 2 tokens; STOP or RESAMPLE after the first. */
  const next: GenerationRequest['next'] = (_row, drawn) => {
    if (drawn.length === 2) return decision;
    return drawn.length === 5 || drawn[2] === stop ? undefined : sample;
  };

  test.each(['f32', 'f64'] as const)('%s: log-probabilities are those of the policy on its tree', (dtype) => {
    const parameters = spreadParameters(model, 7, dtype);
    const logits = tables(parameters);
    const logProbs = [
      ...logSoftmax(reshape(logits.sample, [logits.sample.size / 3, 3])).readSync(),
      ...logSoftmax(reshape(logits.decision, [logits.decision.size / 2, 2])).readSync(),
    ];
    // Every trajectory of the tree: its tokens, and log π along its edges.
    const expected = new Map<string, number[]>();
    forEachTrajectory(graph, (_leaf, path) => {
      const tokens = Array.from(path, (edge, depth) => {
        const { edgeStart, arity, component } = graph.layers[depth]!;
        return ((edge - edgeStart) % arity) + (component === 'decision' ? stop - STOP : 0);
      });
      expected.set(
        tokens.join(','),
        Array.from(path, (edge) => logProbs[graph.slot[edge]!]!),
      );
    });
    const count = 200;
    const drawn = generate(decodable(model, parameters), {
      prompts: Array.from({ length: count }, () => [prompt]),
      streams: streams(count),
      drawing: atTemperature(1),
      next,
      together: 64,
    });
    expect(new Set(drawn.map(({ tokens }) => tokens.length))).toEqual(new Set([3, 5]));
    for (const { tokens, logProbs: found, kept } of drawn) {
      const along = expected.get(tokens.join(','))!;
      expect(found.length).toBe(along.length);
      found.forEach((x, t) => {
        expect(Math.abs(x - along[t]!)).toBeLessThanOrEqual(AGREE[dtype]);
      });
      expect(kept.map(({ at }) => at)).toEqual([2]);
      expect(Math.abs(kept[0]!.logProbs.reduce((sum, x) => sum + Math.exp(x), 0) - 1)).toBeLessThan(1e-14);
      expect(kept[0]!.logProbs[tokens[2] === stop ? 0 : 1]).toBe(found[2]);
    }
  });
});

describe('a generation', () => {
  const config = CONFIGS[2]!;
  const model = gpt2(config);
  const parameters = spreadParameters(model, 3, 'f32');
  const all: Choice = { tokens: Array.from({ length: config.vocabulary }, (_, i) => i), keep: false };
  const base: GenerationRequest = {
    prompts: [[1], [2, 3]],
    streams: streams(2),
    drawing: atTemperature(1),
    next: (_row, drawn) => (drawn.length < 3 ? all : undefined),
    together: 2,
  };

  test('uses one number of the stream a draw, none if greedy', () => {
    const count = (drawing: Drawing): number => {
      let used = 0;
      const counted = streams(2).map((stream) => ({
        ...stream,
        uniform: () => {
          used++;
          return stream.uniform();
        },
      }));
      generate(decodable(model, parameters), { ...base, drawing, streams: counted });
      return used;
    };
    expect(count(atTemperature(1))).toBe(6);
    expect(count(greedy)).toBe(0);
  });

  test('long prompts are fed in several calls', () => {
    const long = gpt2({ vocabulary: 5, context: 300, width: 4, layers: 1, heads: 2, tied: true });
    const values = spreadParameters(long, 3, 'f32');
    const task = (together: number): GenerationRequest => ({
      ...base,
      prompts: [...randomIds(5, 3, 290, 1), [1]],
      streams: streams(4),
      next: (_row, drawn) => (drawn.length < 3 ? { tokens: [0, 1, 2, 3, 4], keep: false } : undefined),
      together,
    });
    const expected = plainGeneration(long, values, task(1), 1);
    for (const together of [1, 4])
      expectSameDraws(generate(decodable(long, values), task(together)), expected, 1e-12);
  });

  test('no rows, and rows that draw nothing', () => {
    expect(generate(decodable(model, parameters), { ...base, prompts: [], streams: [] })).toEqual([]);
    expect(generate(decodable(model, parameters), { ...base, next: () => undefined })).toEqual([
      { tokens: [], logProbs: [], kept: [] },
      { tokens: [], logProbs: [], kept: [] },
    ]);
  });

  test('gives its memory back, after an error too', () => {
    const { buffers } = memory();
    generate(decodable(model, parameters), base);
    expect(memory().buffers).toBe(buffers);
    const fails = (): never => {
      throw new Error('the grammar');
    };
    const next: GenerationRequest['next'] = (_row, drawn) => (drawn.length < 2 ? all : fails());
    expect(() => generate(decodable(model, parameters), { ...base, next })).toThrow('the grammar');
    expect(memory().buffers).toBe(buffers);
  });

  test('logits from which nothing can be drawn stop it, naming row and draw', () => {
    const spoiled = { ...parameters, 'norm.bias': spreadParameters(model, 3, 'f32')['norm.bias']! };
    const values = spoiled['norm.bias'].readSync();
    values[0] = Number.NaN;
    spoiled['norm.bias'].storage.kernels.write(spoiled['norm.bias'].buffer, values);
    expect(() => generate(decodable(model, spoiled), base)).toThrow(
      'generate: the logits of row 0 at draw 0 are NaN, or the largest is not finite',
    );
  });

  test.each([
    [{ streams: streams(1) }, 'generate: there are 2 prompts, but 1 random streams'],
    [{ together: 0 }, 'generate: together must be an integer ≥ 1, found 0'],
    [{ prompts: [[1], []] }, 'generate: the prompt of row 1 is empty'],
    [{ prompts: [[1], [11]] }, 'generate: the prompt of row 1 has the token 11, expected 0 … 10'],
    [{ next: () => ({ tokens: [], keep: false }) }, 'generate: the choice of row 0 at draw 0 is empty'],
    [
      { next: () => ({ tokens: [-1], keep: false }) },
      'generate: the choice of row 0 at draw 0 has the token -1, expected 0 … 10',
    ],
    [{ next: () => all }, 'generate: row 1 goes on after 10 tokens, but the context has 9 places'],
  ])('refuses %o', (change, message) => {
    expect(() => generate(decodable(model, parameters), { ...base, ...change })).toThrow(
      new InputError(message),
    );
  });
});
