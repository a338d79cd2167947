// Which faults are planted: a seeded choice, in proportion to what there is in each folder, with at least a share for each.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { sitesIn } from './sites.mjs';

/** The folders that are asked about, and their share of all faults. */
export const FOLDERS = {
  'src/autodiff': 0.28,
  'src/ops': 0.22,
  'src/objectives': 0.2,
  'src/attribution': 0.16,
  'src/policy': 0.14,
};

/** Characters on either side of a place by which it is found again after a change elsewhere in the file. */
const CONTEXT = 60;

/** Faults that are none, each with its reason: nothing that a test could see differs. */
const equivalent = JSON.parse(readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'));

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.endsWith('index.ts'))
    .sort();
}

/** Numbers in [0, 1) that depend on the seed alone. */
function uniforms(seed) {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32LE(0) / 2 ** 32;
}

function isEquivalent({ file, context: [before, after], original, replacement }) {
  return equivalent.some(
    (one) =>
      one.file === file &&
      one.replacement === replacement &&
      `${before.slice(-CONTEXT)}${original}${after}`.includes(one.text),
  );
}

/** Every fault that can be planted in a file, by what is needed to plant it. */
function faultsIn(file) {
  const text = readFileSync(file, 'utf8');
  return sitesIn(file, text).map(({ operator, start, end, replacement }) => ({
    file,
    operator,
    line: text.slice(0, start).split('\n').length,
    context: [text.slice(Math.max(0, start - CONTEXT), start), text.slice(end, end + CONTEXT)],
    original: text.slice(start, end),
    replacement,
  }));
}

/**
 * Faults in the order in which they are tried: shuffled within a folder, so that any beginning is a fair sample of it.
 * @returns {Record<string, object[]>} by folder
 */
export function planned(seed) {
  const random = uniforms(seed);
  return Object.fromEntries(
    Object.keys(FOLDERS).map((folder) => {
      const faults = filesIn(folder).flatMap(faultsIn);
      for (let i = faults.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [faults[i], faults[j]] = [faults[j], faults[i]];
      }
      return [folder, faults.filter((fault) => !isEquivalent(fault))];
    }),
  );
}

/** What tells a fault from all others. */
export function keyOf({ file, context, original, replacement }) {
  const text = [file, ...context, original, replacement].join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The text with the fault in it; undefined if its place is no longer there, or not once. */
export function withFault(text, { context: [before, after], original, replacement }) {
  const sought = before + original + after;
  const at = text.indexOf(sought);
  if (at < 0 || text.indexOf(sought, at + 1) >= 0) return undefined;
  const start = at + before.length;
  return text.slice(0, start) + replacement + text.slice(start + original.length);
}
