// Writes the table of docs/performance.md from a gradsplit/bench@1 document: node scripts/performance.mjs BENCH.json FILE.md.
// What stands between the two marks is replaced, everything else stays.
import { readFileSync, writeFileSync } from 'node:fs';
import { readBenchResult } from '../dist/bench/index.js';
import { benchMarkdown } from '../dist/src/report/tables.js';

const [BEGIN, END] = ['<!-- bench:begin -->', '<!-- bench:end -->'];

const [from, to] = process.argv.slice(2);
if (to === undefined) throw new Error('usage: node scripts/performance.mjs BENCH.json FILE.md');
const result = readBenchResult(JSON.parse(readFileSync(from, 'utf8')), from);
const text = readFileSync(to, 'utf8');
const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (start < 0 || end < start) throw new Error(`${to}: expected ${BEGIN} and ${END} around the table`);
writeFileSync(to, `${text.slice(0, start + BEGIN.length)}\n${benchMarkdown(result)}\n${text.slice(end)}`);
