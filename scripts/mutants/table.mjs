// What is known of planted faults, as a table by folder and a list of those that survived.
import { FOLDERS } from './plan.mjs';

const share = (part, whole) =>
  whole === 0 ? '–' : `${part} of ${whole} (${Math.round((100 * part) / whole)} %)`;

/** A fault as a difference of lines. */
function difference({ context: [before, after], original, replacement }) {
  const left = before.slice(before.lastIndexOf('\n') + 1);
  const right = after.slice(0, Math.max(0, after.indexOf('\n')));
  const lines = (sign, text) =>
    `${left}${text}${right}`.split('\n').map((line) => `    ${sign} ${line.trim()}`);
  return [...lines('-', original), ...lines('+', replacement)].join('\n');
}

function survivors(faults, stage, title) {
  const left = faults.filter((fault) => fault[stage] === 'survived');
  const list = left.map((fault) => `${fault.file}:${fault.line} (${fault.operator})\n${difference(fault)}\n`);
  return `\n${title}: ${left.length}\n\n${list.join('\n')}`;
}

/** Shares by folder and survivors, as text. @param faults that could be built, with what is known of them */
export function table(faults) {
  const row = (name, own) => {
    const cells = ['tests', 'verify'].map((stage) => {
      const asked = own.filter((fault) => fault[stage] !== undefined);
      return share(asked.filter((fault) => fault[stage] !== 'survived').length, asked.length).padEnd(22);
    });
    return `${name.padEnd(20)} ${String(own.length).padStart(6)}   ${cells.join('')}`.trimEnd();
  };
  const rows = Object.keys(FOLDERS).map((folder) =>
    row(
      folder,
      faults.filter(({ file }) => file.startsWith(`${folder}/`)),
    ),
  );
  const head = `${'folder'.padEnd(20)} faults   ${'seen by tests'.padEnd(22)}seen by verify`;
  return [
    [head, ...rows, row('all', faults), ''].join('\n'),
    survivors(faults, 'tests', 'Seen by no test'),
    survivors(faults, 'verify', 'Seen by no claim of verify'),
  ].join('');
}
