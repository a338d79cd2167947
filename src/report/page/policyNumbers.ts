// How one policy divides, at the top of a page: shares of the variance and of KL as pictures, and a few numbers beside them.
import type { ExactNumbers } from '../../analyses/exact.ts';
import type { TreeFigure } from '../../claims/figure.ts';
import { number } from '../cells.ts';
import { figureHtml } from '../figures/index.ts';
import { panelSvg } from '../figures/overview.ts';
import { type Panel, sharePanel } from '../figures/panels.ts';
import { formatShare } from '../format.ts';
import { Html, html, prose } from '../html.ts';
import { fold } from './fold.ts';

/** A policy in numbers, and its tree where that can be drawn. */
export interface OwnPolicy {
  readonly numbers: ExactNumbers;
  readonly tree: TreeFigure | undefined;
}

/** A share whose number and sign stay on one line. */
export function shareText(part: number, whole: number): string {
  return formatShare(part, whole).replace(' ', '\u00a0');
}

/** `Sampling accounts for 65 % of the variance of the reward, deciding for 35 %.`, or that nothing varies. */
export function varianceSentence({ reward }: ExactNumbers): string {
  const { varianceSample, varianceDecision } = reward;
  const total = varianceSample + varianceDecision;
  if (!(total > 0)) return 'The reward of this policy does not vary.';
  return `Sampling accounts for ${shareText(varianceSample, total)} of the variance of the reward, deciding for ${shareText(varianceDecision, total)}.`;
}

function klSentence({ kl: { sample, decision } }: ExactNumbers): string {
  const total = sample + decision;
  if (!(total > 0)) return 'The policy is its reference.';
  return `Sampled tokens hold ${shareText(sample, total)} of the divergence from the reference, decisions ${shareText(decision, total)}.`;
}

/** The panels of a policy. */
export function policyPanels({ numbers }: OwnPolicy): Html {
  const { reward, kl, trajectories, expectedAttempts } = numbers;
  const panels: Panel[] = [
    sharePanel(
      { title: 'What makes rewards differ', unit: 'Var(R)', sentence: varianceSentence(numbers) },
      { sample: reward.varianceSample, decision: reward.varianceDecision },
    ),
    sharePanel(
      { title: 'Where it left its reference', unit: 'KL(π‖π_ref), nats', sentence: klSentence(numbers) },
      kl,
    ),
  ];
  const figures = panels.map(
    (panel) =>
      html`<figure class="panel">${new Html(panelSvg(panel))}<figcaption><strong>${panel.title}</strong>${panel.sentence}</figcaption></figure>`,
  );
  const facts: readonly (readonly [string, number])[] = [
    ['E[R]', reward.mean],
    ['Var(R)', reward.variance],
    ['KL(π‖π_ref)', kl.value],
    ['attempts expected', expectedAttempts],
    ['trajectories', trajectories],
  ];
  const list = facts.map(
    ([name, value]) => html`<div><dt>${prose(name)}</dt><dd>${number(value)}</dd></div>`,
  );
  return html`<section class="panels" aria-label="How this policy divides">${figures}<dl class="panel numbers-list">${list}</dl></section>
`;
}

/** The card of the policy's tree. */
export function treeCard({ tree, numbers }: OwnPolicy): Html {
  const body =
    tree === undefined
      ? html`<p>A tree of ${numbers.trajectories} trajectories is too large to draw.</p>`
      : figureHtml(tree);
  return fold({ id: 'tree', heading: 'The tree of this policy', open: true }, body);
}
