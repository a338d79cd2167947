// Shows that two builds write the same documents: node scripts/sameDocuments.mjs BEFORE AFTER [FOLDER], each a checkout that has
// been built. Runs the same commands on both and compares every file they write byte for byte, but for the version and for times.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const [before, after, only] = process.argv.slice(2);
if (before === undefined || after === undefined) {
  console.error('usage: node scripts/sameDocuments.mjs BEFORE AFTER [PART OF A COMMAND]');
  process.exit(2);
}

/** Command lines that begin in an empty folder; later ones use what earlier ones wrote. */
const COMMANDS = [
  'policy new --attempts 3 --length 2 --vocabulary 3 --seed 1 -o a.json',
  'policy new --attempts 2 --length 1 --vocabulary 4 --seed 5 -o b.json',
  'policy new --attempts 1 --length 2 --vocabulary 2 --seed 7 -o c.json',
  'claims --json claims.json',
  'presets --json presets.json',
  ...['a', 'b', 'c'].flatMap((name) => [
    `exact ${name}.json --beta 0.1 --json exact-${name}.json`,
    `verify --policy ${name}.json --json verify-${name}.json --report verify-${name}.html`,
  ]),
  'exact b.json --beta 0.5 --objective sft --json exact-b-sft.json',
  'exact b.json --beta 0.5 --objective reinforce --option attemptCost=0.1 --json exact-b-reinforce.json',
  'exact b.json --beta 0.5 --objective rloo --option groupSize=3 --json exact-b-rloo.json',
  'exact b.json --beta 0.5 --objective grpo --option beta=0.04 --option klEstimator=k3 --option groupSize=3 --json exact-b-grpo.json',
  'exact b.json --beta 0.5 --objective drGrpo --option groupSize=2 --json exact-b-drGrpo.json',
  'exact b.json --beta 0.5 --objective dapo --option groupSize=2 --json exact-b-dapo.json',
  'exact b.json --beta 0.5 --objective gspo --option groupSize=2 --option behaviour=reference --json exact-b-gspo.json',
  'exact b.json --beta 0.5 --objective ppo --option groupSize=2 --json exact-b-ppo.json',
  'exact b.json --beta 0.5 --objective cispo --option groupSize=2 --json exact-b-cispo.json',
  'exact b.json --beta 0.5 --objective luspo --option groupSize=2 --json exact-b-luspo.json',
  'verify --json verify.json --report verify.html',
  'verify --claims C1,C8 --seed 3 --no-transformer --json verify-two.json',
  `train --config tiny.json --seed 2 --out run --json train.json`,
  'eval run --episodes 64 --json eval.json',
  'sample run --prompt "12+34=" -n 3 --json sample.json',
  'compare run run --episodes 32 --json compare.json',
  ...[
    'policy@1',
    'exact@1',
    'verify@1',
    'bench@1',
    'gpu@1',
    'train@1',
    'eval@1',
    'compare@1',
    'reproduce@1',
  ].map((name) => `schema ${name} > schema-${name}.json`),
];

/** A run of six steps: SFT, then RL with a KL term. */
const TINY = {
  task: { name: 'addition', digits: 2 },
  model: { width: 16, layers: 1, heads: 2 },
  base: { steps: 3, batch: 8, wrong: [0.5, 0.5] },
  train: { steps: 3, objective: 'grpo', beta: 0.05, klEstimator: 'k3', prompts: 3, group: 4 },
  run: { attempts: 3, checkpointEvery: 2, evaluateEvery: 2, evaluateEpisodes: 8 },
};

/** What may differ: versions, times, rates, and the folder that a run lies in. */
function masked(text, folder) {
  return text
    .replaceAll(folder, 'FOLDER')
    .replace(/("(?:version|producer)"\s*:\s*)"[^"]*"/g, '$1"…"')
    .replace(/("(?:seconds|milliseconds|tokensPerSecond|wallSeconds)"\s*:\s*)-?[\d.eE+-]+/g, '$1…')
    .replace(/<figure(?:(?!<\/figure>)[\s\S])*tokens per second[\s\S]*?<\/figure>/g, '…')
    .replace(/gradsplit \d+\.\d+\.\d+/g, 'gradsplit …')
    .replace(/\b\d+(\.\d+)? (s|ms|seconds|minutes)\b/g, '… s');
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

function run(checkout, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(TINY));
  const main = resolve(checkout, 'dist/src/cli/main.js');
  for (const command of COMMANDS.filter((line) => only === undefined || line.includes(only))) {
    const line = `"${process.execPath}" "${main}" ${command} 2>> errors.txt; echo "${command.replaceAll('"', '')}: $?" >> exits.txt`;
    execFileSync('sh', ['-c', line], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return new Map(filesIn(folder).map((path) => [path, readFileSync(join(folder, path))]));
}

const folder = mkdtempSync(join(tmpdir(), 'same-documents-'));
const [first, second] = [before, after].map((checkout, i) => run(checkout, join(folder, `${i}`)));
/** Progress, locks and times of their own. */
const UNCOMPARED = /^errors\.txt$|\.csv$|profile\.json$/;
let different = 0;
for (const path of [...new Set([...first.keys(), ...second.keys()])].filter(
  (name) => !UNCOMPARED.test(name),
)) {
  const [a, b] = [first.get(path), second.get(path)];
  const isText = /\.(json|jsonl|html|txt)$/.test(path);
  const same =
    a !== undefined &&
    b !== undefined &&
    (isText
      ? masked(a.toString(), join(folder, '0')) === masked(b.toString(), join(folder, '1'))
      : a.equals(b));
  if (!same) {
    different++;
    console.log(`different: ${path}${a === undefined ? ' (new)' : b === undefined ? ' (gone)' : ''}`);
  }
}
console.log(`${first.size} files, ${different} different, in ${relative(process.cwd(), folder)}`);
process.exit(different === 0 ? 0 : 1);
