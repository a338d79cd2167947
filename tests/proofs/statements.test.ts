// The statements of the claims: each holds at random points of small shapes, each wrong one is refuted by a policy that is read back.
import { describe, expect, test } from 'vitest';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { type PrimeArray, primeField } from '../../src/algebra/primeField.ts';
import { jsonChunks } from '../../src/base/json.ts';
import { Graphs } from '../../src/claims/shared/places.ts';
import { claimStatements } from '../../src/claims/statements.ts';
import { parsePolicy } from '../../src/policy/format.ts';
import type { PolicyShape } from '../../src/policy/shape.ts';
import { refuteControl } from '../../src/proofs/prove.ts';
import { atRandomPoints, freeInstance } from '../../src/proofs/randomPoints.ts';

const shapes: readonly PolicyShape[] = [
  { attempts: 1, length: 1, vocabulary: 2 },
  { attempts: 2, length: 3, vocabulary: 2 },
  { attempts: 3, length: 1, vocabulary: 3 },
];
const all = shapes.map((shape) => new Graphs(shape));

describe.each(claimStatements)('$id', ({ statements, controls }) => {
  test.each(statements)('$name', (statement) => {
    for (const graphs of all) {
      for (const graph of graphs.of(statement)) {
        const found = atRandomPoints(statement, graph, 1, hashStream(1, statement.name));
        expect(found, JSON.stringify(graphs.shape)).toEqual({ holds: true, points: 1, redrawn: 0 });
      }
    }
  });

  test.each(controls)('wrong: $name', (control) => {
    const { verdict, counterExample } = refuteControl(control);
    expect(verdict).toBe('refuted');
    const { policy, words } = counterExample!;
    expect(words).toMatch(/^entry \d+: left is .*, right is /);
    const { shape } = parsePolicy([...jsonChunks(policy)].join(''), 'counter-example');
    expect(shape).toEqual({
      attempts: policy.attempts,
      length: policy.length,
      vocabulary: policy.vocabulary,
    });
  });
});

test('a statement that does not say that it reads log-ratios does not', () => {
  const graphs = all[1]!;
  const silent = claimStatements
    .flatMap(({ statements, controls }) => [...statements, ...controls])
    .filter(({ readsLogs }) => readsLogs !== true);
  expect(silent.length).toBeGreaterThan(40);
  for (const statement of silent) {
    for (const graph of graphs.of(statement)) {
      const [one, other] = ['one', 'other'].map((purpose) => {
        const words = hashStream(1, 'symbols');
        const logs = hashStream(1, purpose);
        const fresh = (count: number, name: string): PrimeArray =>
          primeField.random(count, name === 'logRatio' ? logs : words);
        const { policy, symbols } = freeInstance(primeField, graph, statement, fresh);
        const { left, right } = statement.sides(policy, symbols);
        return primeField.integers(primeField.concat([left, right]));
      });
      expect(one, statement.name).toEqual(other);
    }
  }
});
