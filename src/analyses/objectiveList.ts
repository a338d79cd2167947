// `objectives`: every objective with its defaults, and how trainers have it, as a document.
import { InputError } from '../base/errors.ts';
import type { Options } from '../base/options.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import type { ObjectivesDocument } from '../documents/objectives.ts';
import { getObjective, objectiveNames, objectives, trainerNames, trainers } from '../objectives/index.ts';

type Listed = ObjectivesDocument['trainers'][number];
type Values = Listed['options'];

function plain(options: Options): Values {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

/** What every trainer has, objective by objective. */
function listed(): Listed[] {
  return objectiveNames.flatMap((name) =>
    trainerNames.flatMap((trainer) => {
      const preset = trainers[trainer].presets[name];
      if (preset === undefined) return [];
      const full = `${name}@${trainer}`;
      const own = preset.objective ?? name;
      const options = getObjective(full).parseOptions({});
      const usual = objectives[own].parseOptions({});
      return {
        name: full,
        trainer: trainers[trainer].title,
        version: trainers[trainer].version,
        objective: own,
        options: plain(options),
        changed: Object.keys(options).filter((key) => String(options[key]) !== String(usual[key])),
        ...(preset.switch === undefined ? {} : { switch: preset.switch }),
        source: preset.source,
        differs: [...(preset.differs ?? [])],
      };
    }),
  );
}

/**
 * The document gradsplit/objectives@1.
 * @param asked an objective, with or without a trainer; left out: all of them
 * @throws InputError if there is no such objective, or the trainer has none of that name
 */
export function objectivesDocument(asked?: string): ObjectivesDocument {
  const all = listed();
  const name = asked?.split('@')[0];
  if (asked?.includes('@')) getObjective(asked);
  else if (asked !== undefined && !objectiveNames.some((own) => own === asked)) {
    throw new InputError(
      `unknown objective "${showText(asked, 40)}"${suggest(asked, objectiveNames)}; known: ${objectiveNames.join(', ')}`,
    );
  }
  return {
    schema: 'gradsplit/objectives@1',
    objectives: objectiveNames
      .filter((own) => name === undefined || own === name)
      .map((own) => {
        const { sentence, formula, source, parseOptions } = objectives[own];
        return { name: own, sentence, formula, source, options: plain(parseOptions({})) };
      }),
    trainers: all.filter(
      (one) => asked === undefined || one.name === asked || one.name.split('@')[0] === asked,
    ),
  };
}
