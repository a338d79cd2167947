// What gradsplit is about, in a few panels whose numbers are those of the claims that were verified.

import type { ClaimResult } from '../../claims/claim.ts';
import type { LinesFigure } from '../../claims/figure.ts';
import { formatShare } from '../format.ts';
import { html } from '../html.ts';
import { at, sheet, textWidth } from './canvas.ts';
import { massPanel, PANEL, type Panel, pullPanel, sharePanel, trajectoryPanel } from './panels.ts';

function chartsOf(claims: readonly ClaimResult[], id: string): LinesFigure[] {
  const figures = claims.find(({ claim }) => claim.id === id)?.figures ?? [];
  return figures.filter((figure) => figure.kind === 'lines');
}

/** The panel of a claim that draws both components over L; none where the claim did not run. */
function massOf(claims: readonly ClaimResult[], id: string, texts: Parameters<typeof massPanel>[0]): Panel[] {
  for (const { series } of chartsOf(claims, id)) {
    const [sample, decision] = (['sample', 'decision'] as const).map((component) =>
      series.find((line) => line.component === component),
    );
    if (sample === undefined || decision === undefined) continue;
    return [massPanel(texts, { sample: sample.points, decision: decision.points })];
  }
  return [];
}

/** How the variance of the reward divides on the policy that was verified, which C3 puts into its first bar. */
function shareOf(claims: readonly ClaimResult[]): Panel[] {
  const figures = claims.find(({ claim }) => claim.id === 'C3')?.figures ?? [];
  const bar = figures.find((figure) => figure.kind === 'budget')?.bars[0];
  if (bar === undefined) return [];
  const total = bar.sample + bar.decision;
  const share = (part: number): string => formatShare(part, total).replace(' ', '\u00a0');
  const sentence = `On this policy sampling accounts for ${share(bar.sample)} of what makes rewards differ, deciding for ${share(bar.decision)}.`;
  return [sharePanel({ title: 'Who the reward depends on', unit: 'variance of the reward', sentence }, bar)];
}

function pullOf(claims: readonly ClaimResult[]): Panel[] {
  const [chart] = chartsOf(claims, 'C5b');
  const [kl, , reward] = chart?.series ?? [];
  if (kl === undefined || reward === undefined) return [];
  return [
    pullPanel(
      {
        title: 'A KL penalty pulls towards STOP',
        sentence:
          'The longer an attempt, the harder KL pulls a decision towards handing in; the pull of the reward stays.',
      },
      { kl: kl.points, reward: reward.points },
    ),
  ];
}

/** The panels for which there are figures, the trajectory first. `withShare` adds how the verified policy divides. */
export function overviewPanels(claims: readonly ClaimResult[], withShare = true): readonly Panel[] {
  return [
    trajectoryPanel(),
    ...(withShare ? shareOf(claims) : []),
    ...massOf(claims, 'C3', {
      title: 'What the reward can teach',
      yLabel: 'variance of the reward',
      sentence:
        'The reward’s budget divides between tokens and decisions, and does not grow with the length of an attempt.',
    }),
    ...massOf(claims, 'C4', {
      title: 'What SFT still has to teach',
      yLabel: 'nats',
      sentence: 'SFT’s mass grows with every token of an attempt; what it can teach decisions stays.',
    }),
    ...massOf(claims, 'C5', {
      title: 'What a KL penalty holds back',
      yLabel: 'nats',
      sentence: 'A KL penalty’s mass grows with every token, too; its share on decisions stays.',
    }),
    ...pullOf(claims),
  ];
}

/** The panel as a picture of its own, for a page. */
export function panelSvg({ title, description, body }: Panel): string {
  return sheet({ title, description, ...PANEL }, body);
}

const COLUMNS = 3;
const GAP = 26;
const TITLE = 26;
const LINE = 16;
const TEXT_HEIGHT = 4 * LINE + 8;

/** A sentence on lines of a width. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (textWidth(longer) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** All panels with their sentences as one picture, three in a row. */
export function overviewSvg(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const cell = { width: PANEL.width + GAP, height: TITLE + PANEL.height + TEXT_HEIGHT };
  const placed = panels.map(({ title, sentence, body }, i) => {
    const lines = wrapped(sentence, PANEL.width - 10).map(
      (line, k) =>
        html`<text x="8" y="${TITLE + PANEL.height + 14 + k * LINE}" text-anchor="start">${line}</text>`,
    );
    const heading = html`<text x="8" y="14" text-anchor="start" font-size="13" font-weight="650">${title}</text>`;
    return at(
      GAP / 2 + (i % COLUMNS) * cell.width,
      12 + Math.floor(i / COLUMNS) * cell.height,
      html`${heading}${at(0, TITLE, body)}${lines}`,
    );
  });
  const description = panels
    .map((panel) => `${panel.title}. ${panel.sentence} ${panel.description}`)
    .join(' ');
  return sheet(
    {
      title: 'What gradsplit is about',
      description,
      width: COLUMNS * cell.width,
      height: 12 + rows * cell.height,
    },
    html`${placed}`,
  );
}
