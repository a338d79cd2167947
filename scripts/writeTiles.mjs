// Writes assembly/generated/tiles.ts: the micro-kernels of matrix products, one function for every height, width and way of
// reading. A tile of C (height rows × width vectors) stays in registers while k runs; a step of k multiplies `height` elements
// of A, each spread over a vector, by `width` vectors of B. Every element of C gets its terms one after the other in ascending
// k, whichever tile computes it, so its bits do not depend on the tile.
//
// Four steps of k a turn, with a way out after each: the branches keep the engine from regrouping the sums of different steps
// (it would run out of registers), and they save a separate loop for the last steps. Pointers move once a turn.
import { mkdirSync, writeFileSync } from 'node:fs';

const STEPS = 4;

/** How B is read: `packed` with `width` vectors a step; `strided` in place, steps `bStep` bytes apart. A has a pointer a row. */
const ways = [
  { name: 'rows', b: 'packed' },
  { name: 'place', b: 'strided' },
];

/**
 * [height, width]. 4×2, 6×2 and 2×4 are the ones for the inside; the others finish rows and columns that are left: 3×3 takes a
 * last single vector of columns together with the two before it, since one vector alone would wait for its own sums.
 */
const shapes = [
  ...[1, 2, 3, 4, 5, 6].map((height) => [height, 2]),
  ...[1, 2, 3, 4, 5, 6, 8].map((height) => [height, 1]),
  ...[1, 2, 3].map((height) => [height, 3]),
  ...[1, 2, 3].map((height) => [height, 4]),
];

const range = (n) => Array.from({ length: n }, (_, i) => i);

function parametersOf(b) {
  const right = b === 'strided' ? ['b: usize', 'bStep: usize'] : ['b: usize'];
  return [
    ...['a: usize', 'aRow: usize'],
    ...right,
    'k: i32',
    ...['from', 'fromRow', 'to', 'toRow'].map((name) => `${name}: usize`),
  ];
}

function tile({ name, b }, [height, width]) {
  const rows = range(height);
  const vectors = range(width);
  const lines = [];
  const put = (depth, text) => lines.push('  '.repeat(depth) + text);
  put(0, `/** C [${height} rows, ${width} vectors], ${name}. */`);
  const parameters = parametersOf(b);
  put(0, `export function ${name}${height}x${width}<T>(${parameters.join(', ')}): void {`);
  for (const i of rows) {
    put(1, `const f${i} = ${i === 0 ? 'from' : `f${i - 1} + fromRow`};`);
    for (const j of vectors) put(1, `let c${i}${j} = v128.load(f${i}, ${16 * j});`);
  }
  for (const i of rows) put(1, `let a${i} = ${i === 0 ? 'a' : `a${i - 1} + aRow`};`);
  const bytes = 16 * width;
  if (b === 'packed') put(1, `const end = b + <usize>k * ${bytes};`);
  put(1, 'while (true) {');
  for (const step of range(STEPS)) {
    for (const j of vectors) {
      put(2, `const b${j}_${step} = v128.load(b, ${16 * j + (b === 'packed' ? step * bytes : 0)});`);
    }
    for (const i of rows) {
      put(2, `const x${i}_${step} = v128.load_splat<T>(a${i}, ${step} * sizeof<T>());`);
      for (const j of vectors) put(2, `c${i}${j} = multiplyAdd<T>(x${i}_${step}, b${j}_${step}, c${i}${j});`);
    }
    if (b === 'strided') {
      put(2, 'b += bStep;');
      put(2, 'if (--k === 0) break;');
    } else if (step < STEPS - 1) put(2, `if (b + ${(step + 1) * bytes} >= end) break;`);
  }
  for (const i of rows) put(2, `a${i} += ${STEPS} * sizeof<T>();`);
  if (b === 'packed') {
    put(2, `b += ${STEPS * bytes};`);
    put(2, 'if (b >= end) break;');
  }
  put(1, '}');
  for (const i of rows) {
    put(1, `const t${i} = ${i === 0 ? 'to' : `t${i - 1} + toRow`};`);
    for (const j of vectors) put(1, `v128.store(t${i}, c${i}${j}, ${16 * j});`);
  }
  put(0, '}');
  return lines.join('\n');
}

/** The way's tile of any shape; `height` and `width` must be among the shapes. */
function dispatch({ name, b }) {
  const parameters = parametersOf(b);
  const passed = parameters.map((parameter) => parameter.split(':')[0]).join(', ');
  const cases = shapes.map(
    ([height, width]) =>
      `    case ${16 * width + height}:\n      return ${name}${height}x${width}<T>(${passed});`,
  );
  return [
    `/** The tile of this height and width, ${name}. */`,
    `export function ${name}Tile<T>(height: i32, width: i32, ${parameters.join(', ')}): void {`,
    '  switch (16 * width + height) {',
    ...cases,
    '  }',
    '}',
  ].join('\n');
}

const text = [
  '// Written by scripts/writeTiles.mjs, which says what these are.',
  "import { multiplyAdd } from '../multiplyAdd';",
  ...ways.flatMap((way) => [...shapes.map((shape) => tile(way, shape)), dispatch(way)]),
].join('\n\n');

const folder = new URL('../assembly/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('tiles.ts', folder), `${text}\n`);
