// The graphs that a statement is put to for a shape: the full tree, the padding construction, or one step of an induction.

import type { Component } from '../../policy/component.ts';
import { compileGraph, type TrajectoryGraph } from '../../policy/graph.ts';
import { type PaddingTying, paddingFamily, paddingMember } from '../../policy/padding.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import { compileTree } from '../../policy/tree.ts';
import type { Place, Statement } from '../statement.ts';

/** One history of a component whose actions are the leaves. */
export function stepGraph(component: Component, vocabulary: number): TrajectoryGraph {
  const arity = component === 'sample' ? vocabulary : 2;
  const only = { component, attempt: 0, arity, nodes: 1, row: () => 0, next: () => -1 };
  return compileGraph([only], vocabulary, component === 'sample' ? 1 : 0, component === 'sample' ? 0 : 1);
}

function padded({ attempts, length, vocabulary }: PolicyShape, tying: PaddingTying): TrajectoryGraph {
  return paddingMember(paddingFamily(attempts, vocabulary, 0), length, tying).graph;
}

/** The shape of the tree that a statement is put to, or of the smallest tree on which a step can be seen. */
export function shapeAt({ place = 'tree' }: Pick<Statement, 'place'>, shape: PolicyShape): PolicyShape {
  if (place === 'smallTree') return smallest(shape);
  return place === 'step' ? { attempts: 1, length: 1, vocabulary: shape.vocabulary } : shape;
}

/** At most two attempts of one token from three, whose pairs and triples of trajectories are enumerated. */
function smallest({ attempts, vocabulary }: PolicyShape): PolicyShape {
  return { attempts: Math.min(attempts, 2), length: 1, vocabulary: Math.min(vocabulary, 3) };
}

/** Graphs by place, each compiled once for a shape. */
export class Graphs {
  readonly shape: PolicyShape;
  private readonly known = new Map<string, TrajectoryGraph>();

  constructor(shape: PolicyShape) {
    this.shape = shape;
  }

  /** The graphs that a statement is put to. */
  of({ place = 'tree', only }: Pick<Statement, 'place' | 'only'>): readonly TrajectoryGraph[] {
    if (place !== 'step') return [this.graph(place, () => this.compile(place))];
    const { vocabulary } = this.shape;
    const components: readonly Component[] = only === undefined ? ['sample', 'decision'] : [only];
    return components.map((c) => this.graph(`${place} ${c}`, () => stepGraph(c, vocabulary)));
  }

  private compile(place: Exclude<Place, 'step'>): TrajectoryGraph {
    if (place === 'tree') return compileTree(this.shape);
    if (place === 'smallTree') return compileTree(smallest(this.shape));
    return padded(this.shape, place === 'padding' ? 'tied' : 'untied');
  }

  private graph(name: string, build: () => TrajectoryGraph): TrajectoryGraph {
    const graph = this.known.get(name) ?? build();
    this.known.set(name, graph);
    return graph;
  }
}
