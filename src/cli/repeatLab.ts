// How to go on with a lab, and how to repeat it: the command lines.
import type { LabDocument } from '../documents/labs.ts';
import { type Lab, labSettings } from '../labs/index.ts';
import { beside, shellWord } from './repeat.ts';

/** The command line that goes on with a lab. */
export function goOnWithLab(name: string, dir: string): string {
  return `gradsplit lab ${name} --out ${shellWord(dir)} --resume`;
}

/** The command line that repeats a lab in a folder beside its own: with the settings that are no defaults. */
export function repeatLab(lab: Lab, { seeds, firstSeed, full, settings }: LabDocument, dir: string): string {
  const usual = labSettings(lab, {}, full);
  const changes = Object.entries(settings)
    .filter(([name, value]) => String(value) !== String(usual[name]))
    .map(([name, value]) => ` --set ${shellWord(`${name}=${String(value)}`)}`);
  const size = `${full ? ' --full' : ''} --seeds ${seeds} --first-seed ${firstSeed}`;
  return `gradsplit lab ${lab.name}${size}${changes.join('')} --out ${beside(dir)}`;
}
