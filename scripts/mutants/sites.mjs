// Places of a source file where a fault can be planted, found on its syntax tree: an operator swapped, a condition negated, a constant
// replaced, a statement deleted, arguments swapped, a term dropped.
import { parseSync } from 'oxc-parser';

const SWAPS = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
};

/** Functions whose first argument stands for the whole: op(a, b) becomes a. */
const TERMS = new Set(['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'neg', 'exp', 'stopGradient']);

/** Subtrees that are no behaviour: types, imports, and what is said when something is refused. */
const SILENT = new Set(['ImportDeclaration', 'ThrowStatement', 'TemplateLiteral', 'ExportAllDeclaration']);

/** Calls whose arguments are words: options and messages. Their numbers are faults all the same. */
const isType = (type) => type.startsWith('TS') && !/Expression$/.test(type);

/**
 * All faults that can be planted in a file.
 * @returns {{operator: string, start: number, end: number, replacement: string}[]}
 */
export function sitesIn(path, text) {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const sites = [];
  const source = ({ start, end }) => text.slice(start, end);
  const plant = (operator, { start, end }, replacement) => {
    if (text.slice(start, end) !== replacement) sites.push({ operator, start, end, replacement });
  };
  const visit = (node) => {
    if (SILENT.has(node.type) || isType(node.type)) return;
    faultsOf(node, source, plant);
    for (const value of Object.values(node)) {
      for (const inner of Array.isArray(value) ? value : [value]) {
        if (typeof inner?.type === 'string') visit(inner);
      }
    }
  };
  visit(program);
  return sites;
}

function faultsOf(node, source, plant) {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression': {
      const [left, right] = [source(node.left), source(node.right)];
      const other = SWAPS[node.operator];
      if (other !== undefined) plant('operator', node, `${left} ${other} ${right}`);
      if (['+', '-', '*', '/'].includes(node.operator)) plant('term', node, left);
      if (node.operator === '-') plant('order', node, `${right} - ${left}`);
      return;
    }
    case 'UnaryExpression':
      if (node.operator === '-' || node.operator === '!') plant('term', node, source(node.argument));
      return;
    case 'IfStatement':
    case 'ConditionalExpression':
      plant('condition', node.test, `!(${source(node.test)})`);
      if (node.type === 'ConditionalExpression') plant('branch', node, `${source(node.consequent)}`);
      return;
    case 'WhileStatement':
    case 'ForStatement':
      return;
    case 'Literal':
      if (typeof node.value === 'number')
        plant('constant', node, String(node.value === 0 ? 1 : node.value === 1 ? 2 : 0));
      if (typeof node.value === 'boolean') plant('constant', node, String(!node.value));
      return;
    case 'ExpressionStatement':
      if ((node.directive ?? null) === null) plant('statement', node, ';');
      return;
    case 'CallExpression': {
      const [first, second] = node.arguments;
      if (second !== undefined && first.type !== 'SpreadElement' && second.type !== 'SpreadElement') {
        const all = node.arguments.map(source);
        plant('arguments', { start: first.start, end: second.end }, `${all[1]}, ${all[0]}`);
      }
      if (TERMS.has(node.callee.name)) plant('term', node, source(first));
      return;
    }
  }
}
