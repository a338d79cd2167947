// `verify` as a function: what it runs on, progress, verdict, and its document.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  DEFAULT_SHAPE,
  subjectOf,
  type VerifyOptions,
  verify,
  verifyDocument,
} from '../../src/analyses/verify.ts';
import { exactly } from '../../src/attribution/tolerance.ts';
import { jsonChunks } from '../../src/base/json.ts';
import { type Claim, check, claims, control, difference } from '../../src/claims/index.ts';
import { verifySchema } from '../../src/documents/verify.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { chooseKernels } from '../oracle/kernels.ts';

beforeAll(chooseKernels);

const named = (...ids: string[]) => claims.filter(({ id }) => ids.includes(id));
const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 5);
const options: VerifyOptions = {
  policy,
  generic: true,
  source: 'test',
  seed: 5,
  claims: named('C1', 'C3', 'C8'),
};

describe('what controls run on', () => {
  test('the policy itself where it is generic and decides', () => {
    expect(subjectOf(options)).toEqual({ policy, companion: policy, companionIs: 'policy', seed: 5 });
  });

  test('else a seeded policy of its shape', () => {
    const given = subjectOf({ ...options, generic: false });
    expect(given).toEqual({
      policy,
      companion: randomPolicy(policy.shape, 5),
      companionIs: 'companion',
      seed: 5,
    });
  });

  test('or of the default shape where its own has no decisions', () => {
    const single = randomPolicy({ attempts: 1, length: 1, vocabulary: 2 }, 5);
    const given = subjectOf({ ...options, policy: single });
    expect(given.companion).toEqual(randomPolicy(DEFAULT_SHAPE, 5));
    expect(given.companionIs).toBe('companion');
  });
});

test('claims run in the order given, and progress is told before each', () => {
  const told: string[] = [];
  const reversed = [...options.claims].reverse();
  const result = verify({ ...options, claims: reversed }, (done, total, label) => {
    told.push(`${done}/${total} ${label.split(' ')[0]}`);
  });
  expect(result.claims.map(({ claim }) => claim.id)).toEqual(['C8', 'C3', 'C1']);
  expect(told).toEqual(['0/3 C8', '1/3 C3', '2/3 C1', '3/3 done']);
  expect(result.verdict).toBe('holds');
  for (const { seconds } of result.claims) expect(seconds).toBeGreaterThan(0);
});

test('a claim of your own runs beside them, and stands in the document', () => {
  const own: Claim = {
    id: 'half',
    title: 'Half is half',
    statement: 'A half is 0.5.',
    formulas: [],
    assumptions: [],
    run: (subject) => ({
      checks: [check('a half', difference(1 / 2, 0.5), exactly)],
      controls: [control(subject, 'a third', 'A third is 0.5.', difference(1 / 3, 0.5), exactly)],
      figures: [],
    }),
  };
  const result = verify({ ...options, claims: [own, ...named('C3')] });
  expect(result.claims.map(({ claim, verdict }) => [claim.id, verdict])).toEqual([
    ['half', 'holds'],
    ['C3', 'holds'],
  ]);
  const document = JSON.parse([...jsonChunks(verifyDocument(result))].join(''));
  verifySchema.parse(document);
  expect(document.claims[0]).toMatchObject({ id: 'half', verdict: 'holds' });
});

test('the same seed gives the same numbers, another seed others', () => {
  const numbers = (seed: number): unknown =>
    verify({ ...options, seed }).claims.map(({ checks, controls }) => [checks, controls]);
  expect(numbers(5)).toEqual(numbers(5));
  expect(numbers(6)).not.toEqual(numbers(5));
});

describe('the document', () => {
  const read = (given: VerifyOptions) => JSON.parse([...jsonChunks(verifyDocument(verify(given)))].join(''));

  test('is what its schema says', () => {
    const document = read(options);
    verifySchema.parse(document);
    expect(document).toMatchObject({
      schema: 'gradsplit/verify@1',
      seed: 5,
      verdict: 'holds',
      policy: { attempts: 2, length: 1, vocabulary: 2 },
    });
    expect('warnings' in document).toBe(false);
    for (const claim of document.claims) {
      expect('reason' in claim).toBe(false);
      for (const c of claim.checks) expect(c.holds).toBe(c.error <= c.tolerance);
      for (const c of claim.controls) expect(c.rejected).toBe(c.error > c.tolerance);
    }
  });

  test('gives the reason where a claim has no subject', () => {
    const logits = { ...policy.logits, sample: policy.logits.sample.map((x) => 1e4 * x) };
    const document = read({ ...options, generic: false, policy: { ...policy, logits } });
    verifySchema.parse(document);
    const [c8] = document.claims.slice(-1);
    expect(c8).toMatchObject({ id: 'C8', verdict: 'notApplicable', checks: [], controls: [] });
    expect(c8.reason).toContain('supp(ref) ⊆ supp(π)');
    expect(document.verdict).toBe('holds');
  });

  test('says nothing where nothing can be checked', () => {
    const logits = { ...policy.logits, sample: policy.logits.sample.map(() => 1e308) };
    expect(() => verify({ ...options, generic: false, policy: { ...policy, logits } })).toThrow(
      /expected a policy on which a claim can be checked, found none: C\d.*: logits up to 1\.0e\+308/,
    );
    expect(() => verify({ ...options, claims: [] })).toThrow('expected at least one claim, found none');
  });
});
