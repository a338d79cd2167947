// Writes docs/labs: a page and a picture a lab, and the index. Texts follow from the labs, results from runs/lab-NAME/lab.json where there
// is one; where there is none a page keeps the result that it has: node scripts/labDocs.mjs [FOLDER]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemas } from '../build/modules/src/documents/index.js';
import { labs } from '../build/modules/src/labs/index.js';
import { drawXy } from '../build/modules/src/report/figures/xy.js';
import {
  labMarkdown,
  labResultMarkdown,
  labsMarkdown,
  resultIn,
} from '../build/modules/src/report/labMarkdown.js';

const DOCS = 'docs/labs';
const runs = process.argv[2] ?? 'runs';
mkdirSync(DOCS, { recursive: true });
const results = new Map();
for (const lab of labs) {
  const page = join(DOCS, `${lab.name}.md`);
  const run = join(runs, `lab-${lab.name}`, 'lab.json');
  const before = existsSync(page) ? resultIn(readFileSync(page, 'utf8')) : undefined;
  let result = before;
  if (existsSync(run)) {
    const document = schemas['lab@1'].parse(JSON.parse(readFileSync(run, 'utf8')));
    result = labResultMarkdown(lab, document);
    writeFileSync(join(DOCS, `${lab.name}.svg`), `${drawXy(lab.picture, document.series).svg}\n`);
  }
  if (result !== undefined) results.set(lab.name, result);
  writeFileSync(page, labMarkdown(lab, result));
}
writeFileSync(join(DOCS, 'README.md'), labsMarkdown(labs, results));
