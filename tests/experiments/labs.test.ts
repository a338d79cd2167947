// The folder of a lab: begun, stopped between yields, gone on with to the same bits, run anew, refused. The seeds run in this process.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { labDocument } from '../../src/analyses/labs.ts';
import { schemas } from '../../src/documents/index.ts';
import { type LabHooks, type LabOrder, type RunSeeds, runLab } from '../../src/experiments/labs/runLab.ts';
import { runSeed } from '../../src/experiments/labs/runSeed.ts';
import { readLabSettings, shortHash } from '../../src/experiments/labs/settings.ts';
import { Interrupted } from '../../src/host/interrupt.ts';
import { firstSeedOf, labNamed, labSettings, labs } from '../../src/labs/index.ts';
import { tinyLab } from '../labs/tinyLab.ts';

const root = mkdtempSync(join(tmpdir(), 'gradsplit-labs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What was said, as `seed 1 step 3/5`. */
const told: string[] = [];

/** Runs the seeds one after the other; stops when so many steps have been told. */
function here(stopAfter = Number.POSITIVE_INFINITY): RunSeeds {
  return async (jobs, _, { onProgress }) => {
    let steps = 0;
    for (const job of jobs) {
      await runSeed(tinyLab, job.task, {
        onBegin: (share) => told.push(`${job.name} begins at ${share}`),
        onProgress(share, label) {
          steps++;
          told.push(`${job.name} ${label}`);
          onProgress(share, 0, job, label);
        },
        stop: () => steps >= stopAfter,
      });
    }
  };
}

const hooks: LabHooks = {
  workers: 1,
  onProgress: () => {},
  signal: new AbortController().signal,
  goOn: 'gradsplit lab tiny --resume',
};

function order(more: Partial<LabOrder> = {}, given = {}): LabOrder {
  const options = labSettings(tinyLab, { steps: 5, ...given }, false);
  return { lab: tinyLab, options, full: false, seeds: 3, firstSeed: 1, resume: false, ...more };
}

const run = (dir: string, asked: LabOrder, seeds: RunSeeds = here()) =>
  runLab(join(root, dir), asked, hooks, seeds);

/** All files of seeds, without the time that they took. */
function bits(dir: string): string[] {
  const names = readdirSync(join(root, dir)).filter((name) => name.startsWith('seed-'));
  return names.sort().map((name) => {
    const { seconds: _, sha256: __, ...rest } = JSON.parse(readFileSync(join(root, dir, name), 'utf8'));
    return JSON.stringify(rest);
  });
}

test('a lab leaves its settings, its seeds and its document, which fits its schema and says the same', async () => {
  const document = await run('whole', order());
  expect(document.verdict).toBe('shown');
  expect(readdirSync(join(root, 'whole')).sort()).toEqual([
    'lab.json',
    'seed-1.json',
    'seed-2.json',
    'seed-3.json',
    'settings.json',
  ]);
  const written = JSON.parse(readFileSync(join(root, 'whole/lab.json'), 'utf8'));
  expect(schemas['lab@1'].safeParse(written).error).toBeUndefined();
  expect(written).toEqual(JSON.parse(JSON.stringify(document)));
  expect(document.split.evidence).toEqual({ weight: 0.75, mass: 0.25, gradient: 0.6 });
  expect(document.perSeed!.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  expect(document.series.curve!.mean).toHaveLength(5);
  expect(document.seconds).toBeGreaterThan(0);
});

test('stopped between two yields and gone on with: the same bits, and finished seeds are not run again', async () => {
  await expect(run('cut', order(), here(7))).rejects.toThrow(Interrupted);
  expect(bits('cut')).toHaveLength(1);
  expect(existsSync(join(root, 'cut/lab.json'))).toBe(false);
  await expect(run('cut', order())).rejects.toThrow(
    'there is a lab that has not ended; go on with: gradsplit lab tiny --resume',
  );
  told.length = 0;
  const document = await run('cut', order({ resume: true }));
  expect(told.filter((line) => line.startsWith('seed 1'))).toEqual(['seed 1 begins at 1']);
  expect(bits('cut')).toEqual(bits('whole'));
  expect(document.verdict).toBe('shown');
});

test('seeds are added, and never taken away', async () => {
  cpSync(join(root, 'whole'), join(root, 'more'), { recursive: true });
  const { seeds: _, firstSeed: __, ...asMany } = order({ resume: true });
  expect((await run('more', asMany)).seeds).toBe(3);
  expect((await run('more', { ...asMany, resume: false })).seeds).toBe(5);
  expect(bits('more').slice(0, 3)).toEqual(bits('whole'));
  await expect(run('more', order({ resume: true, seeds: 4 }))).rejects.toThrow(
    '--seeds: expected at least 5, as the lab there has that many, found 4',
  );
  expect((await run('more', order({ resume: true, seeds: 6 }))).seeds).toBe(6);
});

test('seeds begin where nothing was chosen, or where one says; a folder keeps to its own', async () => {
  const { firstSeed: _, ...usual } = order({ seeds: 2 });
  const document = await run('usual', usual);
  expect(document.firstSeed).toBe(1001);
  expect(document.perSeed!.map(({ seed }) => seed)).toEqual([1001, 1002]);
  const later = { ...tinyLab, firstSeed: 2001 };
  expect((await run('later', { ...usual, lab: later })).perSeed!.map(({ seed }) => seed)).toEqual([
    2001, 2002,
  ]);
  const { seeds: __, ...asMany } = usual;
  const many = await run('many', { ...asMany, lab: { ...later, seeds: 6 } });
  expect([many.firstSeed, many.seeds]).toEqual([2001, 6]);
  // Nobody looked at the usual ones while choosing: tests of the labs, tuning and notes use smaller ones.
  for (const lab of labs) expect(firstSeedOf(lab)).toBeGreaterThan(1000);
  const elsewhere = await run('elsewhere', order({ firstSeed: 7, seeds: 2 }));
  expect(elsewhere.perSeed!.map(({ seed }) => seed)).toEqual([7, 8]);
  const gone = await run('elsewhere', { ...usual, seeds: 3, resume: true });
  expect([gone.firstSeed, gone.seeds]).toEqual([7, 3]);
  await expect(run('elsewhere', order({ firstSeed: 8, seeds: 3, resume: true }))).rejects.toThrow(
    'the lab there has other settings: firstSeed is ',
  );
});

test('a lab that has ended is run anew, and gives the same', async () => {
  told.length = 0;
  const before = bits('whole');
  await run('whole', order());
  expect(told.filter((line) => line.endsWith('step 1/5'))).toHaveLength(3);
  expect(bits('whole')).toEqual(before);
  // Stopped on the way it is still one that has ended: its old seeds say the same as the new ones.
  await expect(run('whole', order(), here(7))).rejects.toThrow(Interrupted);
  expect(bits('whole')).toEqual(before);
  await run('whole', order());
});

test('other settings are refused by name, lists too', async () => {
  const refused = run('whole', order({ resume: true }, { target: 1.5, levels: [0.3] }));
  await expect(refused).rejects.toThrow(
    'the lab there has other settings: settings.target is 1 there and 1.5 here; settings.levels is 0.1,0.2 there and 0.3 here; --out names another folder',
  );
  await expect(run('whole', order({ full: true }))).rejects.toThrow('full is false there and true here');
});

function edit(dir: string, name: string, change: (value: Record<string, unknown>) => object): void {
  cpSync(join(root, 'whole'), join(root, dir), { recursive: true });
  const path = join(root, dir, name);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
}

test('what another version has measured is not gone on with, and not mixed with what this one measures', async () => {
  await run('older', order());
  const path = join(root, 'older/settings.json');
  const older = { ...order(), build: 'plain' };
  const { labSettingsOf, writeLabSettings } = await import('../../src/experiments/labs/settings.ts');
  const { hashOf, entriesOf } = await import('../../src/experiments/identity.ts');
  const settings = { ...labSettingsOf(older, 3, 1), version: '0.0.1' };
  const sha256 = hashOf(entriesOf(settings), ['sha256', 'seeds']);
  await writeLabSettings(join(root, 'older'), { ...settings, sha256 });
  await expect(run('older', order({ resume: true }))).rejects.toThrow('version is "0.0.1" there');
  await expect(run('older', order(), here(7))).rejects.toThrow(Interrupted);
  expect(readdirSync(join(root, 'older')).sort()).toEqual(['seed-1.json', 'settings.json']);
  expect(JSON.parse(readFileSync(path, 'utf8')).version).not.toBe('0.0.1');
  await run('older', order({ resume: true }));
  expect(bits('older')).toEqual(bits('whole'));
});

test('edited, damaged and exchanged files are refused', async () => {
  edit('settings', 'settings.json', (value) => ({ ...value, settings: { steps: 9, target: 1, levels: [] } }));
  await expect(run('settings', order({ resume: true }))).rejects.toThrow('found an edited file');
  edit('seed', 'seed-2.json', (value) => ({ ...value, measured: { gain: 5 } }));
  await expect(run('seed', order({ resume: true }))).rejects.toThrow(
    'seed-2.json: expected what was written',
  );
  edit('swapped', 'seed-2.json', () => JSON.parse(readFileSync(join(root, 'whole/seed-1.json'), 'utf8')));
  await expect(run('swapped', order({ resume: true }))).rejects.toThrow('seed: expected 2, found 1');
  await run('other', order({}, { steps: 6 }));
  edit('foreign', 'seed-2.json', () => JSON.parse(readFileSync(join(root, 'other/seed-2.json'), 'utf8')));
  await expect(run('foreign', order({ resume: true }))).rejects.toThrow(
    'seed-2.json: settings: expected a seed of this lab',
  );
  edit('broken', 'seed-2.json', () => ({ seed: 2 }));
  await expect(run('broken', order({ resume: true }))).rejects.toThrow('seed-2.json: ');
});

test('no lab is begun among the files of something else', async () => {
  for (const name of ['config.json', 'seed-1.json', 'reproduce.json']) {
    mkdirSync(join(root, `with-${name}`));
    writeFileSync(join(root, `with-${name}`, name), '{}');
    await expect(run(`with-${name}`, order())).rejects.toThrow(`as there is no settings.json, found ${name}`);
    expect(readdirSync(join(root, `with-${name}`))).toEqual([name]);
  }
  mkdirSync(join(root, 'lost/report.html'), { recursive: true });
  await expect(run('lost', order())).rejects.toThrow('it is a directory');
});

test('NaN and infinities are written as null, and read back as NaN', async () => {
  const document = labDocument({ lab: tinyLab, options: order().options, full: false, build: 'plain' }, [
    {
      seed: 1,
      seconds: 1,
      measured: { gain: Number.NaN, idle: 0, levels: 2 },
      series: { curve: [1, Number.POSITIVE_INFINITY] },
      split: {},
      audit: [],
    },
  ]);
  expect(document.verdict).toBe('notShown');
  const { jsonChunks } = await import('../../src/base/json.ts');
  const read = schemas['lab@1'].parse(JSON.parse([...jsonChunks(document)].join('')));
  expect(read).toMatchObject({ checks: [{ measured: Number.NaN }, { measured: 2 }] });
});

test('settings: --full, what is given, near names, ranges; folders of other settings have other names', () => {
  expect(labSettings(tinyLab, {}, false)).toEqual({ steps: 20, target: 1, levels: [0.1, 0.2] });
  expect(labSettings(tinyLab, { target: 2 }, true)).toEqual({ steps: 200, target: 2, levels: [0.1, 0.2] });
  expect(labSettings(tinyLab, { levels: '0.5,1' }, false).levels).toEqual([0.5, 1]);
  expect(() => labSettings(tinyLab, { stepps: 2 }, false)).toThrow(
    'lab tiny: unknown option "stepps" (did you mean "steps"?)',
  );
  expect(() => labSettings(tinyLab, { target: 3 }, false)).toThrow(
    '--set target: expected a number from 0 to 2, found 3',
  );
  expect(() => labNamed([tinyLab], 'tinny')).toThrow(
    'unknown lab "tinny" (did you mean "tiny"?); the labs are tiny',
  );
  const began = readLabSettings(join(root, 'whole'));
  expect(shortHash(began)).toMatch(/^[0-9a-f]{8}$/);
  expect(shortHash({ ...began, seeds: 9, version: '9' })).toBe(shortHash(began));
  expect(shortHash({ ...began, settings: { ...began.settings, steps: 6 } })).not.toBe(shortHash(began));
});
