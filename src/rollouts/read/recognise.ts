// Which format a record has, from the names of its fields.
import { InputError } from '../../base/errors.ts';
import type { JsonRecord } from '../../base/fields.ts';
import { showText } from '../../base/show.ts';
import { suggest } from '../../base/suggest.ts';
import type { RolloutFormat } from '../format.ts';

/** Fields of a record that a message names. */
const MOST_FIELDS = 12;

/**
 * The format of a name.
 * @throws InputError for an unknown name, suggesting the near one
 */
export function formatNamed(name: string, formats: readonly RolloutFormat[]): RolloutFormat {
  const found = formats.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = formats.map((format) => format.name);
  throw new InputError(
    `unknown format "${showText(name, 40)}"${suggest(name, names)}; the formats are ${names.join(', ')}`,
  );
}

/** The fields of a record for a message. */
export function showFields(record: JsonRecord): string {
  const names = Object.keys(record);
  if (names.length === 0) return 'no fields';
  const shown = names.slice(0, MOST_FIELDS).map((name) => showText(name, 40));
  const more = names.length > MOST_FIELDS ? ` and ${names.length - MOST_FIELDS} more` : '';
  return `the field${names.length === 1 ? '' : 's'} ${shown.join(', ')}${more}`;
}

/**
 * The one format that recognises a record.
 * @param place how the record is called in messages
 * @throws InputError if none does, or several do
 */
export function recognise(
  record: JsonRecord,
  place: string,
  formats: readonly RolloutFormat[],
): RolloutFormat {
  const found = formats.filter((format) => format.recognises(record));
  if (found.length === 1) return found[0]!;
  const several = found.length > 1;
  const which = (several ? found : formats).map((format) => format.name).join(', ');
  throw new InputError(
    several
      ? `${place}: expected rollouts of one format, found ${showFields(record)}, as in ${which}; --format says which it is`
      : `${place}: expected rollouts of a known format, found ${showFields(record)}; the formats are ${which}, and --format names one`,
  );
}
