// Made-up pictures of every kind, as claims would want them drawn. Nothing in them is measured.
import type { BudgetFigure, LinesFigure, MapFigure, Point, TreeFigure } from '../../src/claims/figure.ts';

export const lines: LinesFigure = {
  kind: 'lines',
  title: 'SFT mass in each component against the length of an attempt',
  caption: 'Points are measured on the padding construction, lines are the closed form N[m₁ + (L − 1)δ].',
  xLabel: 'L, tokens of an attempt',
  yLabel: 'mass in nats',
  series: [
    { name: 'sample', slope: 0.2137, start: 0.41 },
    { name: 'decision', slope: 0, start: 0.187 },
    { name: 'decision, half of the labels drawn at random', slope: 0.10685, start: 0.2985 },
  ].map(({ name, slope, start }) => {
    const line = (x: number): Point => [x, start + slope * (x - 1)];
    return { name, points: [1, 2, 3, 4, 5, 6, 7, 8].map(line), curve: [1, 8].map(line) };
  }),
};

const columnsOfMap = ['y₁₁', 'y₁₂', 'd₁', 'y₂₁', 'y₂₂', 'd₂', 'y₃₁', 'y₃₂'];

export const map: MapFigure = {
  kind: 'map',
  title: 'Weights w of every token of one trajectory, as the implementations use them',
  caption:
    'A row of one colour is balanced: one scalar on every token. Each row is scaled by its own largest weight.',
  columns: columnsOfMap.map((label) => ({ label, component: label.startsWith('d') ? 'decision' : 'sample' })),
  rows: [
    { label: 'REINFORCE', values: columnsOfMap.map(() => 0.75), note: 'balanced' },
    { label: 'RLOO', values: columnsOfMap.map(() => -0.3125), note: 'balanced' },
    { label: 'GRPO, 1/|o|', values: columnsOfMap.map(() => 0.09375), note: 'balanced' },
    { label: 'Dr. GRPO', values: columnsOfMap.map(() => 0.5625), note: 'balanced' },
    {
      label: 'PPO, GAE λ = 0.9',
      values: [0.31, 0.28, -0.42, 0.11, 0.07, -0.61, 0.52, 0.83],
      note: 'not balanced',
    },
    { label: 'PPO, clip active', values: [0.75, 0, 0.75, 0.75, 0, 0, 0.75, 0.75], note: 'not balanced' },
    {
      label: 'token k2 loss',
      values: [0.12, -0.33, 0.45, -0.021, 0.08, -0.27, 0.31, -0.18],
      note: 'not balanced',
    },
  ],
};

export const budget: BudgetFigure = {
  kind: 'budget',
  title: 'Credit budget',
  caption:
    'Var(R) divides exactly into the part that comes from tokens and the part that comes from decisions.',
  unit: 'variance of the reward',
  bars: [
    { label: 'this policy', sample: 0.16231, decision: 0.0432 },
    { label: 'always resamples', sample: 0.2113, decision: 0 },
    { label: 'companion', sample: 0.0871, decision: 0.1102 },
  ],
};

/** Two attempts of two binary tokens: every trajectory, probabilities and advantages made up. */
function smallTree(): TreeFigure {
  type Node = TreeFigure['nodes'][number];
  const nodes: Node[] = [
    { parent: null, action: '', component: 'sample', probability: 1, advantage: 0, reward: null },
  ];
  let level: { index: number; tokens: number[]; attempt: number }[] = [{ index: 0, tokens: [], attempt: 1 }];
  while (level.length > 0) {
    const next: typeof level = [];
    const add = (parent: number, rest: Pick<Node, 'action' | 'component' | 'reward'>): number => {
      const first = nodes.at(-1)!.parent !== parent;
      const probability = first ? 0.2 + ((parent * 37) % 60) / 100 : 1 - nodes.at(-1)!.probability;
      const advantage = (first ? 1 - probability : probability - 1) * Math.cos(parent * 1.7) * 0.6;
      return nodes.push({ parent, probability, advantage, ...rest }) - 1;
    };
    for (const { index, tokens, attempt } of level) {
      if (tokens.length < 2) {
        for (const token of [0, 1]) {
          const all = [...tokens, token];
          const ends = all.length === 2 && attempt === 2;
          const reward = ends ? (all.join() === '0,1' ? 0.95 : -0.05) : null;
          const node = add(index, { action: String(token), component: 'sample', reward });
          if (!ends) next.push({ index: node, tokens: all, attempt });
        }
      } else {
        add(index, { action: 'STOP', component: 'decision', reward: tokens.join() === '0,1' ? 1 : 0 });
        const node = add(index, { action: 'RESAMPLE', component: 'decision', reward: null });
        if (attempt < 2) next.push({ index: node, tokens: [], attempt: 2 });
      }
    }
    level = next;
  }
  return {
    kind: 'tree',
    title: 'Every trajectory of the policy',
    caption:
      'Thick edges are likely actions. Colours say whether an action is better or worse than the policy on average.',
    nodes,
  };
}

export const tree: TreeFigure = smallTree();
