// Peers on one case: operands handed over, outputs compared, ready to be timed.
import { type Contender, contender } from './measure.ts';
import type { Peer, PreparedPeer } from './peer.ts';
import type { BenchCase } from './suite.ts';

/** The peers that do a case. */
export interface PeerCases {
  readonly cases: readonly { readonly name: string; readonly contender: Contender }[];
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/** A slow peer's slice of a round is one sample: a peer may be a hundred times slower than what is measured. */
function contenderOf(name: string, prepared: PreparedPeer): Contender {
  const { run, sample } = prepared;
  if (run === undefined && sample === undefined) {
    throw new Error(`peer ${name}: has neither run nor sample`);
  }
  const timed = run === undefined ? undefined : contender(name, () => prepared.run!());
  return {
    sample: ({ maxSeconds }) => {
      const effort = { minSamples: 1, maxSeconds };
      return timed === undefined ? prepared.sample!(effort) : timed.sample(effort);
    },
  };
}

/**
 * Opens a case on every peer that does it. One whose output is wrong is left out, with a warning: its time means nothing.
 * @param judge at most 1 for a right output
 */
export async function openPeerCases(
  peers: readonly Peer[],
  benchCase: BenchCase,
  judge: (found: ArrayLike<number>) => number,
): Promise<PeerCases> {
  const opened: { name: string; prepared: PreparedPeer }[] = [];
  const warnings: string[] = [];
  const close = async (): Promise<void> => {
    for (const { prepared } of opened) await prepared.release();
  };
  if (benchCase.peerTask === undefined || peers.length === 0) return { cases: [], warnings, close };
  const task = benchCase.peerTask();
  try {
    for (const peer of peers) {
      const prepared = await peer.prepare(task);
      if (prepared === undefined) continue;
      const errorRatio = judge(await prepared.output());
      if (errorRatio <= 1) {
        opened.push({ name: peer.name, prepared });
        continue;
      }
      warnings.push(
        `${peer.name} is left out: its error is ${errorRatio.toPrecision(2)} times what it may be; look at its adapter`,
      );
      await prepared.release();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    cases: opened.map(({ name, prepared }) => ({ name, contender: contenderOf(name, prepared) })),
    warnings,
    close,
  };
}
