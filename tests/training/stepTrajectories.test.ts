// The episodes of a step as trajectories: the numbers are those of the training, and the weights those of a second statement of the formula.
import { describe, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { logProbsOf } from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import {
  ROLES,
  readRollouts,
  rolloutsHeader,
  rolloutsLine,
  type Trajectory,
} from '../../src/rollouts/index.ts';
import {
  initialState,
  rolloutHeader,
  stepTrajectories,
  type Trainer,
  type TrainingState,
  trainStep,
} from '../../src/training/index.ts';
import { tinyTrainer } from './runs.ts';

useKernels(loadWasmKernelsSync());

/** The trainer, and its state after so many steps; the base has three. */
function after(
  steps: number,
  entries: Readonly<Record<string, string>>,
): { trainer: Trainer; state: TrainingState } {
  const trainer = tinyTrainer(entries);
  let state = initialState(trainer);
  for (let i = 0; i < steps; i++) ({ state } = trainStep(trainer, state));
  return { trainer, state };
}

function logged(entries: Readonly<Record<string, string>> = {}) {
  const { trainer, state } = after(3, entries);
  const { material, metrics } = trainStep(trainer, state);
  const step = { phase: metrics.phase, step: metrics.step, parameters: state.parameters, material };
  return { trainer, state, material, metrics, trajectories: stepTrajectories(trainer, step, 'x.jsonl') };
}

const response = ({ roles }: Trajectory): number[] =>
  Array.from(roles.keys()).filter((t) => ['sample', 'decision'].includes(ROLES[roles[t]!]!));

describe('a step of grpo', () => {
  const { trainer, state, material, metrics, trajectories } = logged({
    objective: 'grpo',
    beta: '0',
    attemptCost: '0',
    group: '8',
    prompts: '4',
  });
  const { layout, task } = trainer;

  test('has all its episodes, with their tokens, roles and groups', () => {
    expect(metrics.step).toBe(4);
    expect(trajectories.length).toBe(32);
    for (const [i, trajectory] of trajectories.entries()) {
      const { ids, tokens, roles, mask, length, place, group } = trajectory;
      expect([ids!.length, tokens!.length, roles.length, mask.length]).toEqual([
        length,
        length,
        length,
        length,
      ]);
      expect(place).toEqual({ file: 'x.jsonl', line: i + 2 });
      expect([...ids!].map((id) => task.tokens.names[id])).toEqual(tokens);
      const prompt = [...ids!].slice(0, layout.promptLength);
      expect(group!.replace(/ \(\d+\)$/, '')).toBe(task.tokens.decode(prompt));
      // Correct as the task says it of the last attempt, and as it was rewarded.
      const attempts = [...ids!].slice(layout.promptLength);
      const last = attempts
        .slice(-1 - layout.attemptLength)
        .filter((id) => id > 2)
        .slice(-layout.attemptLength);
      expect(trajectory.correct).toBe(task.check(prompt, last));
      expect(trajectory.reward).toBe(trajectory.correct ? 1 : 0);
      const decisions = Array.from(roles.keys()).filter((t) => ROLES[roles[t]!] === 'decision');
      expect(
        decisions.map((t) => tokens![t]).every((name) => name === '<stop>' || name === '<resample>'),
      ).toBe(true);
      expect(decisions.length).toBe(
        Math.min(layout.attempts - 1, Math.round(attempts.length / (layout.attemptLength + 1))),
      );
    }
    const sizes = new Map<string, number>();
    for (const { group } of trajectories) sizes.set(group!, (sizes.get(group!) ?? 0) + 1);
    expect([...sizes.values()]).toEqual([8, 8, 8, 8]);
  });

  test('has the log-probs of the network before the step, and those it was drawn with', () => {
    const expected = logProbsOf(trainer.model, state.parameters, material.episodes);
    const found = trajectories.flatMap((trajectory) =>
      response(trajectory).map((t) => trajectory.logProbs![t]!),
    );
    expect(found).toEqual([...expected]);
    const old = trajectories.flatMap((trajectory) =>
      response(trajectory).map((t) => trajectory.oldLogProbs![t]!),
    );
    expect(old).toEqual([...material.outcome.oldLogProb!]);
    for (const { roles, logProbs, refLogProbs } of trajectories) {
      expect(Number.isNaN(logProbs![0])).toBe(true);
      expect(ROLES[roles[0]!]).toMatch(/prompt|pad/);
      expect(refLogProbs).toBeUndefined();
    }
  });

  test('has advantages (R − mean)/(std + 1e-4) and weights A·r/(B·L)', () => {
    for (const name of new Set(trajectories.map(({ group }) => group!))) {
      const members = trajectories.filter(({ group }) => group === name);
      const mean = members.reduce((sum, { reward }) => sum + reward!, 0) / members.length;
      const variance =
        members.reduce((sum, { reward }) => sum + (reward! - mean) ** 2, 0) / (members.length - 1);
      for (const trajectory of members) {
        const advantage = (trajectory.reward! - mean) / (Math.sqrt(variance) + 1e-4);
        expect(trajectory.advantage).toBeCloseTo(advantage, 12);
        const counted = Array.from(trajectory.mask.keys()).filter((t) => trajectory.mask[t] === 1);
        for (const [t, weight] of trajectory.weights!.entries()) {
          const ratio = Math.exp(trajectory.logProbs![t]! - trajectory.oldLogProbs![t]!);
          const expected = counted.includes(t) ? (advantage * ratio) / (32 * counted.length) : 0;
          expect(weight).toBeCloseTo(expected, 12);
        }
      }
    }
  });

  test('is read again as it was written', async () => {
    const text = [
      rolloutsHeader(rolloutHeader(trainer.config.train)),
      ...trajectories.map(rolloutsLine),
    ].join('\n');
    const read = readRollouts([Buffer.from(text)], { source: 'x.jsonl' });
    const found: Trajectory[] = [];
    for await (const trajectory of read) found.push(trajectory);
    expect(found).toEqual(trajectories.map((trajectory) => ({ ...trajectory })));
    expect(read.report.header).toMatchObject({ objective: 'grpo', options: { beta: 0, attemptCost: 0 } });
  });
});

test('log-probs of the reference are there where the objective uses one', () => {
  const { trajectories, material } = logged({ objective: 'grpo', beta: '0.1' });
  const found = trajectories.flatMap((trajectory) =>
    response(trajectory).map((t) => trajectory.refLogProbs![t]!),
  );
  expect(found).toEqual([...material.outcome.refLogProb!]);
});
