// The panels that explain: their numbers are those of the claims' figures, and what did not run has no panel.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { ClaimResult } from '../../../src/claims/claim.ts';
import type { Figure, LinesFigure, Point } from '../../../src/claims/figure.ts';
import { overviewPanels, overviewSvg, panelSvg } from '../../../src/report/figures/overview.ts';
import { verifyHtml } from '../../../src/report/verifyHtml.ts';
import { holding } from '../fixtures.ts';
import { dangers } from '../markup.ts';
import { soundPicture } from './drawn.ts';

const line = (slope: number, start: number): Point[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((L): Point => [L, start + slope * (L - 1)]);

const masses = (slope: number): LinesFigure => ({
  kind: 'lines',
  title: '',
  caption: '',
  xLabel: 'L',
  yLabel: 'nats',
  series: [
    { name: 'decision', component: 'decision', points: line(0, 0.25) },
    { name: 'sample', component: 'sample', points: line(slope, 0.5) },
  ],
});

const pulls = (slope: number): LinesFigure => ({
  ...masses(0),
  series: [
    { name: 'KL', points: line(slope, 0.125) },
    { name: 'k3', points: line(0, 7) },
    { name: 'reward', points: line(0, 0.0625) },
  ],
});

const share: Figure = {
  kind: 'budget',
  title: '',
  caption: '',
  unit: '',
  bars: [
    { label: 'policy', sample: 3, decision: 1 },
    { label: 'another', sample: 0, decision: 5 },
  ],
};

function withFigures(figures: Readonly<Record<string, readonly Figure[]>>): ClaimResult[] {
  return holding().claims.map((result) => ({ ...result, figures: figures[result.claim.id] ?? [] }));
}

const all = withFigures({
  C3: [share, masses(0)],
  C4: [masses(0.5)],
  C5: [masses(0.25)],
  C5b: [pulls(0.125)],
});

test('one trajectory, a share, three masses and the pull, each with a sentence and its numbers in words', () => {
  const panels = overviewPanels(all);
  expect(panels.map(({ title }) => title)).toEqual([
    'One response',
    'Who the reward depends on',
    'What the reward can teach',
    'What SFT still has to teach',
    'What a KL penalty holds back',
    'A KL penalty pulls towards STOP',
  ]);
  for (const panel of panels) {
    expect(panel.sentence).toMatch(/\.$/);
    soundPicture(() => ({ svg: panelSvg(panel), notes: [], width: 0 }));
  }
  const [, parts, , sft, kl, pull] = panels;
  expect(parts!.sentence).toContain('75\u00a0%');
  expect(parts!.sentence).toContain('25\u00a0%');
  expect(sft!.description).toContain('Sampled tokens: (1, 0.5), (2, 1),');
  expect(kl!.description).toContain('(8, 2.25). Decisions: (1, 0.25), (2, 0.25)');
  expect(pull!.description).toContain('(8, 1). Reward, followed uphill: (1, 0.0625)');
});

test('an arrow points towards STOP where the derivative of KL is positive, and grows with it', () => {
  const tips = (slope: number): number[] => {
    const markup = overviewPanels(withFigures({ C5b: [pulls(slope)] })).at(-1)!.body.markup;
    const line = Number(/<path d="M([\d.]+),\d+l/.exec(markup)?.[1] ?? Number.NaN);
    expect(line).not.toBeNaN();
    return [...markup.matchAll(/<path d="M([\d.]+),\d+l([\d.-]+)/g)].map(
      (m) => Number(m[1]) * Math.sign(Number(m[2])),
    );
  };
  // The head of an arrow to the left opens to the right, with a positive step.
  const [first, second, third, reward] = tips(0.125);
  expect([first! > second!, second! > third!, third! > 0, reward! < 0]).toEqual([true, true, true, true]);
  const [, , away] = tips(-0.25);
  expect(away).toBeLessThan(0);
});

test('what did not run has no panel, and numbers that cannot be drawn leave none out', () => {
  expect(overviewPanels([]).map(({ title }) => title)).toEqual(['One response']);
  expect(overviewPanels(withFigures({ C4: [masses(1)] }))).toHaveLength(2);
  const broken: LinesFigure = {
    ...masses(0),
    series: [
      { name: 's', component: 'sample', points: [[1, Number.NaN]] },
      { name: 'd', component: 'decision', points: [] },
    ],
  };
  const empty: Figure = { ...share, bars: [{ label: 'policy', sample: 0, decision: 0 }] };
  const flat: LinesFigure = {
    ...pulls(0),
    series: pulls(0).series.map((s) => ({ ...s, points: line(0, 0) })),
  };
  for (const panel of overviewPanels(withFigures({ C3: [empty, broken], C5b: [flat] }))) {
    soundPicture(() => ({ svg: panelSvg(panel), notes: [], width: 0 }));
  }
});

test('the page and the picture of the README show the same panels', () => {
  const panels = overviewPanels(all);
  const { document } = parseHTML(verifyHtml({ ...holding(), claims: all }));
  const titles = [...document.querySelectorAll('.panel strong')].map((node) => node.textContent);
  expect(titles).toEqual(panels.map(({ title }) => title));
  const svg = overviewSvg(panels);
  expect(dangers(svg)).toEqual([]);
  for (const { title, body } of panels) {
    expect(svg).toContain(title);
    expect(svg).toContain(body.markup.slice(0, 60));
  }
});
