// Rollouts as the lines of docs/rollouts.md write them from inside each trainer: Python runs these lines on batches in the form in which
// the trainer has them, and the reader of rollouts@1 reads what they write.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { without } from '../../../src/audit/simulator/index.ts';
import { pythonJson } from '../../../src/audit/simulator/upstream/written.ts';
import { parseJsonLine } from '../../../src/base/jsonLine.ts';
import { RecordReader, type Trajectory } from '../../../src/rollouts/index.ts';
import { ROOT } from '../../structure/files.ts';
import { skyRl, verl } from './bothSides.ts';
import { msSwift, trl } from './completions.ts';
import { type Call, type MicroBatch, microBatches } from './layout.ts';
import { openInstruct, primeRl, slime } from './packed.ts';
import { nemoRl, openRlhf } from './sequences.ts';

/** The batch of each trainer, by the name that sources of findings have for it. */
export const trainers: Readonly<Record<string, (batch: MicroBatch) => Call>> = {
  TRL: trl,
  verl,
  'NeMo-RL': nemoRl,
  'prime-rl': primeRl,
  'open-instruct': openInstruct,
  'ms-swift': msSwift,
  OpenRLHF: openRlhf,
  slime,
  SkyRL: skyRl,
};

/** Whether there is a Python 3; without it these tests are skipped. */
export const hasPython: boolean =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'], { stdio: 'ignore' })
    .status === 0;

/** The functions of the section in docs/rollouts.md. */
export function documentedLines(): string {
  const page = readFileSync(join(ROOT, 'docs/rollouts.md'), 'utf8');
  const section = page.split('\n## Inside the trainer\n')[1]?.split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(/```python\n(.*?)```/gs)].map(([, block]) => block!);
  return blocks.filter((block) => /^def /m.test(block)).join('\n');
}

/** What Python writes for each case: the lines of rollouts@1. All cases in one process. */
function written(cases: readonly (readonly Call[])[]): string[][] {
  const driver = fileURLToPath(new URL('driver.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync('python3', [driver], {
    input: pythonJson({ source: documentedLines(), cases }),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${driver} ended with ${status}: ${stderr}`);
  const texts = stdout.split('\n\n').slice(0, -1);
  return texts.map((text) => text.split('\n').filter((line) => line !== ''));
}

/** Fields that a batch has numbers for although a simulation says nothing about them: they are not made up. */
const FIELDS = [
  'logProbs',
  'oldLogProbs',
  'refLogProbs',
  'samplerLogProbs',
  'weights',
  'advantage',
  'values',
  'returns',
  'tokenRewards',
  'reward',
  'rewards',
  'correct',
  'group',
  'truncated',
  'versions',
  'trainedVersion',
] as const satisfies readonly (keyof Trajectory)[];

/** The rollouts of each case as they are read from what the trainer's own lines write. */
export function throughTrainer(
  name: string,
  cases: readonly (readonly Trajectory[])[],
): (readonly Trajectory[])[] {
  const lines = written(cases.map((all) => microBatches(all).map(trainers[name]!)));
  return cases.map((all, c) => {
    const reader = new RecordReader();
    const lacking = FIELDS.filter((field) => all.every((t) => t[field] === undefined));
    return lines[c]!.flatMap((line, k) =>
      reader
        .read({ file: 'rollouts.jsonl', line: k + 1 }, () => parseJsonLine(line, 'rollouts.jsonl'))
        .map((t) => without(t, lacking)),
    );
  });
}
