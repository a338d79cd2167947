// The report of `reproduce`: what was seen first, then the verdicts, who improved what, the swaps, the curves, examples, and how to repeat it.
import { configsOf, type Plan } from '../analyses/reproduce/plan.ts';
import type { Example, ReproduceDocument, Verdict } from '../documents/reproduce.ts';
import type { Split } from '../tasks/index.ts';
import { modelEstimate, SPLIT_NAMES, VERDICT_NAMES } from './experiment.ts';
import { count, typesetSigned } from './format.ts';
import { type Html, html, plainText, prose } from './html.ts';
import { configTables } from './page/configTables.ts';
import type { ContentsEntry } from './page/contents.ts';
import { exampleTable } from './page/examples.ts';
import { commandLine, factList } from './page/facts.ts';
import { modelMeasures } from './page/modelMeasures.ts';
import { explorerOf, type RunRollouts, rolloutsLine } from './page/runRollouts.ts';
import { type RlMetrics, seedCurves } from './page/seedCurves.ts';
import { pageHtml } from './page/shell.ts';
import { statementTable } from './page/statementTable.ts';
import { swaps } from './page/swaps.ts';

/** What the document does not hold. */
export interface ReproduceExtras {
  readonly dir: string;
  readonly plan: Plan;
  readonly kernels: { readonly backend: string; readonly build: string };
  readonly version: string;
  /** The command lines that repeat it. */
  readonly repeat: readonly string[];
  readonly metrics: RlMetrics;
  /** Of one seed. */
  readonly examples: { readonly seed: number; readonly examples: readonly Example[] };
  readonly rollouts: RunRollouts;
}

/** Characters of a folder's name: enough for any path. */
const LONGEST_PATH = 300;

const VERDICTS: readonly Verdict[] = ['supported', 'notSupported', 'undecided'];

/** `3 statements supported, 1 not supported, 3 undecided`; what no statement came to is left out. */
function outcome(claims: ReproduceDocument['claims']): string {
  const parts = VERDICTS.flatMap((verdict) => {
    const n = claims.filter((claim) => claim.verdict === verdict).length;
    return n === 0 ? [] : [[n, VERDICT_NAMES[verdict]] as const];
  });
  return parts.map(([n, name], i) => `${i === 0 ? count(n, 'statement') : n} ${name}`).join(', ');
}

/** `.45`, as accuracies are written; a dash where there was nothing to measure. */
function accuracy(x: number): string {
  return Number.isFinite(x) ? x.toFixed(2).replace(/^0/, '') : '–';
}

/** `RL lifts accuracy out of distribution from .45 to .63, +.11 of it through π_d.`; `RL leaves` it where it ends as it began. */
function gain(document: ReproduceDocument, split: Split): string {
  const { compare } = document;
  const [from, to] = (['base', 'rl'] as const).map(
    (model) => modelEstimate(document, model, split, 'accuracy').mean,
  );
  if (accuracy(from!) === accuracy(to!))
    return `RL leaves accuracy ${SPLIT_NAMES[split]} at ${accuracy(to!)}.`;
  const { decision } = compare['base->rl'].splits[split].shapley;
  const change = to! < from! ? 'lowers' : 'lifts';
  const shown = Number(decision.mean.toFixed(2));
  const through = shown === 0 ? 'none' : typesetSigned(shown, 2).replace('0.', '.');
  const part = Number.isFinite(shown) ? `, ${through} of it through π_d` : '';
  return `RL ${change} accuracy ${SPLIT_NAMES[split]} from ${accuracy(from!)} to ${accuracy(to!)}${part}.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function banner(document: ReproduceDocument): Html {
  const { preset, claims, seeds, quick } = document;
  const few = quick ? ' A quick run: fewer steps, seeds and episodes, and wide intervals.' : '';
  const one = seeds.length === 1 ? ' One seed has no interval, so nothing can be decided.' : '';
  return html`<header><p class="eyebrow">gradsplit reproduce</p>
<div class="banner plain"><h1>${plainText(preset, LONGEST_PATH)}: ${prose(gain(document, 'ood'))}</h1>
<p>${prose(capital(gain(document, 'id')))} ${capital(outcome(claims))}.</p>
<p>Does RL generalise better than SFT, and mainly by deciding better when to stop and when to try again? Measured over ${count(seeds.length, 'seed')}.${few}${one}</p></div>
</header>`;
}

function facts({ preset, seeds, episodes, trajectories }: ReproduceDocument, extras: ReproduceExtras): Html {
  const { kernels, version, dir, plan } = extras;
  const { task, train } = plan.config;
  return factList([
    ['Preset', plainText(preset, LONGEST_PATH)],
    ['Task', task.name],
    ['RL', train.objective],
    ['Seeds', seeds.join(', ')],
    ['Trajectories after the base', `SFT ${trajectories.sft}, each RL ${trajectories.rl}`],
    ['Episodes a split, model and seed', String(episodes)],
    ['Kernels', `${kernels.backend}, ${kernels.build}`],
    ['Version', `gradsplit ${version}`],
    ['Folder', plainText(dir, LONGEST_PATH)],
  ]);
}

const MODELS_IN_WORDS = html`<ul class="assumptions">
<li><strong>base</strong>: SFT on synthetic demonstrations, from random parameters; all others begin with it.</li>
<li><strong>SFT</strong>: more demonstrations, on as many trajectories as RL.</li>
<li><strong>RL</strong>: the objective below, on the policy’s own episodes.</li>
<li><strong>${prose('RL, only π_sample')}</strong>, and <strong>${prose('RL, only π_d')}</strong>: the same, but only the tokens of one component carry gradient. The parameters are shared, so that the other component may still drift.</li>
</ul>`;

function repeatCard({ repeat }: ReproduceExtras): Html {
  return html`<section class="card" id="repeat"><h2>How to repeat it</h2>
<p>The same build of the kernels gives the same numbers, for any number of workers and threads, in one go or resumed.</p>
${repeat.map(commandLine)}
<h3>The models</h3>${MODELS_IN_WORDS}</section>
`;
}

const PARTS: readonly ContentsEntry[] = [
  { id: 'statements', label: 'The claim in statements' },
  { id: 'models', label: 'Who improved what' },
  { id: 'swaps', label: 'Components swapped' },
  { id: 'training', label: 'How RL learned' },
  { id: 'examples', label: 'Examples' },
  { id: 'repeat', label: 'How to repeat it' },
  { id: 'configuration', label: 'Configuration' },
  { id: 'reading', label: 'How to read this page' },
];

const READING = html`<footer id="reading"><h3>How to read this page</h3>
<p>A response is a row of attempts; after each but the last possible one the policy stops or resamples. ${prose('π_sample')} draws the tokens of attempts, ${prose('π_d')} decides. Out of distribution means problems whose solutions no training prompt has; docs/training.md says it for every task.</p>
<p>All intervals on this page are 95 % t intervals over seeds, so they hold what differs from run to run, not only what differs from episode to episode. The numbers are in <code>reproduce.json</code> beside this page. The claim is that of the two-stage decision-sampling hypothesis (arXiv 2601.01580); the models are tiny, and what holds here need not hold for large ones.</p></footer>`;

/** The page, complete. Same document and extras, same bytes. Everything that comes from a file or a user is escaped. */
export function reproduceHtml(document: ReproduceDocument, extras: ReproduceExtras): string {
  const { seed, examples } = extras.examples;
  const body = html`${banner(document)}
${facts(document, extras)}
${statementTable(document)}
${modelMeasures(document)}
${swaps(document)}
${seedCurves(extras.metrics)}
${exampleTable(seed, examples)}
${rolloutsLine(extras.rollouts)}
${repeatCard(extras)}
${configTables(configsOf(extras.plan).rl)}
${READING}`;
  const title = `${plainText(document.preset, LONGEST_PATH)} – gradsplit reproduce`;
  const parts = PARTS.filter(({ id }) => id !== 'examples' || examples.length > 0);
  return pageHtml({ title, parts, ...explorerOf(extras.rollouts) }, body);
}
