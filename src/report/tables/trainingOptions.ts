// All options of a training configuration as text: each once, with its default and its sentence.
import type { Option, OptionTable, OptionValue } from '../../base/options.ts';
import { getObjective, objectiveNames } from '../../objectives/index.ts';
import { taskKinds } from '../../tasks/index.ts';
import { modelOptions, phaseOptions, rotaryModelOptions, runOptions } from '../../training/index.ts';
import { columns } from './layout.ts';
import type { Palette } from './palette.ts';

/** An option of one table or several, which may differ in its default. */
interface Shown {
  readonly spec: Option<OptionValue>;
  readonly defaults: Set<string>;
}

/** Options by name, in the order in which they are first met. */
function merged(tables: readonly OptionTable[]): ReadonlyMap<string, Shown> {
  const byName = new Map<string, Shown>();
  for (const [name, spec] of tables.flatMap((table) => Object.entries(table))) {
    const shown = byName.get(name) ?? { spec, defaults: new Set() };
    shown.defaults.add(String(spec.default));
    byName.set(name, shown);
  }
  return byName;
}

function phaseTables(): OptionTable[] {
  return objectiveNames
    .map((name) => getObjective(name))
    .flatMap((objective) =>
      objective.imitates
        ? [phaseOptions(objective, 'demonstrations'), phaseOptions(objective, 'solved')]
        : [phaseOptions(objective, 'episodes')],
    );
}

/** The options by section; a default that depends on the task or the objective stands behind the sentence. */
export function trainingOptionsTable(palette: Palette): string {
  const sections: readonly (readonly [title: string, tables: readonly OptionTable[]])[] = [
    ['task', taskKinds().map(({ options }) => options)],
    ['model', [modelOptions, rotaryModelOptions]],
    ['run', [runOptions]],
    ['base, train', phaseTables()],
  ];
  return sections
    .map(([title, tables]) => {
      const rows = [...merged(tables)].map(([name, { spec, defaults }]) => {
        const choices = spec.choices === undefined ? '' : ` (${spec.choices.join(', ')})`;
        const [first, ...others] = defaults;
        const all = others.length === 0 ? '' : ` By default ${[first, ...others].join(' or ')}.`;
        return [`  ${name}`, others.length === 0 ? first! : 'varies', `${spec.sentence}${choices}${all}`];
      });
      return columns(
        [
          [title, 'left'],
          ['default', 'left'],
          ['', 'left'],
        ],
        rows,
        palette,
      );
    })
    .join('\n\n');
}
