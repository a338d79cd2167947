// Rules that label tokens: by their text or id, by a pattern on the text, and by tokens that end an attempt; what the file says goes first.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { addCounts, type LabelRules, labelled } from '../../src/rollouts/labels/label.ts';
import { labelRules } from '../../src/rollouts/labels/options.ts';
import { textPattern } from '../../src/rollouts/labels/pattern.ts';
import { bareToken } from '../../src/rollouts/labels/tokenNames.ts';
import { ROLES, type Role, type Trajectory } from '../../src/rollouts/trajectory.ts';

function trajectory(
  tokens: readonly string[],
  roles?: readonly Role[],
  more: Partial<Trajectory> = {},
): Trajectory {
  return {
    place: { file: 'a.jsonl', line: 7 },
    length: tokens.length,
    unit: 'tokens',
    tokens,
    roles: Uint8Array.from(tokens, (_, t) => ROLES.indexOf(roles?.[t] ?? 'sample')),
    mask: new Uint8Array(tokens.length).fill(1),
    isMaskLogged: false,
    areRolesLogged: false,
    ...more,
  };
}

const rolesOf = ({ roles }: Trajectory): string[] => Array.from(roles, (role) => ROLES[role]!);

function decisions(tokens: readonly string[], rules: LabelRules, roles?: readonly Role[]): number[] {
  return rolesOf(labelled(trajectory(tokens, roles), rules).trajectory).flatMap((role, t) =>
    role === 'decision' ? [t] : [],
  );
}

describe('decision tokens', () => {
  const rules = labelRules({ decisionTokens: 'Wait, STOP' });

  test('match without the marks for blanks of BPE and SentencePiece, and nothing else', () => {
    const tokens = [
      'Wait',
      '\u0120Wait',
      '\u2581Wait',
      ' Wait',
      '\u010aWait',
      'wait',
      'Waiting',
      '\u0120STOP',
      'Wa',
      'it',
    ];
    expect(decisions(tokens, rules)).toEqual([0, 1, 2, 3, 4, 7]);
  });

  test('are words without their punctuation where words stand in, and only there', () => {
    const words = trajectory(['So', 'Wait,', '(STOP).', 'waits'], undefined, { unit: 'words' });
    expect(rolesOf(labelled(words, rules).trajectory)).toEqual(['sample', 'decision', 'decision', 'sample']);
    expect(decisions(['Wait,'], rules)).toEqual([]);
  });

  test('are named by their ids too', () => {
    const ids = trajectory(['a', 'b', 'c'], undefined, { ids: Int32Array.of(5, 14190, 5) });
    expect(rolesOf(labelled(ids, labelRules({ decisionTokens: 'id:14190' })).trajectory)[1]).toBe('decision');
    const { tokens: _, ...bare } = ids;
    expect(rolesOf(labelled(bare, labelRules({ decisionTokens: 'id:14190' })).trajectory)[1]).toBe(
      'decision',
    );
    expect(() => labelled(bare, rules)).toThrow(
      new InputError('a.jsonl: line 7: --decision-tokens needs token strings, and there are none'),
    );
    expect(() => labelled(trajectory(['a']), labelRules({ decisionTokens: 'id:1' }))).toThrow(
      'needs token ids',
    );
  });

  test('that are only marks for blanks stay what they are', () => {
    expect(bareToken('\u0120\u0120')).toBe('\u0120\u0120');
    expect(decisions(['\u0120', 'x'], labelRules({ decisionTokens: 'x' }))).toEqual([1]);
  });
});

test('the roles of the file go first, and every token is counted once', () => {
  const tokens = ['Wait', 'Wait', 'Wait', 'Wait', 'x'];
  const roles: Role[] = ['prompt', 'tool', 'eos', 'sample', 'decision'];
  const { trajectory: found, counts } = labelled(
    trajectory(tokens, roles, { areRolesLogged: true }),
    labelRules({ decisionTokens: 'Wait', decisionPattern: 'x' }),
  );
  expect(rolesOf(found)).toEqual(['prompt', 'tool', 'eos', 'decision', 'decision']);
  expect(counts).toEqual({ decisionTokens: 1, decisionPattern: 0, file: 4 });
});

test('the given trajectory is left as it is', () => {
  const given = trajectory(['Wait']);
  labelled(given, labelRules({ decisionTokens: 'Wait' }));
  expect(rolesOf(given)).toEqual(['sample']);
});

describe('a pattern', () => {
  const rules = labelRules({ decisionPattern: '(?i)\\balternatively\\b|let me check' });

  test('labels every token that a match covers any part of', () => {
    const tokens = ['7', '.\u0120Alter', 'natively', ',', '\u0120let', '\u0120me', '\u0120check', '.'];
    expect(decisions(tokens, rules)).toEqual([1, 2, 4, 5, 6]);
  });

  test('sees blanks and lines where tokens have marks for them, and blanks between words', () => {
    expect(decisions(['a', '\u010a', '\u2581b'], labelRules({ decisionPattern: '\\n b' }))).toEqual([1, 2]);
    const words = trajectory(['let', 'me', 'check'], undefined, { unit: 'words' });
    expect(labelled(words, rules).counts.decisionPattern).toBe(3);
  });

  test('is looked for in the response alone', () => {
    const roles: Role[] = ['prompt', 'prompt', 'sample', 'sample', 'pad'];
    expect(decisions(['let', '\u0120me', '\u0120check', 'x', 'let'], rules, roles)).toEqual([]);
  });

  test('may match nothing: no token is labelled, and it ends', () => {
    expect(decisions(['a', 'b'], labelRules({ decisionPattern: 'x*' }))).toEqual([]);
  });

  test('takes time linear in the text where a backtracking engine would take 2^40 steps', () => {
    const tokens = [...new Array<string>(40).fill('a'), 'b'];
    expect(decisions(tokens, labelRules({ decisionPattern: '^(a+)+$' }))).toEqual([]);
    expect(decisions(tokens, labelRules({ decisionPattern: '(a|a)*c|b' }))).toEqual([40]);
  });

  test('that is none is refused, look-around and back-references too', () => {
    for (const source of ['(', '(?=a)', '(a)\\1', 'a**', '\u001b[31m(']) {
      expect(() => textPattern(source)).toThrow(InputError);
      expect(() => textPattern(source)).toThrow(/^--decision-pattern "/);
    }
    expect(() => textPattern('\u001b(')).not.toThrow('\u001b');
  });
});

describe('boundaries', () => {
  test('end an attempt, to which they belong, but not in the prompt', () => {
    const { trajectory: found, counts } = labelled(
      trajectory(
        ['</a>', '1', '</a>', '2', '3', '\u0120</a>'],
        ['prompt', 'sample', 'sample', 'sample', 'sample', 'eos'],
      ),
      labelRules({ boundaries: '</a>' }),
    );
    expect([...found.attempt!]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(counts).toEqual({ boundaries: 2, reader: 6 });
  });

  test('are left out where nobody asks', () => {
    expect(labelled(trajectory(['a']), {}).trajectory.attempt).toBeUndefined();
  });
});

test('lists of tokens have no empty entries', () => {
  for (const text of ['', 'a,,b', ',']) {
    expect(() => labelRules({ decisionTokens: text })).toThrow(/^--decision-tokens: expected tokens/);
    expect(() => labelRules({ boundaries: text })).toThrow(/^--boundaries: expected tokens/);
  }
});

test('counts add up', () => {
  expect(addCounts({ file: 1, boundaries: 2 }, { file: 3, decisionTokens: 4 })).toEqual({
    file: 4,
    boundaries: 2,
    decisionTokens: 4,
  });
});
