// A small trajectory tree with probabilities and advantages, as data.
import { advantages } from '../../attribution/budget.ts';
import { evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { STOP } from '../../policy/component.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import type { TreeFigure } from '../figure.ts';

/** Every edge of the tree as a node, the root first. Meant for policies with a few dozen trajectories. */
export function treeFigure(tabular: TabularPolicy): TreeFigure {
  const policy = evaluatedPolicy(tabular);
  const { graph, prob, reward } = policy;
  const advantage = advantages(policy, reward);
  type Node = TreeFigure['nodes'][number];
  const nodes: Node[] = [
    { parent: null, action: 'prompt', component: 'sample', probability: 1, advantage: 0, reward: null },
  ];
  /** Figure node of each graph node of the current layer. */
  let current = [0];
  for (const [i, layer] of graph.layers.entries()) {
    const next: number[] = [];
    for (let e = 0; e < layer.source.length; e++) {
      const action = e % layer.arity;
      const edge = layer.edgeStart + e;
      const successor = layer.successor[e]!;
      const nextNodes = graph.layers[i + 1]?.nodes ?? 0;
      const ends = successor >= nextNodes;
      if (!ends) next[successor] = nodes.length;
      nodes.push({
        parent: current[layer.source[e]!]!,
        action: layer.component === 'sample' ? String(action) : action === STOP ? 'STOP' : 'RESAMPLE',
        component: layer.component,
        probability: prob[edge]!,
        advantage: advantage[edge]!,
        reward: ends ? reward[layer.leafStart + successor - nextNodes]! : null,
      });
    }
    current = next;
  }
  return {
    kind: 'tree',
    title: 'A trajectory tree',
    caption:
      'Every action with its probability π(a|h) and its advantage A(h,a) = Q(h,a) − V(h); rewards at the leaves.',
    nodes,
  };
}
