// The configuration of a run as tables: every option with its value, its default where that is another, and what it does.
import type { Options, OptionTable } from '../../base/options.ts';
import { getObjective } from '../../objectives/index.ts';
import { getTask } from '../../tasks/index.ts';
import {
  modelOptionsOf,
  type PhaseConfig,
  phaseOptions,
  runOptions,
  type TrainingConfig,
} from '../../training/index.ts';
import { cell, head } from '../cells.ts';
import { type Html, html } from '../html.ts';
import { fold } from './fold.ts';

/** Options with their values; what is no default stands out. */
export function optionTable(title: string, specs: OptionTable, options: Options): Html | undefined {
  const names = Object.keys(options);
  if (names.length === 0) return undefined;
  const columns = head([
    ['option', 'text'],
    ['value', 'num'],
    ['what it does', 'text'],
  ]);
  const rows = names.map((name) => {
    const value = options[name]!;
    const spec = specs[name];
    const usual =
      spec === undefined || String(spec.default) === String(value)
        ? undefined
        : html`<span class="small">default ${String(spec.default)}</span>`;
    return html`<tr role="row"><th role="rowheader" scope="row"><code>${name}</code></th>${[
      cell(
        'value',
        html`<span>${usual === undefined ? String(value) : html`<strong>${String(value)}</strong>`}${usual}</span>`,
      ),
      cell('what it does', spec?.sentence, 'text'),
    ]}</tr>`;
  });
  return html`<h3>${title}</h3><table role="table" class="options" aria-label="Options of ${title}">${columns}<tbody role="rowgroup">${rows}</tbody></table>`;
}

/** The sections of a configuration; values that are no defaults stand out. */
export function configTables({ task, model, run, base, train }: TrainingConfig): Html {
  const phase = (name: string, { objective, learnsFrom, loop, options }: PhaseConfig): Html | undefined =>
    optionTable(`${name}: ${objective}`, phaseOptions(getObjective(objective), learnsFrom), {
      ...loop,
      ...options,
    });
  const file = task.file === undefined ? '' : `, ${task.file}`;
  return fold({ id: 'configuration', heading: 'Configuration', open: false }, [
    optionTable(`task: ${task.name}${file}`, getTask(task.name).options, task.options),
    optionTable('model', modelOptionsOf(model.architecture), model),
    optionTable('run', runOptions, run),
    phase('base', base),
    phase('train', train),
  ]);
}
