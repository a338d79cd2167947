// Rules about rewards, groups and advantages allow for the rounding of what was logged: sound rollouts stay silent however coarse.
import { expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import { randomSimulation, settingOf, simulate } from '../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import * as divisions from './planted/divisions.ts';
import * as groups from './planted/groups.ts';
import * as lengths from './planted/lengths.ts';
import type { Planted } from './planted/planted.ts';
import * as scores from './planted/scores.ts';
import * as tokenAdvantages from './planted/tokenAdvantages.ts';
import * as votes from './planted/votes.ts';

const planted: readonly Planted[] = [divisions, groups, lengths, scores, tokenAdvantages, votes].flatMap(
  (module) => Object.values(module),
);
const own = rules.filter(({ code }) => planted.some((one) => one.code === code));
const SETTINGS = 200;

const decimals =
  (digits: number) =>
  (x: number): number =>
    Number.isFinite(x) ? Number(x.toFixed(digits)) : x;
const bits = new DataView(new ArrayBuffer(4));
/** Keeps the upper half of a float32. */
function bfloat16(x: number): number {
  bits.setFloat32(0, x);
  bits.setUint32(0, (bits.getUint32(0) + 0x8000) & 0xffff0000);
  return bits.getFloat32(0);
}

const ROUNDINGS: Readonly<Record<string, { reward(x: number): number; advantage(x: number): number }>> = {
  float32: { reward: Math.fround, advantage: Math.fround },
  'four decimals': { reward: decimals(4), advantage: decimals(4) },
  'three decimals, and two for advantages': { reward: decimals(3), advantage: decimals(2) },
  bfloat16: { reward: Math.fround, advantage: bfloat16 },
};

function rounded(t: Trajectory, { reward, advantage }: (typeof ROUNDINGS)[string]): Trajectory {
  const { advantage: a, rewards, weights: _, ...rest } = t;
  return {
    ...rest,
    ...(t.reward === undefined ? {} : { reward: reward(t.reward) }),
    ...(rewards === undefined
      ? {}
      : { rewards: Object.fromEntries(Object.entries(rewards).map(([name, x]) => [name, reward(x)])) }),
    ...(a === undefined ? {} : { advantage: typeof a === 'number' ? advantage(a) : a.map(advantage) }),
  };
}

test('27 rules are those that are planted', () => expect(own.length).toBe(27));

const BLOCK = 20;
const warned = new Map<string, string[]>(Object.keys(ROUNDINGS).map((name) => [name, []]));

test.each(Array.from({ length: SETTINGS / BLOCK }, (_, k) => 1001 + k * BLOCK))(
  'no error from setting %i on',
  async (from) => {
    const errors: string[] = [];
    for (let seed = from; seed < from + BLOCK; seed++) {
      const simulated = simulate({ ...randomSimulation(seed), mismatch: 0 });
      // Every other rounding in turn: new settings say more than the same one rounded twice alike.
      const some = Object.entries(ROUNDINGS).filter((_, k) => k % 2 === seed % 2);
      for (const [name, rounding] of some) {
        const trajectories = simulated.trajectories.map((t) => rounded(t, rounding));
        const { findings } = await runRules(own, () => trajectories, settingOf(simulated));
        for (const { rule, severity, message } of findings) {
          const said = `${name} ${seed} ${rule.code}: ${message}`;
          if (severity === 'error') errors.push(said);
          if (severity === 'warning') warned.get(name)!.push(said);
        }
      }
    }
    expect(errors).toEqual([]);
  },
);

test('at most 2 % of the settings have a warning, however they are rounded', () => {
  for (const said of warned.values())
    expect(said.length, said.join('\n')).toBeLessThanOrEqual(0.02 * (SETTINGS / 2));
});
