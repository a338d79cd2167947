// Plants faults in a copy of the sources and lists those that no test, or no claim, sees: `npm run test:mutants`. It takes hours.
// What is known is kept in build/mutants.jsonl: a second run goes on where the first one ended.
//   --count N        faults in all, 160 by default
//   --seed N         which
//   --workers N      copies of the tree, one a core by default
//   --again STAGE    asks those that survived `tests` or `verify` once more, after a test or a check was added
//   --only STAGE     asks only `tests`, or only `verify`
//   --nice N         priority of it all, 10 by default
//   --near           runs only the quick tests of the file's own folder: minutes instead of hours, for `--again tests` to go on from
//   --trust          does not ask first whether everything passes without a fault
//   --table          prints what is known and ends
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FOLDERS, keyOf, planned } from './mutants/plan.mjs';
import { table } from './mutants/table.mjs';
import { Tree } from './mutants/tree.mjs';

const RESULTS = 'build/mutants.jsonl';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '160' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    again: { type: 'string' },
    only: { type: 'string' },
    nice: { type: 'string', default: '10' },
    near: { type: 'boolean', default: false },
    trust: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
  },
});
const stages = ['tests', 'verify'].filter((stage) => options.only === undefined || options.only === stage);

/** What is known of each fault: a line adds to what earlier lines said of it. */
const known = new Map();
for (const line of existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8').split('\n') : []) {
  // The last line of a run that was killed may be half of one.
  if (line.endsWith('}')) {
    const result = JSON.parse(line);
    known.set(result.key, { ...known.get(result.key), ...result });
  }
}
const atStart = new Map(known);

/** Whether there is nothing left to ask of a fault. */
function isDone(key) {
  const before = known.get(key);
  if (before?.build !== undefined && before.build !== 'ok') return true;
  return stages.every((stage) => {
    if (before?.[stage] === undefined) return false;
    const isOld = before[stage] === atStart.get(key)?.[stage];
    return !(options.again === stage && before[stage] === 'survived' && isOld);
  });
}

const plan = planned(options.seed);
/** How many faults of each folder; the folder whose turn it is stands first. */
const counts = Object.entries(FOLDERS).map(([folder, share]) => [
  folder,
  Math.round(share * Number(options.count)),
]);

function asked() {
  return counts.flatMap(([folder, count]) => {
    const valid = plan[folder].filter((fault) => known.get(keyOf(fault))?.build === 'ok');
    return valid.slice(0, count).map((fault) => ({ ...fault, ...known.get(keyOf(fault)) }));
  });
}

const taken = new Set();

/** The next fault that is not done, of the folders by turns; enough are taken of each that can be built. */
function next() {
  for (let turn = 0; turn < counts.length; turn++) {
    const [folder, count] = counts[0];
    counts.push(counts.shift());
    const tried = plan[folder].filter((fault) => taken.has(keyOf(fault)));
    const unfit = tried.filter((fault) => !['ok', undefined].includes(known.get(keyOf(fault))?.build));
    for (const fault of plan[folder].slice(tried.length)) {
      if (tried.length - unfit.length >= count) break;
      const key = keyOf(fault);
      taken.add(key);
      tried.push(fault);
      if (!isDone(key)) return { key, ...fault };
      if (known.get(key).build !== 'ok') unfit.push(fault);
    }
  }
  return undefined;
}

/** One tree says for all of them whether anything fails without a fault. */
async function checkSound() {
  const tree = new Tree(options.near);
  const failing = await tree.fault(stages).finally(() => tree.remove());
  if (failing !== undefined) throw new Error(`fails without a fault: ${failing}`);
}

async function work() {
  const tree = new Tree(options.near);
  try {
    for (let fault = next(); fault !== undefined; fault = next()) await ask(tree, fault);
  } finally {
    tree.remove();
  }
}

async function ask(tree, { key, ...fault }) {
  const result = await tree.with(fault, async () => {
    const build = await tree.build();
    if (build !== 'ok') return { build };
    const found = { build };
    for (const stage of stages) {
      const before = known.get(key)?.[stage];
      const isKept = before !== undefined && !(options.again === stage && before === 'survived');
      if (!isKept) found[stage] = stage === 'tests' ? await tree.test(fault.file) : await tree.verify();
    }
    return found;
  });
  const { file, line, operator } = fault;
  known.set(key, { ...known.get(key), key, ...result });
  appendFileSync(RESULTS, `${JSON.stringify({ key, file, line, operator, ...result })}\n`);
  process.stderr.write(`${file}:${line} ${operator}: ${JSON.stringify(result)}\n`);
}

if (!options.table) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
  setPriority(Number(options.nice));
  mkdirSync('build', { recursive: true });
  if (!options.trust) await checkSound();
  await Promise.all(Array.from({ length: Number(options.workers) }, work));
}
process.stdout.write(table(asked()));
