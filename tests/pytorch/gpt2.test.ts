// PyTorch opens the folders we write, and computes the same logits, loss and gradients from them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scope, valueAndGrad } from '../../src/autodiff/index.ts';
import { readModelFolder, writeModelFolder } from '../../src/host/modelFolder.ts';
import { type Gpt2Config, gpt2, type StoredFloat } from '../../src/nn/index.ts';
import {
  CONFIGS,
  fileValues,
  idsTensor,
  lossOf,
  randomIds,
  relativeDifference,
  showConfig,
  spreadParameters,
} from '../nn/models.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { announceSkipped, python, runScript } from './python.ts';

interface Case {
  readonly name: string;
  readonly given: Gpt2Config;
  readonly dtype: 'f32' | 'f64';
  /** The type in the file. */
  readonly stored: StoredFloat;
  readonly length: number;
}

interface Answer {
  readonly logits: number[];
  readonly loss: number;
  readonly gradients: Record<string, number[]>;
  readonly transformers: number[] | null;
}

const cases: readonly Case[] = CONFIGS.flatMap((given) =>
  (
    [
      ['f64', 'F64', 8],
      ['f32', 'F32', 8],
      ['f64', 'BF16', 5],
      ['f64', 'F16', 1],
    ] as const
  ).map(([dtype, stored, length]) => ({
    name: `${showConfig(given)}; stored as ${stored}, computed in ${dtype}, T = ${length}`,
    given,
    dtype,
    stored,
    length,
  })),
);

/** Of some thousand roundings on numbers of size 1 … 10. */
const TOLERANCE = { f32: 1e-5, f64: 1e-10 };

const directory = mkdtempSync(join(tmpdir(), 'gradsplit-pytorch-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const folderOf = (i: number): string => join(directory, String(i));
const idsOf = ({ given, length }: Case): number[][] => randomIds(given.vocabulary, 2, length, length);
const targetsOf = ({ given, length }: Case): number[][] => randomIds(given.vocabulary, 2, length, 50);

announceSkipped(cases.length);

describe.skipIf(python === undefined)('PyTorch', () => {
  let answers: Answer[] = [];

  beforeAll(async () => {
    chooseKernels();
    for (const [i, { given, dtype, stored }] of cases.entries()) {
      const model = gpt2(given);
      const parameters = spreadParameters(model, i, dtype);
      await writeModelFolder(folderOf(i), { config: model.config, parameters }, stored);
    }
    const input = cases.map((one, i) => ({
      folder: folderOf(i),
      dtype: one.dtype === 'f32' ? 'float32' : 'float64',
      ids: idsOf(one),
      targets: targetsOf(one),
    }));
    answers = runScript('gpt2.py', input);
  });

  test.each(cases.map((one, i) => [one.name, one, i] as const))('%s', (_, one, i) => {
    const answer = answers[i]!;
    scope(() => {
      const { config, parameters } = readModelFolder(folderOf(i), one.dtype);
      const model = gpt2(config);
      const logits = model.logits(parameters, idsTensor(idsOf(one))).readSync();
      const loss = lossOf(model, idsOf(one), targetsOf(one));
      const { value, gradient } = valueAndGrad(loss)(parameters);
      const found = fileValues(gradient, config.layers);
      expect(relativeDifference(logits, answer.logits)).toBeLessThan(TOLERANCE[one.dtype]);
      expect(relativeDifference([value.item()], [answer.loss])).toBeLessThan(TOLERANCE[one.dtype]);
      expect(Object.keys(found).sort()).toEqual(Object.keys(answer.gradients).sort());
      for (const [name, values] of Object.entries(answer.gradients)) {
        expect(relativeDifference(found[name]!, values), name).toBeLessThan(TOLERANCE[one.dtype]);
      }
      if (answer.transformers !== null) {
        expect(relativeDifference(logits, answer.transformers)).toBeLessThan(TOLERANCE[one.dtype]);
      }
    });
  });
});
