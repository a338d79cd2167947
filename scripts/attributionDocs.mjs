// Draws the pictures of docs/attribution.md from documents of `gradsplit attribute`: node scripts/attributionDocs.mjs FOLDER, where FOLDER has
// base.json, sft.json and rl.json, each of one checkpoint, and course.json, made with --over-checkpoints. The page says by which commands.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemas } from '../build/modules/src/documents/index.js';
import { drawCurves } from '../build/modules/src/report/figures/curves.js';
import { drawFigure } from '../build/modules/src/report/figures/index.js';
import { courseFigures } from '../build/modules/src/report/page/attributionCourse.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node scripts/attributionDocs.mjs FOLDER');
const DOCS = 'docs/attribution';
const MODELS = { base: 'end of base', sft: 'more SFT', rl: 'RL' };
/** Trajectories whose tokens are shown: of each prompt the one that gives most to ‖g‖². */
const SHOWN = 2;

const read = (name) =>
  schemas['attribution@1'].parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
const write = (name, { svg }) => writeFileSync(join(DOCS, `${name}.svg`), `${svg}\n`);

/** Norms by group of parameters: sample and decision of each model. */
function parameters(documents) {
  const [[, { groups }]] = documents;
  const columns = documents.flatMap(([, { labels }]) =>
    labels.map(({ component }) => ({ label: component, component })),
  );
  return {
    kind: 'map',
    title: 'Where the gradient is: its norm by group of parameters and component',
    caption: '',
    columns,
    groups: documents.map(([label, { labels }]) => ({ label, columns: labels.length })),
    rows: groups.map((label, g) => ({
      label,
      note: '',
      values: documents.flatMap(([, { labels, norm }]) => labels.map((_, l) => norm[l][g])),
    })),
  };
}

/** The tokens of the trajectories that the step is made of: weight, influence, and their product, which adds up to ‖g‖². */
function tokens({ tokens: own, trajectories }) {
  const influence = own.weight.map((_, t) => own.influence.reduce((sum, group) => sum + group[t], 0));
  const shares = new Map();
  const part = own.weight.map((w, t) => w * influence[t]);
  const whole = part.reduce((a, b) => a + b, 0);
  for (const [t, i] of own.trajectory.entries()) shares.set(i, (shares.get(i) ?? 0) + part[t] / whole);
  const prompt = (i) => trajectories.place[i].replace(/:\d+$/, '');
  const ranked = [...shares].sort(([, a], [, b]) => b - a);
  const isFirst = ([i], k) => ranked.findIndex(([other]) => prompt(other) === prompt(i)) === k;
  const chosen = ranked.filter(isFirst).slice(0, SHOWN);
  const places = chosen.map(([i]) => [...own.trajectory.keys()].filter((t) => own.trajectory[t] === i));
  const at = places.flat();
  // One decimal, so that every cell holds its number.
  const row = (label, values, unit) => ({
    label,
    values: at.map((t) => Math.round(10 * unit * values[t]) / 10),
    note: '',
  });
  return {
    kind: 'map',
    title: 'Of what the step is made: the tokens of the trajectories with the largest shares of ‖g‖²',
    caption: '',
    columns: at.map((t) => ({
      label: own.token[t],
      component: own.component[t] === 'decision' ? 'decision' : 'sample',
    })),
    groups: chosen.map(([i, share], k) => ({
      label: `${prompt(i)} R = ${trajectories.reward[i]}, ${(100 * share).toFixed(0)} %`,
      columns: places[k].length,
    })),
    rows: [
      row('10³·weight w', own.weight, 1000),
      row('influence ⟨u, g⟩', influence, 1),
      row('% of ‖g‖²', part, 100 / whole),
    ],
  };
}

mkdirSync(DOCS, { recursive: true });
const documents = Object.entries(MODELS).map(([name, label]) => [label, read(name)]);
write('parameters', drawFigure(parameters(documents)));
write('tokens', drawFigure(tokens(documents.at(-1)[1])));
const { overCheckpoints, labels } = read('course');
const [norm, , cosine] = courseFigures(overCheckpoints, labels);
write('norm', drawCurves(norm));
write('cosine', drawCurves(cosine));
