// What each rule about masks and weights of tokens says beyond the mistake that is planted for all: other shapes of it, and its limits.
import { describe, expect, test } from 'vitest';
import { type Finding, rules, runRules } from '../../src/audit/index.ts';
import { plant, type Simulated, simulate, without } from '../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { lengthOf, rescaled, reweighted, roleOf, sum } from './planted/alter.ts';
import { planted as decisionStarved } from './planted/decision-starved.ts';
import { planted as forkDuplicated } from './planted/fork-duplicated.ts';
import { planted as lengthMismatch } from './planted/length-mismatch.ts';
import { auditOf, cleanOf, codesFrom } from './planted/mistake.ts';
import { planted as segments } from './planted/segments-overweighted.ts';
import { planted as toolTokens } from './planted/tool-tokens-trained.ts';

/** What one rule finds; no other runs. */
async function finding(simulated: Simulated, code: string): Promise<Finding | undefined> {
  const own = rules.filter((rule) => rule.code === code);
  expect(own).toHaveLength(1);
  const { findings } = await auditOf(simulated, own);
  return findings[0];
}

const withoutField = (simulated: Simulated, ...names: (keyof Trajectory)[]): Simulated => ({
  ...simulated,
  trajectories: simulated.trajectories.map((t) => without(t, names)),
});

describe('tokens that must not be trained', () => {
  test('are counted, and their share of Σ|w| with them', async () => {
    const wrong = toolTokens.alter(cleanOf(toolTokens));
    let [tools, on, all] = [0, 0, 0];
    for (const { roles, weights } of wrong.trajectories) {
      for (const [t, w] of weights!.entries()) {
        all += Math.abs(w);
        if (roles[t] !== roleOf('tool')) continue;
        tools++;
        on += Math.abs(w);
      }
    }
    const found = await finding(wrong, 'tool-tokens-trained');
    expect(found?.evidence.tokens).toBe(tools);
    expect(found?.evidence.shareOfWeight).toBeCloseTo(on / all, 12);
    const { line, from, to } = found!.spans[0]!;
    const { roles } = wrong.trajectories.find(({ place }) => place.line === line)!;
    expect(roles.slice(from, to).every((role) => role === roleOf('tool'))).toBe(true);
  });

  test('a mask of 1 is none where the weights that were logged are 0', async () => {
    const clean = cleanOf(toolTokens);
    const masked = plant(clean, ({ mask, roles }) => ({
      mask: mask.map((m, t) => (roles[t] === roleOf('tool') ? 1 : m)),
    }));
    expect(await finding(masked, 'tool-tokens-trained')).toBeUndefined();
    expect((await finding(withoutField(masked, 'weights'), 'tool-tokens-trained'))?.severity).toBe('error');
  });

  test('a mask that nobody logged says nothing', async () => {
    const wrong = toolTokens.alter(cleanOf(toolTokens));
    const guessed = plant(withoutField(wrong, 'weights'), () => ({ isMaskLogged: false }));
    expect(codesFrom(await auditOf(guessed), 'warning')).toEqual([]);
  });
});

test('a mask that is one token late is told from one that is early', async () => {
  const late = rescaled(simulate({ isPadded: true, toolRate: 0.03 }), ({ mask }) => ({
    mask: mask.map((_, t) => mask[t - 1] ?? 0),
  }));
  const found = await finding(late, 'mask-off-by-one-padding');
  expect(found?.evidence.shift).toBe(1);
  expect(found?.message).toContain('behind the response');
});

test('numbers that the file says are NaN are no holes', async () => {
  const clean = cleanOf(lengthMismatch);
  const place = (mask: Uint8Array): number => mask.lastIndexOf(1);
  const written = plant(lengthMismatch.alter(clean), ({ mask }) => ({
    nan: [{ field: 'samplerLogProbs', token: place(mask) }],
  }));
  expect(await finding(written, 'length-mismatch')).toBeUndefined();
  const found = await finding(lengthMismatch.alter(clean), 'length-mismatch');
  expect(found?.evidence).toMatchObject({
    array: 'samplerLogProbs',
    missing: 16,
    trajectories: 16,
    atTheEnd: 16,
  });
});

test('an array that is shorter than its trajectory lacks what is behind it', async () => {
  const { trajectories } = plant(simulate(), ({ logProbs, length }) => ({
    oldLogProbs: logProbs!.slice(0, length - 2),
  }));
  const { findings } = await runRules(rules, () => trajectories, {});
  const found = findings.find(({ rule }) => rule.code === 'length-mismatch');
  expect(found?.evidence).toMatchObject({ array: 'oldLogProbs', missing: 2 * 48, atTheEnd: 48 });
});

test('arrays of another length in the file are named as there; one entry less everywhere is a convention', async () => {
  const other = (of: (t: Trajectory, i: number) => number | undefined): Simulated =>
    plant(simulate(), (t, _, i) => {
      const found = of(t, i);
      return found === undefined ? {} : { mismatch: [{ field: 'log\u001bprobs', found }] };
    });
  const some = await finding(
    other(({ length }, i) => (i % 4 === 0 ? length + 3 : undefined)),
    'length-mismatch',
  );
  expect(some).toMatchObject({ severity: 'error', evidence: { trajectories: 12, of: 48, largest: 3 } });
  expect(some!.message).toMatch(/^log\\u001bprobs has another length/);
  expect(
    (
      await finding(
        other(({ length }) => length - 1),
        'length-mismatch',
      )
    )?.severity,
  ).toBe('info');
});

test('one number less everywhere is a convention', async () => {
  const shorter = plant(simulate(), ({ samplerLogProbs, mask }) => ({
    samplerLogProbs: samplerLogProbs!.map((x, t) => (t === mask.lastIndexOf(1) ? Number.NaN : x)),
  }));
  expect((await finding(shorter, 'length-mismatch'))?.severity).toBe('info');
});

test('the declared division by the length is told as an info, with what it does to failures', async () => {
  const clean = simulate();
  const found = await finding(clean, 'length-bias');
  expect(found?.severity).toBe('info');
  const groups = new Map<string, number[]>();
  for (const t of clean.trajectories) {
    if (Number(t.advantage) < 0) groups.set(t.group!, [...(groups.get(t.group!) ?? []), lengthOf(t)]);
  }
  const ratios = [...groups.values()].map((lengths) => Math.max(...lengths) / Math.min(...lengths));
  expect(found?.evidence.largestRatio).toBeCloseTo(Math.max(...ratios), 12);
  expect(await finding(simulate({ objective: 'dapo' }), 'length-bias')).toBeUndefined();
});

test('a mean over trajectories that counts those without a token is told from one that does not', async () => {
  const all = rescaled(simulate({ steps: 2 }), ({ mask }, i) =>
    i % 24 < 8 ? { mask: mask.map(() => 0) } : {},
  );
  const others = reweighted(all, (_, some) => some.length / some.filter((t) => lengthOf(t) > 0).length);
  expect((await finding(all, 'masked-in-denominator'))?.severity).toBe('warning');
  expect(codesFrom(await auditOf(others), 'warning')).toEqual([]);
});

test('weights of which none is a number are those of a divisor Σ A = 0', async () => {
  const lost = plant(simulate({ objective: 'dapo' }), ({ weights, mask }) => ({
    weights: weights!.map((w, t) => (mask[t] === 1 ? Number.NaN : w)),
    nan: [...mask.keys()].filter((t) => mask[t] === 1).map((token) => ({ field: 'weights', token })),
  }));
  expect((await finding(lost, 'mask-is-advantage'))?.message).toContain('None of the');
});

test('headers that open the first turn without weight and later ones with it are of the template', async () => {
  const HEADER = [90, 91, 92];
  const withHeaders = plant(simulate({ toolRate: 0.05, prompts: 8 }), ({ ids, roles, mask }) => {
    const own = ids!.slice();
    const starts = [...mask.keys()].filter((t) => mask[t] === 1 && mask[t - 1] !== 1);
    for (const [k, start] of starts.entries()) {
      const from = k === 0 ? start - HEADER.length : start;
      for (const [j, id] of HEADER.entries()) if (k === 0 || mask[start + j] === 1) own[from + j] = id;
    }
    return { ids: own, roles };
  });
  const found = await finding(withHeaders, 'template-tokens-trained');
  // Turns of fewer tokens than the header are not repeated whole, so that not all turns agree.
  const long = withHeaders.trajectories.every(({ mask }) =>
    [...mask.keys()].every(
      (t) => mask[t] === 0 || mask[t - 1] === 1 || (mask[t + 1] === 1 && mask[t + 2] === 1),
    ),
  );
  expect(found?.evidence.where).toBe(long ? 'headers' : undefined);
});

test('shared tokens are counted to the next power of two, with and without log-probs', async () => {
  const wrong = forkDuplicated.alter(cleanOf(forkDuplicated));
  const found = await finding(wrong, 'fork-duplicated');
  // Every fourth of 48 trajectories shares three quarters of the one before; the shortest share too little to be beyond chance.
  const shared = [...wrong.trajectories.keys()]
    .filter((i) => i % 4 === 1)
    .map((i) => {
      const { length, mask } = wrong.trajectories[i - 1]!;
      return sum([...mask.slice(0, Math.ceil(length * 0.75))]);
    });
  expect(found?.evidence.trajectories).toBeGreaterThan(6);
  expect(found?.evidence.trajectories).toBeLessThanOrEqual(shared.length);
  expect(found?.evidence.tokens).toBeLessThanOrEqual(sum(shared));
  expect(found?.evidence.tokens).toBeGreaterThan(sum(shared) / 4);
  expect(await finding(withoutField(wrong, 'rollout'), 'fork-duplicated')).toBeUndefined();
  const bare = withoutField(wrong, 'logProbs', 'oldLogProbs', 'samplerLogProbs', 'refLogProbs');
  // At e^−0.1 a token only long shared stretches are beyond chance.
  expect(await finding(bare, 'fork-duplicated')).toBeUndefined();
});

test('segments are an error where weights were logged, and a warning of the declared objective', async () => {
  const wrong = segments.alter(cleanOf(segments));
  expect((await finding(wrong, 'segments-overweighted'))?.severity).toBe('error');
  expect((await finding(withoutField(wrong, 'weights'), 'segments-overweighted'))?.severity).toBe('warning');
  expect(
    await finding(
      { ...wrong, ...rescaled(wrong, () => ({}), { objective: 'dapo' }) },
      'segments-overweighted',
    ),
  ).toBeUndefined();
});

describe('decision-starved', () => {
  /** Decisions drawn with the probabilities that are logged, .6 and .4 where both are possible, and a reward that they decide. */
  const decided = (simulated: Simulated): Simulated =>
    rescaled(simulated, (t) => {
      const decisions = [...t.roles.keys()].filter((k) => t.roles[k] === roleOf('decision'));
      const logProbs = t.samplerLogProbs!.slice();
      for (const [k, at] of decisions.entries()) {
        logProbs[at] = k === 2 ? 0 : Math.log(at === decisions.at(-1) ? 0.6 : 0.4);
      }
      return { samplerLogProbs: logProbs, reward: decisions.length === 1 ? 1 : 0 };
    });
  const setting = { ...decisionStarved.setting, prompts: 30, maxLength: 1000 };

  test('is told as an info, with a bound below the variance that decisions have', async () => {
    const found = await finding(decided(simulate(setting)), 'decision-starved');
    expect(found?.severity).toBe('info');
    // R = [the first decision is STOP]: all of its variance is that of the decision.
    expect(found?.evidence.budgetAtLeast).toBeGreaterThan(0.2);
    expect(found?.evidence.budgetAtLeast).toBeLessThanOrEqual(1);
    expect(Math.abs(Number(found?.evidence.budgetEstimate) - 1)).toBeLessThan(0.35);
    expect(found?.evidence.shareOfWeight).toBeLessThan(0.2);
  });

  test('says nothing where the reward does not depend on decisions', async () => {
    const simulated = decided(simulate(setting));
    const rewards = simulate(setting).trajectories.map(({ reward }) => reward!);
    expect(
      await finding(
        rescaled(simulated, (_, i) => ({ reward: rewards[i]! })),
        'decision-starved',
      ),
    ).toBeUndefined();
  });

  test('says nothing where tokens are decisions only if they are drawn', async () => {
    const dependent = rescaled(simulate(setting), (t) => ({
      reward: t.roles.filter((role) => role === roleOf('decision')).length === 1 ? 1 : 0,
    }));
    expect(await finding(dependent, 'decision-starved')).toBeUndefined();
  });

  test('says nothing of an objective that leaves decisions out on purpose', async () => {
    const options = { update: 'sample' };
    const run = await auditOf(simulate({ ...setting, options }));
    expect(run.notChecked.find(({ code }) => code === 'decision-starved')?.reason).toContain('on purpose');
  });
});
