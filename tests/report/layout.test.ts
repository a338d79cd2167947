// Tables as wide as the terminal: columns are left out by priority and named, then text is wrapped; numbers are never cut.
import { expect, test } from 'vitest';
import { type Column, columns, fitted, paragraph } from '../../src/report/tables/layout.ts';
import { plainPalette } from '../../src/report/tables/palette.ts';

const heads: readonly Column[] = [
  ['case', 'left'],
  ['value', 'right'],
  ['95 %', 'left', { drop: 1 }],
  ['peer', 'right'],
  ['95 %', 'left', { drop: 1 }],
  ['ceiling', 'right', { drop: 2 }],
];
const rows = [
  ['a case with a name', '1.5', '[1, 2]', '3', '[2, 4]', '100'],
  ['another', '-12.25', '[-13, -12]', '0', '[0, 0]', '7'],
];
const at = (width: number): string => columns(heads, rows, { ...plainPalette, width });

test('with room for everything, everything is there', () => {
  expect(columns(heads, rows, plainPalette)).toBe(at(200));
  expect(at(200)).toBe(
    [
      'case                 value  95 %        peer  95 %    ceiling',
      'a case with a name     1.5  [1, 2]         3  [2, 4]      100',
      'another             -12.25  [-13, -12]     0  [0, 0]        7',
    ].join('\n'),
  );
  expect(at(61)).toBe(at(200));
});

test('what matters least goes first, columns of one priority together, and their heads are named once', () => {
  expect(at(60)).toBe(
    [
      'case                 value  95 %        peer  95 %',
      'a case with a name     1.5  [1, 2]         3  [2, 4]',
      'another             -12.25  [-13, -12]     0  [0, 0]',
      'left out in 60 columns: ceiling',
    ].join('\n'),
  );
  expect(at(51)).toBe(
    [
      'case                 value  peer',
      'a case with a name     1.5     3',
      'another             -12.25     0',
      'left out in 51 columns: 95 %, ceiling',
    ].join('\n'),
  );
});

test('where that is not enough the widest text is wrapped under its indent', () => {
  expect(at(27).split('\n').slice(0, 4)).toEqual([
    'case            value  peer',
    'a case with a     1.5     3',
    'name',
    'another        -12.25     0',
  ]);
  const indented = columns([['', 'left']], [['  several words here']], { ...plainPalette, width: 14 });
  expect(indented).toBe('\n  several\n  words here');
});

test('rows that come later keep to the widths of those they are like', () => {
  const { head, row } = fitted(heads.slice(0, 2), [['as long as this', '99.99']], plainPalette);
  expect([head, row(['a', '1'])]).toEqual(['case             value', 'a                    1']);
});

test('paragraphs are as wide as the terminal, and no wider than reads well', () => {
  const text = 'word '.repeat(60).trim();
  const longest = (width?: number): number =>
    Math.max(
      ...paragraph(text, 4, width === undefined ? {} : { width })
        .split('\n')
        .map((l) => l.length),
    );
  expect([longest(30), longest(80), longest(200), longest()]).toEqual([28, 78, 93, 93]);
});
