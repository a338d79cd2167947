// Sampled episodes: what is drawn is legal and complete, its log-probabilities are the trainer's, its frequencies the policy's.
import { beforeAll, describe, expect, test } from 'vitest';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  atTemperature,
  type Drawing,
  decodable,
  drawRollouts,
  entropies,
  episodeBatch,
  greedy,
  isComplete,
  legalLogits,
  type Rollout,
  swapped,
  tokenLogProbs,
} from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { COMPONENTS } from '../../src/policy/index.ts';
import { RESAMPLE_TOKEN, STOP_TOKEN } from '../../src/tasks/index.ts';
import { demonstrations, layout, model, parametersOf } from './episodes.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const prompts = demonstrations(12).map(({ prompt }) => prompt);

/** 0 is greedy. */
function drawingAt(temperature: number): Drawing {
  return temperature === 0 ? greedy : atTemperature(temperature);
}

function draw(temperature: number, rows: readonly number[] = prompts.map((_, i) => i), seed = 1): Rollout[] {
  return scope(() =>
    drawRollouts(decodable(model, parametersOf('f32')), {
      layout,
      prompts: rows.map((row) => prompts[row]!),
      drawing: drawingAt(temperature),
      random: (i) => randomStream(seed, 'row', rows[i]!),
    }),
  );
}

test('responses are legal and complete', () => {
  for (const { response, logProbs, stop } of draw(1)) {
    expect(isComplete(layout, response)).toBe(true);
    expect(response.map((token, j) => layout.legal[j]!.includes(token))).not.toContain(false);
    expect(logProbs).toHaveLength(response.length);
    const decisions = response.filter((_, j) => COMPONENTS[layout.component[j]!] === 'decision');
    expect(stop).toHaveLength(decisions.length);
  }
});

test('what is kept of a decision is the probability of STOP', () => {
  const rollouts = draw(1);
  const stopped = rollouts.flatMap(({ response, logProbs, stop }) => {
    const decisions = response.flatMap((_, j) =>
      COMPONENTS[layout.component[j]!] === 'decision' ? [j] : [],
    );
    return decisions.map((j, k) => ({ p: stop[k]!, chosen: response[j]!, logProb: logProbs[j]! }));
  });
  expect(new Set(stopped.map(({ chosen }) => chosen))).toEqual(new Set([STOP_TOKEN, RESAMPLE_TOKEN]));
  for (const { p, chosen, logProb } of stopped) {
    expect(Math.abs((chosen === STOP_TOKEN ? p : 1 - p) - Math.exp(logProb))).toBeLessThan(1e-6);
    // Far from ½, where one could not be told from the other.
    expect(Math.abs(p - 0.5)).toBeGreaterThan(1e-3);
  }
});

test('a row depends on its prompt and its stream alone', () => {
  expect(draw(1, [3, 7])).toEqual([draw(1)[3], draw(1)[7]]);
  expect(draw(1, undefined, 2)).not.toEqual(draw(1));
});

test.each([1, 0.5, 0])('temperature %d: log-probabilities are those of the trainer', (temperature) => {
  const rollouts = draw(temperature);
  const batch = episodeBatch(layout, rollouts);
  const logProb = scope(() =>
    tokenLogProbs(legalLogits(model, parametersOf('f32'), batch), batch).readSync(),
  );
  const drawn = rollouts.flatMap((r) => r.logProbs);
  drawn.forEach((x, t) => {
    expect(Math.abs(x - logProb[t]!)).toBeLessThan(1e-5);
  });
});

describe('distribution', () => {
  test('first tokens are drawn as often as their probability says, sharper when it is colder', () => {
    const draws = 400;
    const many = (temperature: number): Rollout[] =>
      scope(() =>
        drawRollouts(decodable(model, parametersOf('f32')), {
          layout,
          prompts: Array.from({ length: draws }, () => prompts[0]!),
          drawing: atTemperature(temperature),
          random: (row) => randomStream(9, 'row', row),
        }),
      );
    for (const temperature of [1, 0.5]) {
      const rollouts = many(temperature);
      const logProb = new Map(rollouts.map((r) => [r.response[0]!, r.logProbs[0]!]));
      // Tokens that were never drawn are missing from the normaliser; their share is at most what is left of 1.
      const weight = [...logProb.values()].reduce((sum, x) => sum + Math.exp(x / temperature), 0);
      const missing = 1 - [...logProb.values()].reduce((sum, x) => sum + Math.exp(x), 0);
      for (const [token, x] of logProb) {
        const p = Math.exp(x / temperature) / weight;
        const share = rollouts.filter((r) => r.response[0] === token).length / draws;
        expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt(0.25 / draws) + Math.max(0, missing));
      }
    }
  });

  test('greedy takes the likeliest token', () => {
    const [first] = draw(0, [0]);
    expect(Math.exp(first!.logProbs[0]!)).toBeGreaterThanOrEqual(1 / layout.legal[0]!.length);
    expect(draw(0, [0], 5)).toEqual([first]);
  });

  test('entropies are −Σ p log p over the legal tokens', () => {
    const batch = episodeBatch(layout, demonstrations(2));
    const { logits, entropy } = scope(() => {
      const out = legalLogits(model, parametersOf('f64'), batch);
      return { logits: out.readSync(), entropy: entropies(out).readSync() };
    });
    const V = layout.vocabulary;
    entropy.forEach((h, t) => {
      const kept = [...logits.subarray(t * V, (t + 1) * V)].filter((_, v) => batch.legal[t * V + v] === 1);
      const total = kept.reduce((sum, x) => sum + Math.exp(x), 0);
      const expected = kept.reduce(
        (sum, x) => sum - (Math.exp(x) / total) * Math.log(Math.exp(x) / total),
        0,
      );
      expect(Math.abs(h - expected)).toBeLessThan(32 * V * Number.EPSILON * (1 + Math.log(V)));
    });
  });
});

describe('swapped', () => {
  /** Another network of the same sizes. */
  const other = (): ReturnType<typeof decodable> => {
    const parameters = model.initial(randomStream(77, 'other'), 'f32');
    return decodable(model, parameters);
  };
  const drawFrom = (from: ReturnType<typeof decodable>): Rollout[] =>
    scope(() =>
      drawRollouts(from, {
        layout,
        prompts,
        drawing: atTemperature(1),
        random: (row) => randomStream(1, 'row', row),
      }),
    );

  test('attempts have the log-probabilities of the one, decisions those of the other', () => {
    scope(() => {
      const [one, two] = [parametersOf('f32'), model.initial(randomStream(77, 'other'), 'f32')];
      const rollouts = drawFrom(swapped(layout, decodable(model, one), decodable(model, two)));
      const batch = episodeBatch(layout, rollouts);
      const [ofOne, ofTwo] = [one, two].map((p) =>
        tokenLogProbs(legalLogits(model, p, batch), batch).readSync(),
      );
      const drawn = rollouts.flatMap((r) => r.logProbs);
      let differences = 0;
      for (const [t, x] of drawn.entries()) {
        const decision = batch.component[t] === COMPONENTS.indexOf('decision');
        expect(Math.abs(x - (decision ? ofTwo : ofOne)![t]!)).toBeLessThan(1e-5);
        if (Math.abs(x - (decision ? ofOne : ofTwo)![t]!) > 1e-3) differences++;
      }
      // Taking the wrong one of the two would have been seen.
      expect(differences).toBeGreaterThan(drawn.length / 2);
    });
  });

  test('a policy swapped with itself is itself', () => {
    scope(() => {
      const parameters = parametersOf('f32');
      const [one, same] = [decodable(model, parameters), decodable(model, parameters)];
      expect(drawFrom(swapped(layout, one, same))).toEqual(drawFrom(one));
      expect(drawFrom(swapped(layout, one, one))).toEqual(drawFrom(one));
    });
  });

  test('a policy of other tokens is refused', () => {
    const larger = { ...other(), vocabulary: layout.vocabulary + 1 };
    expect(() => swapped(layout, other(), larger)).toThrow(
      `swap: expected ${layout.vocabulary} tokens and a context of ${layout.context}, found ${layout.vocabulary + 1} and ${layout.context}`,
    );
  });
});
