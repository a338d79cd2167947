// Writes a table of docs/performance.md from a gradsplit/bench@1 document: node scripts/performance.mjs BENCH.json FILE.md [MARK].
// What stands between <!-- MARK:begin --> and <!-- MARK:end --> is replaced, everything else stays; MARK is bench if left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { readBenchResult } from '../build/modules/bench/index.js';
import { benchMarkdown } from '../build/modules/src/report/tables.js';

const [from, to, mark = 'bench'] = process.argv.slice(2);
if (to === undefined) throw new Error('usage: node scripts/performance.mjs BENCH.json FILE.md [MARK]');
const [begin, end] = ['begin', 'end'].map((side) => `<!-- ${mark}:${side} -->`);
const result = readBenchResult(JSON.parse(readFileSync(from, 'utf8')), from);
const text = readFileSync(to, 'utf8');
const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
if (start < 0 || stop < start) throw new Error(`${to}: expected ${begin} and ${end} around the table`);
writeFileSync(to, `${text.slice(0, start + begin.length)}\n${benchMarkdown(result)}\n${text.slice(stop)}`);
