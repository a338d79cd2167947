// The split of a network's gradient: against the gradient of the loss itself, per trajectory, and along every direction.
import { describe, expect, test } from 'vitest';
import { groupsOf, labelName, type Split, splitByGroup, totalSeeds } from '../../../src/attribution/index.ts';
import {
  concat,
  crossEntropy,
  gather,
  grad,
  indices,
  neg,
  type Parameters,
  reshape,
  scope,
  type Tensor,
  tensor,
  useKernels,
} from '../../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { weightsInMemory } from '../../../src/nn/index.ts';
import { dot, gradientOf, restricted, smallCase, smallGpt2, smallQwen2 } from './small.ts';

useKernels(loadWasmKernelsSync());

/** Sums of some thousand products of numbers around 1 in float64. */
const TOLERANCE = 1e-11;

describe.each([await smallCase(smallGpt2), await smallCase(smallQwen2)])(
  '$network.architecture',
  async (one) => {
    const { network, weights, tokens, parameters, batch, objective, options, labels } = one;
    const groups = groupsOf(network, 'group');
    const total = totalSeeds(labels);
    const input = { network, weights, batch: tokens, labels, groups };
    const found: Split = await splitByGroup(input);
    const gradient = await gradientOf(one, total);
    const ofLabels = await Promise.all(labels.map(({ seeds }) => gradientOf(one, seeds)));

    test('labels are components by terms, and add up to the gradient of the loss', () => {
      expect(labels.map(labelName)).toEqual(['sample/policy', 'sample/kl', 'decision/policy', 'decision/kl']);
      const expected = scope(() => {
        // The loss by way of the whole network, differentiated through the objective itself.
        const loss = (p: Parameters): Tensor => {
          const rows = tokens.inputs.map(({ ids, length }) =>
            reshape(network.logits(p, reshape(indices(ids), [ids.length / length, length])), [
              ids.length,
              network.config.vocabulary,
            ]),
          );
          const logits = gather(concat(rows, 0), indices(tokens.rows));
          return objective.loss(neg(crossEntropy(logits, indices(tokens.targets))), batch, options);
        };
        const by = grad(loss)(parameters);
        return Float64Array.from(network.layout.flatMap(({ path }) => [...by[path]!.readSync()]));
      });
      const size = Math.sqrt(dot(expected, expected));
      expect(size).toBeGreaterThan(1e-3);
      expect(Math.max(...gradient.map((x, e) => Math.abs(x + expected[e]!)))).toBeLessThan(TOLERANCE * size);
    });

    test('the Gram matrices are the inner products of whole gradients, group by group', () => {
      const { gram, gramByGroup } = found;
      labels.forEach((_, l) => {
        labels.forEach((_, m) => {
          const size = Math.sqrt(gram[l * 4 + l]! * gram[m * 4 + m]!);
          expect(Math.abs(gram[l * 4 + m]! - dot(ofLabels[l]!, ofLabels[m]!))).toBeLessThan(TOLERANCE * size);
          groups.names.forEach((_, g) => {
            const own = dot(restricted(network, ofLabels[l]!, groups, g), ofLabels[m]!);
            expect(Math.abs(gramByGroup[g]![l * 4 + m]! - own)).toBeLessThan(TOLERANCE * size);
          });
        });
      });
    });

    test('influence is ⟨∇ log π_t, g⟩ of every token, by group and by label', async () => {
      for (const t of [0, 2, 20]) {
        const score = await gradientOf(
          one,
          batch.logProb.map((_, s) => (s === t ? 1 : 0)),
        );
        groups.names.forEach((_, g) => {
          const expected = dot(score, restricted(network, gradient, groups, g));
          expect(Math.abs(found.influence[g]![t]! - expected)).toBeLessThan(TOLERANCE);
        });
        labels.forEach((_, l) => {
          expect(Math.abs(found.influenceOnLabel[l]![t]! - dot(score, ofLabels[l]!))).toBeLessThan(TOLERANCE);
          groups.names.forEach((_, g) => {
            const own = dot(score, restricted(network, ofLabels[l]!, groups, g));
            expect(Math.abs(found.influenceOnPair[l]![g]![t]! - own)).toBeLessThan(TOLERANCE);
          });
        });
      }
    });

    test('norms and alignments of trajectories are those of their own gradients', async () => {
      for (const i of [0, 5]) {
        const own = await gradientOf(
          one,
          total.map((w, t) => (t >= tokens.offsets[i]! && t < tokens.offsets[i + 1]! ? w : 0)),
        );
        expect(found.trajectoryNorm[i]).toBeGreaterThan(0);
        expect(Math.abs(found.trajectoryNorm[i]! - Math.sqrt(dot(own, own)))).toBeLessThan(TOLERANCE);
        expect(Math.abs(found.alignment[i]! - dot(own, gradient))).toBeLessThan(TOLERANCE);
      }
    });

    test('the two ways to ‖g‖² agree within the bound; with weights of another objective they do not', async () => {
      expect(found.residual).toBeLessThanOrEqual(found.bound);
      expect(found.bound).toBeLessThan(1e-10);
      // Gradients of a sweep that forgets one token, as a wrong index would.
      let isFirst = true;
      const wrong = await splitByGroup(input, {
        store: {
          keep: async (_, compute) => {
            const numbers = await compute();
            if (isFirst) numbers[0]! *= 1 + 1e-6;
            isFirst = false;
            return numbers;
          },
        },
      });
      expect(wrong.residual).toBeGreaterThan(1000 * wrong.bound);
    });

    test('in float32, too, rounding stays below the bound, and a token that is lost does not', async () => {
      const narrow = await smallCase(network, 'grpo', { beta: 0.5 }, 'f32');
      const passes = new Map<string, Float64Array>();
      const keep = async (name: string, compute: () => Promise<Float64Array>): Promise<Float64Array> => {
        const numbers = passes.get(name) ?? (await compute());
        passes.set(name, numbers);
        return numbers;
      };
      const of = { ...narrow, batch: narrow.tokens, groups };
      const whole = await splitByGroup(of, { influence: 'groups', store: { keep } });
      expect(whole.residual).toBeLessThanOrEqual(whole.bound);
      expect(whole.residual).toBeGreaterThan(0);
      // A token of median weight in the sum is lost on all groups.
      const share = total.map((w, t) => w * whole.influence.reduce((sum, own) => sum + own[t]!, 0));
      const order = [...share.keys()].sort((a, b) => Math.abs(share[a]!) - Math.abs(share[b]!));
      const lost = order[order.length >> 1]!;
      const [name, numbers] = [...passes].at(-1)!;
      const N = total.length;
      passes.set(
        name,
        numbers.map((x, k) => (k % N === lost ? 0 : x)),
      );
      const without = await splitByGroup(of, { influence: 'groups', store: { keep } });
      expect(without.residual).toBeGreaterThan(without.bound);
      expect(without.bound).toBe(whole.bound);
    });

    test('in several passes, none of which holds all gradients, influences are the same numbers', async () => {
      const difference = (a: readonly Float64Array[], b: readonly Float64Array[]): number =>
        Math.max(...a.flatMap((own, g) => [...own.map((x, t) => Math.abs(x - b[g]![t]!))]));
      // With a largest table of 0, tables of tokens are not held whole either.
      for (const [influence, largestTable] of [
        ['all', 2 ** 22],
        ['groups', 2 ** 22],
        ['all', 0],
      ] as const) {
        const passes: string[] = [];
        const keep = (name: string, compute: () => Promise<Float64Array>) => {
          passes.push(name);
          return compute();
        };
        // Less than all gradients take, in float64.
        const gradientsAtOnce = 2 ** 12;
        const again = await splitByGroup(input, {
          influence,
          largestTable,
          gradientsAtOnce,
          store: { keep },
        });
        expect(passes.length).toBeGreaterThan(2);
        expect(difference(again.influence, found.influence)).toBeLessThan(TOLERANCE);
        if (influence === 'groups') expect(again.influenceOnPair).toEqual([]);
        else
          expect(difference(again.influenceOnPair.flat(), found.influenceOnPair.flat())).toBeLessThan(
            TOLERANCE,
          );
      }
    });

    test.each(['layer', 'head', 'tensor'] as const)('by %s: every value is in one group', (by) => {
      const cut = groupsOf(network, by);
      expect(cut.sizes.reduce((a, b) => a + b, 0)).toBe(gradient.length);
      const sum = new Float64Array(gradient.length);
      const ones = new Float64Array(gradient.length).fill(1);
      for (const g of cut.names.keys()) {
        for (const [e, x] of restricted(network, ones, cut, g).entries()) sum[e]! += x;
      }
      expect(sum.every((x) => x === 1)).toBe(true);
    });
  },
);

test('heads are cut where the network cuts them: what the output does not read of a head moves none of its query', async () => {
  for (const network of [smallGpt2, smallQwen2]) {
    const one = await smallCase(network);
    const heads = 'heads' in network.config ? Number(network.config.heads) : 0;
    const output = one.parameters['block0.attention.output.weight']!;
    const values = Float64Array.from(output.readSync());
    const width = 8 / heads;
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++)
        if ((network.architecture === 'gpt2' ? i : j) < width) values[i * 8 + j] = 0;
    }
    const parameters = {
      ...one.parameters,
      'block0.attention.output.weight': tensor(values, { shape: [8, 8] }),
    };
    const groups = groupsOf(network, 'head');
    const { gramByGroup } = await splitByGroup(
      { network, weights: weightsInMemory(parameters), batch: one.tokens, labels: one.labels, groups },
      { influence: 'none', withoutTrajectories: true },
    );
    const query = {
      ...groups,
      slices: groups.slices.filter(({ path }) => path === 'block0.attention.query.weight'),
    };
    const gradient = await gradientOf(
      { ...one, weights: weightsInMemory(parameters) },
      totalSeeds(one.labels),
    );
    const squares = [0, 1].map((h) => {
      const own = restricted(network, gradient, query, groups.names.indexOf(`block0.attention.head${h}`));
      return dot(own, own);
    });
    expect(squares[0]).toBe(0);
    expect(squares[1]).toBeGreaterThan(0);
    expect(gramByGroup[groups.names.indexOf('block0.attention.head1')]!.some((x) => x !== 0)).toBe(true);
  }
});
