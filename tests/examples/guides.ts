// Reads a guide of docs/guides: the files that it tells the reader to save, and the commands that it tells the reader to run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../structure/files.ts';

/** A guide, in the order of its text. */
export interface Guide {
  readonly name: string;
  /** Files to save and commands to run. */
  readonly steps: readonly (GuideFile | GuideCommands)[];
}

/** A file whose text stands in a guide. */
export interface GuideFile {
  readonly kind: 'file';
  readonly name: string;
  readonly text: string;
}

/** A block of commands. */
export interface GuideCommands {
  readonly kind: 'commands';
  readonly text: string;
}

const FOLDER = join(ROOT, 'docs/guides');

/** A fenced block and what stands before it. */
const BLOCK = /```(\w+)\n([\s\S]*?)^```$/gm;

/** "Save this as `name`", the last such name before a block. */
const SAVED = /[Ss]ave (?:this|it) as\s+`([\w.-]+)`/g;

/** Reads the steps of a guide. A block that is neither commands nor a file to save is an error of the guide. */
export function stepsOf(text: string): (GuideFile | GuideCommands)[] {
  let from = 0;
  return [...text.matchAll(BLOCK)].map(([whole, language, content], i, all) => {
    const before = text.slice(from, all[i]!.index);
    from = all[i]!.index + whole.length;
    if (language === 'sh') return { kind: 'commands', text: content! };
    const name = [...before.matchAll(SAVED)].at(-1)?.[1];
    if (name === undefined) throw new Error(`a block of ${language} that is saved under no name`);
    return { kind: 'file', name, text: content! };
  });
}

/** All guides. */
export function guides(): Guide[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({ name, steps: stepsOf(readFileSync(join(FOLDER, name), 'utf8')) }));
}
