// Which files of a folder hold the rollouts of a run, in the order of their steps. Folders of trainers are known by the names of their
// files; other files of theirs are passed over.
import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { systemError } from '../systemError.ts';

/** How the rollouts of a trainer lie in a folder. */
interface Layout {
  /** For people. */
  readonly name: string;
  /** The paths of its files below the folder, with `/`; the group `step` is the step, `order` only their order. */
  readonly pattern: RegExp;
  /** What must be beside a file for it to count. */
  readonly beside?: string;
  /** Whether the name knows the step of the training better than the line, which has that of the episode's beginning. */
  readonly stepWins?: true;
  /** Whether traces of the same step lie beside. */
  readonly hasTraces?: true;
}

const PACKED = '(?:\\.gz|\\.zst)?$';

/** In this order: the first layout with any file is that of the folder. */
const LAYOUTS: readonly Layout[] = [
  {
    name: 'token_exports/step_{s}/rank_{r}.jsonl with STABLE (prime-rl)',
    pattern: new RegExp(`^(?:token_exports/)?step_(?<step>\\d+)/rank_\\d+\\.jsonl${PACKED}`),
    beside: 'STABLE',
    hasTraces: true,
  },
  {
    name: 'rollouts/step_{s}/train/effective/traces.jsonl (prime-rl)',
    pattern: new RegExp(`^(?:rollouts/)?step_(?<step>\\d+)/train/effective/traces\\.jsonl${PACKED}`),
    stepWins: true,
  },
  {
    name: 'rollouts/step_{s}/train/all/traces.jsonl (prime-rl)',
    pattern: new RegExp(`^(?:rollouts/)?step_(?<step>\\d+)/train/all/traces\\.jsonl${PACKED}`),
    stepWins: true,
  },
  {
    name: 'completions/completions_{step}.parquet (TRL)',
    pattern: /^(?:completions\/)?completions_(?<step>\d+)\.parquet$/,
  },
  {
    name: 'train_data_step{N}.jsonl, also in exp_*/ (NeMo-RL)',
    pattern: new RegExp(`^(?:.*/)?train_data_step(?<step>\\d+)\\.jsonl${PACKED}`),
  },
  {
    name: '{run}_rollouts_{shard}.jsonl (open-instruct)',
    pattern: new RegExp(`^[^/]*_rollouts_(?<order>\\d+)\\.jsonl${PACKED}`),
  },
  {
    name: 'rollouts/step-{step}.jsonl (gradsplit)',
    pattern: new RegExp(`^(?:rollouts/)?step-(?<step>\\d+)\\.jsonl${PACKED}`),
  },
  { name: '{step}.jsonl (verl)', pattern: new RegExp(`^(?<step>\\d+)\\.jsonl${PACKED}`) },
  { name: 'traces.jsonl (verifiers)', pattern: new RegExp(`^traces\\.jsonl${PACKED}`) },
  { name: 'completions.jsonl (ms-swift)', pattern: new RegExp(`^completions\\.jsonl${PACKED}`) },
  { name: 'results.jsonl (verifiers before version 1)', pattern: new RegExp(`^results\\.jsonl${PACKED}`) },
  { name: 'rollouts.jsonl', pattern: new RegExp(`^rollouts\\.jsonl${PACKED}`) },
];

/** Folders of runs hold much else: no file of rollouts lies deeper. */
const DEEPEST = 5;

function namesIn(folder: string, below = '', depth = 1): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (depth < DEEPEST) for (const inner of namesIn(folder, name, depth + 1)) found.push(inner);
    } else found.push(name);
  }
  return found;
}

/** A file of rollouts, and the step that its name tells. */
export interface RolloutFile {
  readonly path: string;
  /** Left out where the name tells none. */
  readonly step?: number;
  /** Whether this step goes before that of the line. */
  readonly stepWins?: true;
  /** Whether traces of prime-rl lie beside, which tell more of the same tokens. */
  readonly hasTraces?: true;
}

/** @throws InputError for a step that no number tells from its neighbours: two steps would become one */
function stepOf(path: string, digits: string): number {
  const step = Number(digits);
  if (Number.isSafeInteger(step)) return step;
  throw new InputError(
    `${showText(path)}: expected a step of at most ${Number.MAX_SAFE_INTEGER} in the name, found ${showText(digits, 40)}`,
  );
}

function filesOf(folder: string, names: readonly string[], layout: Layout): RolloutFile[] {
  const { pattern, beside, stepWins, hasTraces } = layout;
  const found = names.flatMap((name) => {
    const groups = pattern.exec(name)?.groups ?? (pattern.test(name) ? {} : undefined);
    if (groups === undefined) return [];
    const path = join(folder, name);
    if (beside !== undefined && !existsSync(join(path, '..', beside))) return [];
    const { step, order = step } = groups;
    const file: RolloutFile = {
      path,
      ...(step === undefined ? {} : { step: stepOf(path, step) }),
      ...(stepWins && { stepWins }),
      ...(hasTraces && { hasTraces }),
    };
    return [{ file, order: Number(order ?? 0) }];
  });
  found.sort((a, b) => a.order - b.order || (a.file.path < b.file.path ? -1 : 1));
  return found.map(({ file }) => file);
}

/**
 * The files of rollouts at a path: those of a folder in the order of their steps, or the file itself.
 * @throws InputError if there is nothing, or a folder has no rollouts, naming what was looked for
 */
export function rolloutFiles(path: string): readonly RolloutFile[] {
  if (path === '-') return [{ path }];
  let names: string[];
  try {
    const found: Stats = statSync(path);
    if (!found.isDirectory()) return [{ path }];
    names = namesIn(path);
  } catch (error) {
    throw systemError('read', path, error);
  }
  for (const layout of LAYOUTS) {
    const files = filesOf(path, names, layout);
    if (files.length > 0) return files;
  }
  throw new InputError(
    `${showText(path)}: expected a folder with rollouts, found none of ${LAYOUTS.map(({ name }) => name).join('; ')}`,
  );
}
