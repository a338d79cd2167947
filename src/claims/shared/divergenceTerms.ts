// Masses of a divergence on the padding family: its chain-rule terms, and what they are made of.

import { expectedAttempts } from '../../attribution/budget.ts';
import type { PerComponent } from '../../attribution/byComponent.ts';
import { klTerms } from '../../attribution/divergence.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { COMPONENTS } from '../../policy/component.ts';
import type { PaddingFamily, PaddingLogits } from '../../policy/padding.ts';
import { check, control, difference, worst } from '../check.ts';
import type { Check, ClaimSubject, Control } from '../claim.ts';
import type { LinesFigure } from '../figure.ts';
import type { Statement } from '../statement.ts';
import { leftAgainstStatement } from './inFloat64.ts';
import { DRAWN_LENGTHS, LENGTHS, type LengthMember } from './lengthFamily.ts';

/** A divergence along the family: its member of each length, and the mismatch of one padding token. */
export interface DivergenceByLength {
  readonly member: (length: number) => LengthMember;
  readonly delta: number;
}

/** Rounding of masses up to a length. */
export function termsTolerance({ member }: DivergenceByLength, length: number): Tolerance {
  const { policy } = member(length);
  return policy.rounding(policy.logSize, `E Σ|log-ratio| at L = ${length}`);
}

/** The masses at length L by the closed form: affine in L through the sample term only. */
export function affineTerms({ member, delta }: DivergenceByLength, length: number): PerComponent {
  const at1 = termsOf(member(1));
  return { sample: at1.sample + (length - 1) * delta * at1.attempts, decision: at1.decision };
}

/** The masses of the recursion against the text of a statement on how they depend on L. */
export function growthCheck(family: DivergenceByLength, growth: Statement): Check {
  const masses = (length: number): Float64Array => {
    const { sample, decision } = termsOf(family.member(length));
    return Float64Array.of(sample, decision);
  };
  return check(
    `${growth.name}, L = 1 … 8 and 1000`,
    worst(LENGTHS.map((L) => leftAgainstStatement(growth, family.member(L).policy, masses(L)))),
    termsTolerance(family, LENGTHS.at(-1)!),
  );
}

/** Wrong statements about the slope. */
export function affineControls(subject: ClaimSubject, family: DivergenceByLength): Control[] {
  const at1 = termsOf(family.member(1));
  const at8 = termsOf(family.member(8));
  const tolerance = termsTolerance(family, 8);
  // Each label is flipped with probability ½, so that either component expects half of either mass.
  const relabelled = (mass: PerComponent): number => (mass.sample + mass.decision) / 2;
  return [
    control(
      subject,
      'random relabelling',
      'The expected decision mass is free of L when half of the labels are redrawn at random.',
      difference(relabelled(at8), relabelled(at1)),
      tolerance,
    ),
    control(
      subject,
      'slope without the number of attempts',
      'The sample mass grows by δ per unit of L, whatever the number of attempts.',
      difference(at8.sample, at1.sample + 7 * family.delta),
      tolerance,
    ),
  ];
}

/** Both masses over L with the closed form through them. */
export function termsFigure(family: DivergenceByLength, title: string, caption: string): LinesFigure {
  return {
    kind: 'lines',
    title,
    caption,
    xLabel: 'attempt length L',
    yLabel: 'nats',
    series: COMPONENTS.map((c) => ({
      name: c,
      component: c,
      points: DRAWN_LENGTHS.map((L) => [L, termsOf(family.member(L))[c]] as const),
      curve: DRAWN_LENGTHS.map((L) => [L, affineTerms(family, L)[c]] as const),
    })),
  };
}

/** Chain-rule terms of KL(policy‖reference) of a member, and the policy's expected number of attempts. */
export function termsOf({ policy }: LengthMember): PerComponent & { readonly attempts: number } {
  return { ...klTerms(policy, policy.reference), attempts: expectedAttempts(policy) };
}

/** The sample term when every attempt's tokens are averaged: divided by L. */
export function segmentMean(member: LengthMember, length: number): number {
  return termsOf(member).sample / length;
}

/** The family in which every first token is distributed like padding, so that its mismatch equals that of padding. */
export function withUniformMismatch(family: PaddingFamily): PaddingFamily {
  const flat = (player: PaddingLogits): PaddingLogits => ({
    ...player,
    first: player.first.map((_, i) => player.padding[i % family.vocabulary]!),
  });
  return {
    ...family,
    policy: flat(family.policy),
    reference: flat(family.reference),
    data: flat(family.data),
  };
}
