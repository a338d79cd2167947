// A policy in a few words: its shape, its reward.
import type { TabularPolicy } from '../policy/tabular.ts';
import { count, formatNumber } from './format.ts';

/** Tokens of a target that are spelt out. */
const MOST_TOKENS = 12;

/** `at most 2 attempts of 2 tokens from a vocabulary of 3`. */
export function describeShape({ shape }: TabularPolicy): string {
  const { attempts, length, vocabulary } = shape;
  const tries = attempts === 1 ? '1 attempt' : `at most ${attempts} attempts`;
  return `${tries} of ${count(length, 'token')} from a vocabulary of ${vocabulary}`;
}

/** `1 if the last attempt is 0,1, less 0.05 for every further attempt`. */
export function describeReward({ reward }: TabularPolicy): string {
  if (reward.kind === 'table') return `a table of ${count(reward.values.length, 'value')}`;
  const more = reward.target.length > MOST_TOKENS ? ',…' : '';
  const hit = `1 if the last attempt is ${reward.target.slice(0, MOST_TOKENS).join(',')}${more}`;
  if (reward.attemptCost === 0) return hit;
  return `${hit}, less ${formatNumber(reward.attemptCost)} for every further attempt`;
}
