// Writes what follows from assembly/index.ts and the signatures of the functions that it names: assembly/generated/exports.ts, which
// is compiled and exports every function of a type T as <name>F32 and <name>F64; and src/kernels/wasm/exports.ts, the same seen from
// the host, to which all numbers are numbers. With --print the latter goes to stdout and no file is written.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
/** Biome's width of a line. */
const WIDTH = 110;

/** The functions that assembly/index.ts exports: { name, module, isTyped, doc, parameters: [name, type][], result }. */
function exportedFunctions() {
  const index = readFileSync(new URL('assembly/index.ts', root), 'utf8');
  return [...index.matchAll(/export \{([^}]*)\} from '\.\/(\w+)'/g)].flatMap(([, names, module]) => {
    const text = readFileSync(new URL(`assembly/${module}.ts`, root), 'utf8');
    return names
      .split(',')
      .flatMap((listed) => (listed.trim() === '' ? [] : signature(text, module, listed.trim())));
  });
}

function signature(text, module, name) {
  const found = text.match(
    new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\nexport function ${name}(<T>)?\\(([^)]*)\\): (\\w+) \\{`),
  );
  if (found === null) {
    throw new Error(`assembly/${module}.ts: expected a docstring and "export function ${name}(…): type {"`);
  }
  const [, doc, type, list, result] = found;
  const parameters = list.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim().split(': ')]));
  return { name, module, isTyped: type !== undefined, doc: doc.trim(), parameters, result };
}

/** The source that is compiled. */
function moduleText() {
  const lines = ['// Written by scripts/writeExports.mjs from assembly/index.ts.'];
  for (const { name, module, isTyped, parameters, result } of exportedFunctions()) {
    lines.push(`${isTyped ? 'import' : 'export'} { ${name} } from '../${module}';`);
    if (!isTyped) continue;
    for (const [suffix, element] of [
      ['F32', 'f32'],
      ['F64', 'f64'],
    ]) {
      const list = parameters.map(([key, type]) => `${key}: ${type === 'T' ? element : type}`).join(', ');
      const call = `${name}<${element}>(${parameters.map(([key]) => key).join(', ')})`;
      lines.push(`export function ${name}${suffix}(${list}): ${result} { return ${call}; }`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A method of an interface as Biome formats it. */
function method({ name, doc, parameters, result }) {
  const list = parameters.map(([key]) => `${key}: number`);
  const returned = result === 'void' ? 'void' : 'number';
  const line = `  ${name}(${list.join(', ')}): ${returned};`;
  const broken = [`  ${name}(`, ...list.map((one) => `    ${one},`), `  ): ${returned};`].join('\n');
  const lines = doc.split('\n').map((one) => `   ${one.trim()}`);
  const comment = lines.length === 1 ? `  /** ${doc} */` : ['  /**', ...lines, '   */'].join('\n');
  return `${comment}\n${line.length <= WIDTH ? line : broken}`;
}

/** The host's view. */
function typesText() {
  const all = exportedFunctions();
  const members = (isTyped) => all.filter((one) => one.isTyped === isTyped).map(method);
  return `// Written by scripts/writeExports.mjs from assembly/index.ts: what the WebAssembly module exports, as the host sees it. Pointers and
// sizes are i32; pointers above 2 GiB wrap and are read as unsigned over there.

/** Functions that the module has for f32 and for f64. */
export interface TypedExports {
${members(true).join('\n')}
}

/** Functions of no element type, or of a fixed one. */
export interface UntypedExports {
${members(false).join('\n')}
}
`;
}

if (process.argv[2] === '--print') {
  process.stdout.write(typesText());
} else {
  const folder = new URL('assembly/generated/', root);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('exports.ts', folder), moduleText());
  writeFileSync(new URL('src/kernels/wasm/exports.ts', root), typesText());
}
