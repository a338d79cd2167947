// The report of `lab`: the question, the verdict, the picture, checks and controls, the split, what the paper says, and what to try next.
import type { LabDocument } from '../documents/labs.ts';
import type { Lab } from '../labs/index.ts';
import { drawingHtml } from './figures/index.ts';
import { drawXyPanels } from './figures/xy.ts';
import { count } from './format.ts';
import { type Html, html, plainText, prose } from './html.ts';
import { auditSentence, LAB_VERDICTS, seedNames, verdictSentence } from './labWords.ts';
import { optionTable } from './page/configTables.ts';
import type { ContentsEntry } from './page/contents.ts';
import { commandLine, factList } from './page/facts.ts';
import { fold } from './page/fold.ts';
import { LAB_CSS, labEvidence } from './page/labEvidence.ts';
import { methodCard, nextCard, sourcesCard } from './page/labTexts.ts';
import { SHARE_CSS, shareBars } from './page/shareBars.ts';
import { type PageAssets, pageHtml } from './page/shell.ts';
import { timeInWords } from './tables/trainSummary.ts';

/** What the page shows. */
export interface LabReport {
  readonly lab: Lab;
  readonly document: LabDocument;
  readonly dir: string;
  /** The command line that repeats it. */
  readonly repeat: string;
}

/** Characters of a folder's name: enough for any path. */
const LONGEST_PATH = 300;

function banner({ title, name, question }: Lab, document: LabDocument): Html {
  const { verdict } = document;
  const kind = { shown: '', notShown: ' failing', undecided: ' plain' }[verdict];
  const [, sentence] = verdictSentence(document).split(/(?<=^[^:]+): /, 2);
  return html`<header><p class="eyebrow">gradsplit lab ${name}</p>
<div class="banner${kind}"><h1>${prose(title)}</h1>
<p class="statement">${prose(question)}</p>
<p><span class="verdict ${verdict}">${LAB_VERDICTS[verdict]}</span>${prose(capital(sentence ?? ''))}</p></div>
</header>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function pictureCard({ picture }: Lab, { series }: LabDocument): Html {
  const panels = drawXyPanels(picture, series).map((drawing, i) =>
    drawingHtml({ title: picture.panels[i]!.title, caption: '' }, drawing),
  );
  return html`<section class="card" id="picture"><h2>${prose(picture.title)}</h2>
<p>${prose(picture.caption)}</p>
<div class="curves">${panels}</div>
<p class="note">Means over seeds with their 95 % intervals. Grey dashed lines are bounds or closed forms, not measurements.</p></section>`;
}

/** A share with what is left of cancelled signs by rounding alone taken for 0: below a thousandth of what is shown. */
function roundedShare(x: number): number {
  return Math.abs(x) < 1e-6 ? 0 : x;
}

function splitCard(document: LabDocument): Html {
  const entries = Object.entries(document.split);
  if (entries.length === 0) {
    return html`<section class="card" id="split"><h2>How the gradient divides</h2>
<p>The lab differentiates no objective: there is nothing to divide.</p>
<p>${auditSentence(document)}</p></section>`;
  }
  const kind = (name: string): string => (name === 'sample' || name === 'decision' ? name : 'plain');
  const of = (what: 'weight' | 'mass' | 'gradient', title: string): Html | undefined =>
    shareBars(
      title,
      entries.map(([name, share]) => [name, roundedShare(share[what])] as const),
      kind,
    );
  return html`<section class="card" id="split"><h2>How the gradient divides</h2>
<p>The gradient of the lab’s own objective, divided exactly between the parts of what the model writes, as a mean over the training and over seeds.</p>
<div class="share-grid">${of('gradient', '‖g‖, of the sum of all norms')}
${of('weight', 'Σ|w|')}
${of('mass', 'Σw over Σ|w|: what is left after signs cancel')}</div>
<p>${auditSentence(document)}</p></section>`;
}

function settingsCard({ options }: Lab, { settings }: LabDocument): Html {
  return fold(
    { id: 'settings', heading: 'Settings', open: false },
    optionTable('the lab', options, settings),
  );
}

const READING = html`<footer id="reading"><h3>How to read this page</h3>
<p>A lab is a published system built small on this engine. It is shown if every check holds, every control is rejected and the audit of its rollouts finds what the lab says. Means over seeds have 95 % t intervals; where every seed must hold, the lowest and the highest one are named. What the authors report stands beside a check and is never compared with: the models are tiny, and what holds here need not hold for large ones. The numbers are in <code>lab.json</code> beside this page.</p></footer>`;

/** The page, complete. Same report, same bytes. Everything that comes from a file or a user is escaped. */
export function labHtml({ lab, document, dir, repeat }: LabReport, assets: PageAssets = {}): string {
  const { seeds, firstSeed, full, kernels, version, seconds } = document;
  const cards: readonly (readonly [ContentsEntry, Html | undefined])[] = [
    [{ id: 'picture', label: 'The picture' }, pictureCard(lab, document)],
    [{ id: 'checks', label: 'Checks and controls' }, labEvidence(lab, document)],
    [{ id: 'split', label: 'How the gradient divides' }, splitCard(document)],
    [{ id: 'method', label: 'Method' }, methodCard(lab)],
    [{ id: 'paper', label: 'The paper and this lab' }, sourcesCard(lab)],
    [{ id: 'next', label: 'To try next' }, nextCard(lab)],
    [{ id: 'settings', label: 'Settings' }, settingsCard(lab, document)],
    [
      { id: 'repeat', label: 'How to repeat it' },
      html`<section class="card" id="repeat"><h2>How to repeat it</h2>
<p>The same build of the kernels gives the same numbers, for any number of workers, in one go or resumed.</p>
${commandLine(repeat)}</section>`,
    ],
  ];
  const present = cards.filter(([, card]) => card !== undefined);
  const body = html`${banner(lab, document)}
${factList([
  ['Source', plainText(lab.source, LONGEST_PATH)],
  ['Seeds', `${count(seeds, 'seed')}: ${seedNames(firstSeed, seeds)}`],
  ['Settings', full ? 'with --full' : Object.keys(lab.options).length === 0 ? 'none' : 'as below'],
  ['Time of all seeds', timeInWords(seconds)],
  ['Kernels', `${kernels.backend}, ${kernels.build}`],
  ['Version', `gradsplit ${version}`],
  ['Folder', plainText(dir, LONGEST_PATH)],
])}
${present.map(([, card]) => card)}
${READING}`;
  const parts = [...present.map(([entry]) => entry), { id: 'reading', label: 'How to read this page' }];
  const style = SHARE_CSS + LAB_CSS;
  return pageHtml({ title: `${lab.name} – gradsplit lab`, parts, style, ...assets }, body);
}
