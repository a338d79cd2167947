// C4: the mass of SFT lies where the tokens are.

import { klDivergence, leafRatios } from '../../attribution/divergence.ts';
import { EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import type { PaddingFamily } from '../../policy/padding.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import { type Comparison, check, control, difference, excess, worst } from '../check.ts';
import type { Claim } from '../claim.ts';
import { withStated } from '../shared/asStated.ts';
import {
  affineControls,
  affineTerms,
  type DivergenceByLength,
  growthCheck,
  segmentMean,
  termsFigure,
  termsTolerance,
  withUniformMismatch,
} from '../shared/divergenceTerms.ts';
import { againstStatement } from '../shared/inFloat64.ts';
import { FAMILY_ASSUMPTION, familyOf, LENGTHS, members, paddingMismatch } from '../shared/lengthFamily.ts';
import { chainRule as chainRuleStated, massGrowth } from '../shared/overMasses.ts';
import { dataMember, gradientChecks } from './gradientNorm.ts';
import { c4Statements, tied, untied } from './statements.ts';

const CHAIN_RULE = chainRuleStated('KL(D‖π) over trajectories = sample terms + decision terms');

/** KL(D‖π) of a tabular policy against its reference as data: summed over trajectories, and by the chain rule. */
function chainRule(policy: EvaluatedPolicy): Comparison {
  const { model, reference: data } = policy;
  const swapped = new EvaluatedPolicy({ ...model, logits: model.reference, reference: model.logits });
  const leaf = leafRatios(swapped);
  const whole = leaf.prob.reduce((sum, p, i) => sum + (p === 0 ? 0 : p * leaf.logRatio[i]!), 0);
  return againstStatement(CHAIN_RULE, swapped, klDivergence(data, policy), whole);
}

/** The policy and its reference exchanged: the reference plays the data D. */
function dataAsPolicy(policy: TabularPolicy): TabularPolicy {
  return { ...policy, logits: policy.reference, reference: policy.logits };
}

/** The divergence of the data from the policy along the family. */
function divergenceOf(family: PaddingFamily): DivergenceByLength {
  return {
    member: members((length) => dataMember(family, length)),
    delta: paddingMismatch(family.data, family.policy),
  };
}

/** KL(D‖π) by component and length. */
export const c4SftMass: Claim = {
  id: 'C4',
  title: 'SFT’s mass lies where the tokens are',
  statement:
    'KL(D‖π), what SFT can still gain, is a sum over sample tokens plus a sum over decision tokens. Under padding the sample ' +
    'part grows by δ_D·E_D[attempts] per unit of L, the decision part not at all; the gradient norm grows linearly or like the ' +
    'root of L as padding parameters are tied or not, and saturates with a parameter per history; per-segment means are bounded.',
  formulas: [
    String.raw`\mathbb{E}_D[-\log\pi_\theta]-H(D)=\mathrm{KL}(D\,\|\,\pi_\theta)=M_{\mathrm{sample}}+M_d,\qquad M_{\mathrm{sample}}(L)=M_{\mathrm{sample}}(1)+(L-1)\,\delta_D\,\mathbb{E}_D[\#\text{attempts}]`,
    String.raw`\|g_s\|^2=a^2+(L-1)^2c^2\ \text{(tied)},\qquad \|g_s\|^2=a^2+(L-1)c^2\ \text{(one parameter per position)}`,
    String.raw`M_{\mathrm{sample}}^{\text{segment mean}}=\mathbb{E}_D[\#\text{attempts}]\,\frac{m_1+(L-1)\delta_D}{L}`,
  ],
  assumptions: [
    FAMILY_ASSUMPTION,
    'On the given policy the reference plays the data distribution D.',
    'a, c: gradients of the first tokens and of one padding position (summed over attempts) at L = 1.',
  ],
  run: (subject) => {
    const asked = evaluatedPolicy(subject.policy);
    const family = familyOf(subject);
    const masses = divergenceOf(family);
    const growth = massGrowth('δ_D');
    const tolerance = termsTolerance(masses, LENGTHS.at(-1)!);
    const over = (f: (length: number) => Comparison): Comparison => worst(LENGTHS.map(f));
    const uniform = divergenceOf(withUniformMismatch(family));
    const segment = (L: number, of = masses): number => segmentMean(of.member(L), L);
    const atMost = Math.max(
      affineTerms(masses, 1).sample,
      affineTerms(masses, 2).sample - affineTerms(masses, 1).sample,
    );
    const findings = withStated({ ...subject, policy: dataAsPolicy(subject.policy) }, c4Statements, {
      read: [CHAIN_RULE, growth, tied, untied].map(({ name }) => name),
      checks: [
        check(CHAIN_RULE.name, chainRule(asked), asked.rounding(asked.logSize, 'E Σ|log-ratio|')),
        growthCheck(masses, growth),
        ...gradientChecks(family),
        check(
          'per-segment mean: sample mass = N·[m₁ + (L−1)δ_D]/L',
          over((L) => difference(segment(L), affineTerms(masses, L).sample / L)),
          tolerance,
        ),
        check(
          'per-segment mean: bounded by N·max(m₁, δ_D)',
          over((L) => excess(segment(L), atMost)),
          tolerance,
        ),
        check(
          'per-segment mean with m₁ = δ_D: free of L',
          over((L) => difference(segment(L, uniform), segment(1, uniform))),
          tolerance,
        ),
      ],
      controls: [
        ...affineControls(subject, masses),
        control(
          subject,
          'per-segment mean',
          'The sample mass of per-segment-mean SFT is free of L, whatever the first token’s mismatch.',
          difference(segment(8), segment(1)),
          tolerance,
        ),
      ],
    });
    return {
      ...findings,
      figures: [
        termsFigure(
          masses,
          'The mass of SFT grows with the attempt length on one side only',
          'Chain-rule terms of KL(D‖π) under padding; lines: the value at L = 1 plus (L − 1)·δ_D·E_D[attempts], and a constant.',
        ),
      ],
    };
  },
};
