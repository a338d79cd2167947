// `objectives` on a terminal: all of them with the trainers that have them, or one in detail.
import type { ObjectivesDocument } from '../../documents/objectives.ts';
import { columns } from './layout.ts';
import type { Palette } from './palette.ts';

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

const trainerOf = (name: string): string => name.slice(name.indexOf('@') + 1);

/** Every objective: its trainers, and what it is. */
export function objectivesTable({ objectives, trainers }: ObjectivesDocument, palette: Palette): string {
  return columns(
    [
      ['objective', 'left'],
      ['as in', 'left'],
      ['', 'left'],
    ],
    objectives.map(({ name, sentence }) => {
      const own = trainers.filter((one) => one.name.startsWith(`${name}@`)).map((one) => trainerOf(one.name));
      return [name, own.join(' '), sentence];
    }),
    palette,
  );
}

/** One objective: its options, by trainer where they are not the defaults, and what no option says. */
export function objectiveDetails({ objectives, trainers }: ObjectivesDocument, palette: Palette): string {
  const parts = objectives.map(({ name, sentence, source, options }) =>
    [
      `${name}: ${sentence}`,
      `source: ${source}`,
      columns(
        [
          ['option', 'left'],
          ['default', 'left'],
        ],
        Object.entries(options).map(([option, value]) => [option, shown(value)]),
        palette,
      ),
    ].join('\n'),
  );
  const asTrained = trainers.map((one) =>
    [
      `${one.name}: ${one.trainer} ${one.version}${one.name.startsWith(`${one.objective}@`) ? '' : `, which is ${one.objective}`}`,
      ...(one.switch === undefined ? [] : [`  switch: ${one.switch}`]),
      `  options: ${one.changed.map((option) => `${option}=${shown(one.options[option])}`).join(' ') || 'the defaults'}`,
      `  source: ${one.source}`,
      ...one.differs.map((sentence) => `  besides: ${sentence}`),
    ].join('\n'),
  );
  return [...parts, ...asTrained].join('\n\n');
}
