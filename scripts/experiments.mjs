// Writes the tables of docs/experiments.md from gradsplit/reproduce@1 documents: node scripts/experiments.mjs FILE.md REPRODUCE.json…
// What stands between the two marks of a preset is replaced, everything else stays; quick experiments are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { schemas } from '../build/modules/src/documents/index.js';
import { reproduceMarkdown } from '../build/modules/src/report/tables.js';

const [to, ...from] = process.argv.slice(2);
if (from.length === 0) throw new Error('usage: node scripts/experiments.mjs FILE.md REPRODUCE.json…');
let text = readFileSync(to, 'utf8');
for (const path of from) {
  const json = readFileSync(path, 'utf8');
  schemas['reproduce@1'].parse(JSON.parse(json));
  // NaN was written as null.
  const document = JSON.parse(json, (_key, value) => value ?? Number.NaN);
  if (document.quick) continue;
  const [begin, end] = ['begin', 'end'].map((mark) => `<!-- ${document.preset}:${mark} -->`);
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`${to}: expected ${begin} and ${end} around the tables`);
  text = `${text.slice(0, start + begin.length)}\n${reproduceMarkdown(document)}${text.slice(stop)}`;
}
writeFileSync(to, text);
