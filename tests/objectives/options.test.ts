// Options: defaults, what texts stand for, and messages that say what was wrong and what would have been right.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { valueOfText } from '../../src/base/options.ts';
import { getObjective, objectiveNames, objectives } from '../../src/objectives/index.ts';

const { grpo, ppo, sft, cispo } = objectives;

describe('defaults', () => {
  it('are complete, in a stable order, and parse to themselves', () => {
    for (const name of objectiveNames) {
      const options = objectives[name].parseOptions({});
      expect(Object.keys(options)).toEqual(Object.keys(objectives[name].options));
      expect(objectives[name].parseOptions(options)).toEqual(options);
      const reversed = Object.fromEntries(Object.entries(options).reverse());
      expect(JSON.stringify(objectives[name].parseOptions(reversed))).toBe(JSON.stringify(options));
    }
  });

  it('are those of the papers', () => {
    expect(JSON.stringify(grpo.parseOptions({}))).toBe(
      '{"normalizeByStd":true,"stdEpsilon":0.0001,"ddof":1,"groupBaseline":"mean","stdScope":"group","groupOfOne":"zero","clipLow":0.2,"clipHigh":0.2,"dualClip":0,' +
        '"aggregation":"sequenceMean","maxLength":1,"microBatchSize":1,"update":"both","beta":0,"klEstimator":"k3","klPlacement":"loss","klWeight":"token","attemptCost":0}',
    );
    expect(objectives.dapo.parseOptions({})).toMatchObject({ clipHigh: 0.28, aggregation: 'tokenMean' });
    expect(objectives.drGrpo.parseOptions({})).toMatchObject({ aggregation: 'constant' });
    expect(objectives.gspo.parseOptions({})).toMatchObject({ clipLow: 3e-4, aggregation: 'sequenceMean' });
    expect(objectives.luspo.parseOptions({})).toMatchObject({ clipHigh: 2.5e-3, aggregation: 'sequenceSum' });
    expect(objectives.rloo.parseOptions({})).toMatchObject({
      aggregation: 'sequenceSum',
      klEstimator: 'k1',
      klPlacement: 'reward',
    });
    expect(sft.parseOptions({})).toEqual({
      segmentWeight: 'token',
      wrongAttempts: 'inLoss',
      aggregation: 'tokenMean',
      maxLength: 1,
      microBatchSize: 1,
      update: 'both',
    });
  });

  it('stand in for undefined', () => {
    expect(grpo.parseOptions({ beta: undefined })).toEqual(grpo.parseOptions({}));
  });
});

it('texts stand for numbers and truth values on a command line only', () => {
  const texts = ['0.1', 'false', '-2', '.3', '1e-6', 'true', 'k3', '0.4,0.6', '3x', '0x10', '1e999', ''];
  expect(texts.map(valueOfText)).toEqual([
    ...[0.1, false, -2, 0.3, 1e-6, true, 'k3', '0.4,0.6', '3x', '0x10', '1e999', ''],
  ]);
  expect(() => grpo.parseOptions({ beta: '0.1' })).toThrow('option beta: expected a finite number');
  expect(() => grpo.parseOptions({ normalizeByStd: 'false' })).toThrow(
    'expected true or false, found "false"',
  );
});

describe('a value that is wrong', () => {
  it.each([
    ['beta', -0.1, 'expected a finite number of at least 0, found -0.1'],
    ['beta', Number.NaN, 'expected a finite number of at least 0, found NaN'],
    ['beta', '1e999', 'expected a finite number of at least 0, found "1e999"'],
    ['beta', '', 'expected a finite number of at least 0, found ""'],
    ['beta', '0x10', 'expected a finite number of at least 0, found "0x10"'],
    ['beta', null, 'expected a finite number of at least 0, found null'],
    ['beta', true, 'expected a finite number of at least 0, found true'],
    ['beta', [1], 'expected a finite number of at least 0, found an array of 1'],
    ['clipLow', 1.5, 'expected a number from 0 to 1, found 1.5'],
    ['clipHigh', Number.POSITIVE_INFINITY, 'expected a finite number of at least 0, found Infinity'],
    ['dualClip', 0.5, 'expected 0 (off) or a number above 1, found 0.5'],
    ['ddof', 2, 'expected 0 or 1, found 2'],
    ['maxLength', 0, 'expected an integer of at least 1, found 0'],
    ['maxLength', '2.5', 'expected an integer of at least 1, found "2.5"'],
    ['normalizeByStd', 1, 'expected true or false, found 1'],
    ['normalizeByStd', 'yes', 'expected true or false, found "yes"'],
    ['klEstimator', 'k4', 'expected one of k1, k2, k3, k3Corrected, found "k4" (did you mean "k1"?)'],
    [
      'aggregation',
      'tokenmeen',
      'expected one of tokenMean, sequenceMean, sequenceSum, constant, microBatchMean, found "tokenmeen" (did you mean "tokenMean"?)',
    ],
    ['update', 7, 'expected one of both, sample, decision, found 7'],
  ])('%s=%o', (name, value, message) => {
    expect(() => grpo.parseOptions({ [name]: value })).toThrow(
      new InputError(`grpo: option ${name}: ${message}`),
    );
  });
});

describe('an unknown option', () => {
  it('is named with the near one and all allowed ones', () => {
    expect(() => cispo.parseOptions({ clipHihg: 1 })).toThrow(
      new InputError(
        'cispo: unknown option "clipHihg" (did you mean "clipHigh"?); allowed: normalizeByStd, stdEpsilon, ddof, groupBaseline, stdScope, groupOfOne, ' +
          'clipLow, clipHigh, aggregation, maxLength, microBatchSize, update, beta, klEstimator, klPlacement, klWeight, attemptCost',
      ),
    );
  });

  it('is refused where another objective would allow it', () => {
    expect(() => sft.parseOptions({ beta: 0.1 })).toThrow('sft: unknown option "beta"');
    expect(() => grpo.parseOptions({ baseline: 0.1 })).toThrow('grpo: unknown option "baseline"');
  });

  it('is what names of the prototype are', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const raw = JSON.parse(`{"${name}": 1}`) as Record<string, unknown>;
      expect(() => grpo.parseOptions(raw)).toThrow(`grpo: unknown option "${name}"`);
    }
  });

  it('whatever is given: complete options in range, or an InputError of one line', () => {
    const keys = fc.oneof(fc.constantFrom(...Object.keys(ppo.options)), fc.string());
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(fc.anything(), fc.double(), fc.string())), (raw) => {
        try {
          const options = ppo.parseOptions(raw);
          expect(Object.keys(options)).toEqual(Object.keys(ppo.options));
          for (const value of Object.values(options)) expect(value).not.toBeNaN();
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('getObjective', () => {
  it('finds every name', () => {
    for (const name of objectiveNames) expect(getObjective(name).name).toBe(name);
  });

  it('names the near one and all of them', () => {
    expect(() => getObjective('grop')).toThrow(
      new InputError(`unknown objective "grop" (did you mean "grpo"?); known: ${objectiveNames.join(', ')}`),
    );
    expect(() => getObjective('grop', 'a.json: train.objective')).toThrow(
      /^a\.json: train\.objective: unknown objective "grop"/,
    );
    expect(() => getObjective('__proto__')).toThrow('unknown objective "__proto__"');
  });
});
