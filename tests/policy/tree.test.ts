// The compiled trajectory tree: layers, edges and leaves in canonical order.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { COMPONENTS, RESAMPLE, STOP } from '../../src/policy/component.ts';
import { compileGraph } from '../../src/policy/graph.ts';
import { leafKeys } from '../../src/policy/shape.ts';
import { compileTree } from '../../src/policy/tree.ts';
import { historyKeys } from '../oracle/bruteForce.ts';
import { shapesUpTo } from '../oracle/policies.ts';

describe.each(shapesUpTo(400))('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
  const graph = compileTree(shape);
  const { attempts, length, vocabulary } = shape;
  const samples = historyKeys(shape, 'sample');
  const decisions = historyKeys(shape, 'decision');

  test('one layer a token, decisions after every attempt but the last', () => {
    const roles = graph.layers.map(({ component, attempt }) => `${component} ${attempt}`);
    const expected = Array.from({ length: attempts }, (_, k) => [
      ...new Array<string>(length).fill(`sample ${k}`),
      ...(k < attempts - 1 ? [`decision ${k}`] : []),
    ]).flat();
    expect(roles).toEqual(expected);
    expect(graph.nodes).toBe(samples.length + decisions.length);
    expect(graph.edges).toBe(samples.length * vocabulary + decisions.length * 2);
    expect(graph.slots).toBe(graph.edges);
    expect(graph.sampleSlots).toBe(samples.length * vocabulary);
    expect([...graph.slot].sort((a, b) => a - b)).toEqual(Array.from({ length: graph.edges }, (_, i) => i));
  });

  test('edges lead to the history their action makes, or to the leaf it ends', () => {
    const endings = [...leafKeys(shape)];
    let edges = 0;
    let ended = 0;
    graph.layers.forEach((layer, i) => {
      expect(layer.edgeStart).toBe(edges);
      expect(layer.leafStart).toBe(ended);
      const next = graph.layers[i + 1];
      const historyOf = (at: typeof layer, node: number): string => {
        const slot = graph.slot[at.edgeStart + node * at.arity]!;
        return at.component === 'sample'
          ? samples[slot / vocabulary]!
          : decisions[(slot - graph.sampleSlots) / 2]!;
      };
      const continuing = new Map([...layer.continuing].map((edge, j) => [edge, layer.target[j]!]));
      const terminal = new Map([...layer.terminal].map((edge, j) => [edge, layer.leafStart + j]));
      expect(continuing.size + terminal.size).toBe(layer.source.length);
      layer.source.forEach((node, edge) => {
        const action = edge - node * layer.arity;
        expect(Math.floor(edge / layer.arity)).toBe(node);
        const history = historyOf(layer, node);
        const comma = history === '' || history.endsWith('/') ? '' : ',';
        const after = layer.component === 'sample' ? `${history}${comma}${action}` : history;
        if (terminal.has(edge)) {
          expect(endings[terminal.get(edge)!]).toBe(after);
          expect(layer.component === 'decision' ? action === STOP : next === undefined).toBe(true);
          expect(layer.successor[edge]).toBe((next?.nodes ?? 0) + terminal.get(edge)! - layer.leafStart);
        } else {
          if (layer.component === 'decision') expect(action).toBe(RESAMPLE);
          const key = layer.component === 'decision' ? `${after}/` : after;
          expect(historyOf(next!, continuing.get(edge)!)).toBe(key);
          expect(layer.successor[edge]).toBe(continuing.get(edge));
        }
      });
      edges += layer.source.length;
      ended += layer.terminal.length;
    });
    expect(ended).toBe(graph.leaves);
    expect(graph.leaves).toBe(endings.length);
  });
});

test('actions and components are those of the format', () => {
  expect([STOP, RESAMPLE]).toEqual([0, 1]);
  expect(COMPONENTS).toEqual(['sample', 'decision']);
});

test('too large a tree is refused before it is built', () => {
  expect(() => compileTree({ attempts: 4, length: 3, vocabulary: 4 })).toThrow(InputError);
  expect(() => compileTree({ attempts: 1_000_000, length: 1_000_000, vocabulary: 1_000_000 })).toThrow(
    'at most 2000000',
  );
});

test('classes that share a row and a successor share slots and nodes', () => {
  const layer = { component: 'sample', attempt: 0, arity: 2 } as const;
  const graph = compileGraph(
    [
      { ...layer, nodes: 1, row: () => 0, next: () => 0 },
      { ...layer, nodes: 1, row: () => 0, next: (_, action) => (action === 0 ? -1 : 0) },
      { ...layer, nodes: 1, row: () => 1, next: () => -1 },
    ],
    2,
    2,
    0,
  );
  expect(graph).toMatchObject({ nodes: 3, edges: 6, leaves: 3, slots: 4 });
  expect([...graph.slot]).toEqual([0, 1, 0, 1, 2, 3]);
  expect([...graph.layers[0]!.target]).toEqual([0, 0]);
  expect([...graph.layers[1]!.successor]).toEqual([1, 0]);
  expect(graph.layers.map(({ leafStart }) => leafStart)).toEqual([0, 0, 1]);
});
