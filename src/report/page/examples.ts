// The same prompts answered by base, SFT and RL: every attempt, right or wrong, with the probability of stopping there.
import type { Example, ExampleEpisode } from '../../documents/reproduce.ts';
import { cell, head } from '../cells.ts';
import { MODEL_NAMES } from '../experiment.ts';
import { type Html, html } from '../html.ts';
import { fold } from './fold.ts';

const ANSWERING = ['base', 'sft', 'rl'] as const;

function attempts({ attempts: texts, right, stop }: ExampleEpisode): Html {
  const items = texts.map((text, k) => {
    const good = right[k] === true;
    const probability = stop[k];
    const decided =
      probability === undefined
        ? html`<span class="soft">no decision left</span>`
        : html`<span class="soft">P(STOP) ${probability.toFixed(2)}</span>`;
    return html`<li><span class="attempt ${good ? 'yes' : 'no'}">${good ? '✓' : '✗'} <code>${text}</code></span> ${decided}</li>`;
  });
  return html`<ol class="attempts">${items}</ol>`;
}

/** A table with one row per prompt; nothing without examples. */
export function exampleTable(seed: number, examples: readonly Example[]): Html | undefined {
  if (examples.length === 0) return undefined;
  const columns = head([
    ['prompt', 'text'],
    ...ANSWERING.map((model) => [MODEL_NAMES[model], 'text'] as const),
  ]);
  const rows = examples.map(
    ({ prompt, answers }) =>
      html`<tr role="row"><th role="rowheader" scope="row"><code>${prompt}</code></th>${ANSWERING.map((model) => cell(MODEL_NAMES[model], attempts(answers[model]), 'text'))}</tr>`,
  );
  return fold(
    { id: 'examples', heading: 'Examples out of distribution', open: false },
    html`<p>The first prompts that were drawn, not chosen, answered by the models of seed ${seed}; the attempt that stands last is handed in. P(STOP) is the probability of handing in what stands there.</p>
<table role="table" class="examples" aria-label="Examples">${columns}<tbody role="rowgroup">${rows}</tbody></table>`,
  );
}
