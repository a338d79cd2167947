// Chain-rule masses of a divergence over any field (C4, C5): over trajectories, under padding, and the steps of their inductions.
import { constant, repeat, times, total } from '../../attribution/over/arithmetic.ts';
import {
  expectedAttemptsOf,
  leafProbabilities,
  meanOf,
  reachOf,
  sumAlongTrajectories,
  sumsByComponent,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import type { Statement, WrongStatement } from '../statement.ts';
import { attemptLength, paddingEdges, withoutPadding } from './overPadding.ts';

/** The parts of E Σ_t log-ratio_t on sample and on decision tokens [2]. */
export function massesOf<A>(policy: PolicyOver<A>): A {
  return sumsByComponent(policy, policy.field.mul(reachOf(policy), policy.logRatio));
}

/** Σ_a π(a)·log-ratio(a) of one padding token [1]; only asked where there is padding. */
export function paddingDivergence<A>({ field, graph, prob, logRatio }: PolicyOver<A>): A {
  const edges = paddingEdges(graph).slice(0, graph.vocabulary);
  const terms = field.mul(field.gather(prob, edges), field.gather(logRatio, edges));
  return total(field, terms, edges.length);
}

/** Masses at L = 1 and (L − 1) times a growth of the sample mass for each padding token [2]. */
function affineMasses<A>(policy: PolicyOver<A>, growth: (short: PolicyOver<A>) => A): A {
  const { field, graph } = policy;
  const short = withoutPadding(policy);
  const atOne = massesOf(short);
  const length = attemptLength(graph);
  if (length === 1) return atOne;
  const grown = times(field, growth(short), [length - 1]);
  return field.add(atOne, field.concat([grown, constant(field, 0, 1)]));
}

/** E[log-ratio of a whole trajectory] is the sum of both masses. */
export function chainRule(name: string): Statement {
  return {
    name,
    kind: 'identity',
    readsLogs: true,
    sides: (policy) => {
      const { field, graph, logRatio } = policy;
      const whole = field.mul(leafProbabilities(policy), sumAlongTrajectories(policy, logRatio));
      return { left: total(field, massesOf(policy), 2), right: total(field, whole, graph.leaves) };
    },
  };
}

/** How the masses depend on L under padding. */
export function massGrowth(delta: string): Statement {
  return {
    name: `under padding the sample mass grows by ${delta}·E[attempts] per unit of L, the decision mass not at all`,
    kind: 'identity',
    place: 'padding',
    readsLogs: true,
    sides: (policy) => ({
      left: massesOf(policy),
      right: affineMasses(policy, (short) =>
        policy.field.mul(paddingDivergence(policy), expectedAttemptsOf(short)),
      ),
    }),
  };
}

/** The statements about the masses of KL(p‖q); `p` and `q` and the mismatch of a padding token are named. */
export function massStatements(p: string, q: string, delta: string): readonly Statement[] {
  const kl = `KL(${p}‖${q})`;
  return [
    chainRule(`${kl} over trajectories = sample terms + decision terms`),
    {
      name: 'for all K and L: the divergence to go is the token’s own and that of its continuations',
      kind: 'induction',
      place: 'step',
      readsLogs: true,
      symbols: ({ leaves }) => ({ sampleAfter: leaves, decisionAfter: leaves }),
      because:
        'Base: at the end of an episode no token follows, and both masses are 0. Step: the sample and decision masses after each ' +
        'continuation are free symbols, of which the log-ratio of the rest of a trajectory is the sum in expectation.',
      sides: (policy, { sampleAfter, decisionAfter }) => {
        const { field, graph, prob, logRatio } = policy;
        const rest = field.add(sampleAfter!, decisionAfter!);
        const whole = total(field, field.mul(prob, field.add(logRatio, rest)), graph.edges);
        const parts = [
          field.mul(prob, logRatio),
          field.mul(prob, sampleAfter!),
          field.mul(prob, decisionAfter!),
        ];
        const [own, sample, decision] = parts.map((part) => total(field, part, graph.edges));
        return { left: whole, right: field.add(own!, field.add(sample!, decision!)) };
      },
    },
    massGrowth(delta),
    {
      name: `for all L: a padding token adds ${delta} to the divergence to go, whatever it is`,
      kind: 'induction',
      place: 'step',
      only: 'sample',
      readsLogs: true,
      symbols: () => ({ after: 1 }),
      because:
        'Base: L = 1 has no padding. Step from L to L + 1: after a padding token the divergence to go is one free symbol for every action, ' +
        'and each attempt passes one padding token more.',
      sides: (policy, { after }) => {
        const { field, graph, prob, logRatio } = policy;
        const toGo = meanOf(policy, repeat(field, after!, graph.leaves), logRatio);
        const delta = total(field, field.mul(prob, logRatio), graph.edges);
        return { left: toGo, right: field.add(delta, after!) };
      },
    },
    {
      name: `${delta} ≥ 0`,
      kind: 'inequality',
      place: 'step',
      only: 'sample',
      readsLogs: true,
      because: `${delta} = Σ_a π(a)·(e^{−r} − 1 + r), and e^x ≥ 1 + x`,
      sides: (policy) => {
        const { field, graph, prob, refProb, logRatio } = policy;
        const terms = field.mul(prob, logRatio);
        const k3 = field.add(field.sub(refProb, prob), terms);
        return { left: total(field, terms, graph.edges), right: total(field, k3, graph.edges) };
      },
    },
  ];
}

/** Wrong statements about the masses. */
export function massControls(delta: string): readonly WrongStatement[] {
  return [
    {
      name: 'slope without the number of attempts',
      mistake: `The sample mass grows by ${delta} per unit of L.`,
      kind: 'identity',
      place: 'padding',
      readsLogs: true,
      sides: (policy) => ({
        left: massesOf(policy),
        right: affineMasses(policy, () => paddingDivergence(policy)),
      }),
    },
    {
      name: 'no slope',
      mistake: 'Neither mass depends on L.',
      kind: 'identity',
      place: 'padding',
      readsLogs: true,
      sides: (policy) => ({ left: massesOf(policy), right: massesOf(withoutPadding(policy)) }),
    },
    {
      name: 'half of the tokens relabelled',
      mistake: 'Half of every token’s mass may be counted to the other component.',
      kind: 'identity',
      readsLogs: true,
      sides: (policy) => {
        const masses = massesOf(policy);
        const exchanged = policy.field.gather(masses, Int32Array.of(1, 0));
        return { left: policy.field.add(masses, masses), right: policy.field.add(masses, exchanged) };
      },
    },
  ];
}
