// `attribute` on a terminal: the gradient by label, by group, which labels conflict, what the check says, and whether the parts add up.
import type { AttributionDocument } from '../../documents/attribution.ts';
import { count, formatNumber, formatSeconds, formatShare } from '../format.ts';
import { columns, paragraph, safe } from './layout.ts';
import type { Palette } from './palette.ts';

const DIGITS = 4;

function show(x: number | null): string {
  return x === null || Number.isNaN(x) ? '–' : formatNumber(x, DIGITS);
}

/** The name of a label, such as `decision/kl`. */
export function labelText({ component, term }: AttributionDocument['labels'][number]): string {
  return `${component}/${term}`;
}

function labelsTable(
  { labels, levels: { weight, gradient }, conflictFree }: AttributionDocument,
  palette: Palette,
): string {
  const rows = labels.map((label, l) => [
    `  ${safe(labelText(label))}`,
    formatShare(weight.share[l]!, 1),
    show(weight.perToken[l]!),
    show(gradient.norm[l]!),
    formatShare(gradient.share[l]!, 1),
    conflictFree === undefined ? '–' : show(conflictFree.before[l]!),
  ]);
  return columns(
    [
      ['label', 'left'],
      ['weight', 'right'],
      ['|w| a token', 'right'],
      ['‖gradient‖', 'right'],
      ['share', 'right'],
      ['⟨g_l, g⟩', 'right', { drop: 1 }],
    ],
    rows,
    palette,
  );
}

/** Rows of groups that are shown: all, or those with the largest gradients. */
const MOST_GROUPS = 24;

function groupsTable(document: AttributionDocument, palette: Palette): string {
  const { groups, labels, norm, cosine, gramByGroup } = document;
  const size = (g: number): number => Math.sqrt(gramByGroup[g]!.flat().reduce((sum, x) => sum + x, 0));
  const shown = [...groups.keys()]
    .sort((a, b) => size(b) - size(a))
    .slice(0, MOST_GROUPS)
    .sort((a, b) => a - b);
  const rows = shown.map((g) => [
    `  ${safe(groups[g]!)}`,
    show(size(g)),
    ...labels.map((_, l) => show(norm[l]![g]!)),
    show(cosine[g]!),
  ]);
  const table = columns(
    [
      ['group', 'left'],
      ['all', 'right'],
      ...labels.map((label): [string, 'right', { drop: number }] => [
        safe(labelText(label)),
        'right',
        { drop: 1 },
      ]),
      ['cosine', 'right'],
    ],
    rows,
    palette,
  );
  const left = groups.length - shown.length;
  return left === 0 ? table : `${table}\n  and ${count(left, 'group')} with smaller gradients`;
}

/** What the cosine and the conflicts say, in sentences. */
export function conflictSentence({ labels, levels, conflictFree, gram }: AttributionDocument): string {
  const { cosine } = levels.gradient;
  const angle =
    cosine === null
      ? ''
      : `The gradients of sample and decision have the cosine ${formatNumber(cosine, DIGITS)}${cosine < 0 ? ': they pull against each other. ' : '. '}`;
  if (conflictFree === undefined)
    return `${angle}There are too many labels to look for a step that none opposes.`;
  const opposed = labels.filter((_, l) => conflictFree.before[l]! < 0).map(labelText);
  const pairs = labels.flatMap((a, l) =>
    labels.flatMap((b, m) => (m > l && gram[l]![m]! < 0 ? [`${labelText(a)} and ${labelText(b)}`] : [])),
  );
  const against =
    pairs.length === 0
      ? 'No two labels pull against each other.'
      : `Against each other pull ${pairs.join(', ')}.`;
  if (opposed.length === 0) return `${angle}${against} No label opposes the step as a whole.`;
  return `${angle}${against} The step opposes ${opposed.join(', ')}; the nearest one that no label opposes has the cosine ${show(conflictFree.cosine)} with it and is ${show(conflictFree.length)} times as long.`;
}

/** What the counterfactual check says. */
export function checkSentence({ check }: AttributionDocument): string | undefined {
  if (check === undefined) return undefined;
  const { n, correlation, worst, worstAfterSecondOrder, stepSize, dtype } = check;
  return `Without ${count(n, 'token or trajectory', 'tokens or trajectories')}, one at a time, at step size ${show(stepSize)}: predicted and actual changes of the objective have the correlation ${formatNumber(correlation, 6)}; the worst residual is ${show(worst)} of the largest change, ${show(worstAfterSecondOrder)} without the second-order term of the step (in ${dtype}).`;
}

/** Whether the parts add up. */
export function residualSentence({ residual, bound }: AttributionDocument): string {
  if (Number.isNaN(residual))
    return 'Whether the parts add up was not checked, as the influence of tokens was left out.';
  const holds = residual <= bound;
  return `The parts ${holds ? 'add up' : 'do not add up'}: Σ_t w_t⟨u_t, g⟩ and the Gram matrix differ by ${show(residual)} of ‖g‖², rounding explains ${show(bound)}.`;
}

function massLines({ levels: { mass } }: AttributionDocument): string[] {
  return mass.map(({ what, unit, value, share, ci95 }) => {
    const name = { varianceBudget: 'Var(R)', crossEntropy: '−log π', klTerms: 'log π − log π_ref' }[what];
    const parts = Object.keys(value).map((component) =>
      unit === 'nats a trajectory'
        ? `${safe(component)} ${show(value[component]!)} nats a trajectory (${formatShare(share[component]!, 1)})`
        : `${safe(component)} ${formatShare(share[component]!, 1)}`,
    );
    const interval =
      ci95 === undefined
        ? ''
        : `, decisions ${formatShare(ci95[0], 1)} to ${formatShare(ci95[1], 1)} at 95 %`;
    return `Mass of ${name}: ${parts.join(', ')}${interval}.`;
  });
}

/** Everything that an attribution says, but for tokens and trajectories one by one. */
export function attributionTable(document: AttributionDocument, palette: Palette): string {
  const { model, objective, rollouts, levels, seconds, peakMiB } = document;
  const check = checkSentence(document);
  const holds = !(document.residual > document.bound);
  const text = (sentence: string): string => paragraph(sentence, 2, palette);
  return [
    palette.bold(
      `${safe(objective.name)} at ${safe(model.checkpoint)}: ${model.architecture}, ${count(model.parameters, 'parameter')}`,
    ),
    text(
      `${count(rollouts.trajectories, 'trajectory', 'trajectories')} in ${count(rollouts.groups, 'group')}, ${count(rollouts.tokens, 'response token')}; ${levels.weight.balanced ? 'every trajectory has one weight on all of its tokens' : 'tokens of one trajectory have different weights'}.`,
    ),
    '',
    labelsTable(document, palette),
    '',
    groupsTable(document, palette),
    '',
    ...massLines(document).map(text),
    text(conflictSentence(document)),
    ...(check === undefined ? [] : [text(check)]),
    holds ? text(residualSentence(document)) : palette.red(text(residualSentence(document))),
    palette.dim(text(`${formatSeconds(seconds)}, at most ${Math.ceil(peakMiB)} MiB of memory.`)),
  ].join('\n');
}
