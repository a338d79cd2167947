// Claims see faults planted in the code that trains: each fault turns the verdict of the claims named beside it.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { neg, type Primal, reshape, type Tensor } from '../../src/autodiff/index.ts';
import { registry } from '../../src/ops/registry.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { ALL, resultsOf } from './outcome.ts';

type Part = (...inputs: unknown[]) => unknown;

const planted = vi.hoisted(() => {
  const faults = new Map<string, (part: Part, inputs: unknown[]) => unknown>();
  const faulty = async (original: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(await original()).map(([name, part]) => {
        if (typeof part !== 'function') return [name, part];
        const right = part as Part;
        return [name, (...inputs: unknown[]) => faults.get(name)?.(right, inputs) ?? right(...inputs)];
      }),
    );
  return { faults, faulty };
});

vi.mock('../../src/objectives/kl.ts', planted.faulty);
vi.mock('../../src/objectives/loss/aggregation.ts', planted.faulty);
vi.mock('../../src/objectives/loss/advantages.ts', planted.faulty);
vi.mock('../../src/objectives/loss/standardised.ts', planted.faulty);
vi.mock('../../src/objectives/loss/tracked.ts', planted.faulty);
vi.mock('../../src/autodiff/reverse/labels/sweepLabels.ts', planted.faulty);

beforeAll(chooseKernels);

/** The claims that fail with a fault in place. */
function failing(ids: readonly string[]): string[] {
  return resultsOf(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1), true, 1, ids)
    .filter(({ verdict }) => verdict === 'fails')
    .map(({ claim }) => claim.id);
}

interface Fault {
  readonly name: string;
  readonly at: string;
  readonly fault: (part: Part, inputs: unknown[]) => unknown;
  readonly seenBy: readonly string[];
}

const numbers = (x: unknown): Float64Array => x as Float64Array;
const exchanged = ([estimator, a, b]: unknown[]): unknown[] => [estimator, b, a];

const FAULTS: readonly Fault[] = [
  {
    name: 'the sign of KL in the loss',
    at: 'klTensor',
    fault: (part, inputs) => neg(part(...inputs) as Tensor),
    seenBy: ['C5b', 'C8', 'C9'],
  },
  {
    name: 'the two policies of KL in the loss exchanged',
    at: 'klTensor',
    fault: (part, inputs) => part(...exchanged(inputs)),
    seenBy: ['C5b', 'C8', 'C9'],
  },
  {
    name: 'the slope of KL in the weights reversed',
    at: 'klSlope',
    fault: (part, [estimator, delta]) => part(estimator, -(delta as number)),
    seenBy: ['C5b', 'C8', 'C9'],
  },
  {
    name: 'KL in the reward reversed',
    at: 'klShapedReward',
    fault: (part, [batch, beta, ...rest]) => part(batch, -(beta as number), ...rest),
    seenBy: ['C5', 'C5b', 'C8', 'C9'],
  },
  {
    name: 'ddof ignored',
    at: 'groupAdvantage',
    fault: (part, [all, options]) => part(all, { ...(options as object), ddof: 1 }),
    seenBy: ['C2', 'C9'],
  },
  {
    name: '1/B missing',
    at: 'coefficients',
    fault: (part, inputs) => {
      const c = numbers(part(...inputs));
      return c.map((x) => x * c.length);
    },
    seenBy: ['C2', 'C5', 'C5b', 'C8', 'C9'],
  },
  {
    name: 'the components of `update` exchanged',
    at: 'isUpdated',
    fault: (part, [component, update]) => part(1 - (component as number), update),
    seenBy: ['C2', 'C9'],
  },
  {
    name: 'labels merged',
    at: 'sweepLabels',
    fault: (part, inputs) => {
      const all = part(...inputs) as unknown[];
      return all.map(() => all[0]);
    },
    seenBy: ['C1'],
  },
];

describe('faults of objectives and of the engine', () => {
  test('none without a fault', () => expect(failing(ALL)).toEqual([]));

  test.each(FAULTS)('$name', ({ at, fault, seenBy }) => {
    planted.faults.set(at, fault);
    try {
      expect(failing(seenBy)).toEqual(seenBy);
    } finally {
      planted.faults.clear();
    }
  });

  test('a transpose that is not transposed on the way back', () => {
    const rule = Object.getOwnPropertyDescriptor(registry.transpose, 'vjp')!;
    const wrong = ({ inputs: [x] }: Primal<unknown>, cotangent: Tensor): Tensor =>
      reshape(cotangent, x!.shape);
    Object.defineProperty(registry.transpose, 'vjp', { ...rule, value: wrong });
    try {
      expect(failing(['C1'])).toEqual(['C1']);
    } finally {
      Object.defineProperty(registry.transpose, 'vjp', rule);
    }
  });
});
