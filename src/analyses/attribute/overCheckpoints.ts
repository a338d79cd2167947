// How the split moved during training: the same prompts at every checkpoint of a run, one pass each.
import { NO_STORE, type PassStore } from '../../attribution/index.ts';
import type { AttributionDocument } from '../../documents/attribution.ts';
import { type AttributeOptions, splitCheckpoint } from './attribute.ts';
import type { AttributionSubject } from './subject.ts';

/** A checkpoint at which the split is asked for. */
export interface CheckpointSubject {
  /** Steps of the whole run. */
  readonly step: number;
  /** Its phase and what is attributed there; `dispose` frees its parameters. */
  open(): { readonly phase: 'base' | 'train'; readonly subject: AttributionSubject; dispose(): void };
}

type OverCheckpoints = NonNullable<AttributionDocument['overCheckpoints']>;

const PHASE_NAMES = ['base', 'train'] as const;

function labelKey({ component, term }: AttributionDocument['labels'][number]): string {
  return `${component}/${term}`;
}

function orNull(x: number): number | null {
  return Number.isNaN(x) ? null : x;
}

/**
 * Splits the gradient at every checkpoint.
 * @param of the document of the last checkpoint, whose labels and groups are those of the result; a label that a checkpoint has not is 0
 */
export async function overCheckpoints(
  checkpoints: readonly CheckpointSubject[],
  of: Pick<AttributionDocument, 'labels' | 'groups' | 'by'>,
  {
    onProgress = () => {},
    signal,
    store = NO_STORE,
  }: Pick<AttributeOptions, 'onProgress' | 'signal'> & { readonly store?: PassStore },
): Promise<OverCheckpoints> {
  const L = of.labels.length;
  const G = of.groups.length;
  const rows: Float64Array[] = [];
  for (const [k, { step, open }] of checkpoints.entries()) {
    await onProgress(k / checkpoints.length, `checkpoint of step ${step}`);
    signal?.throwIfAborted();
    rows.push(
      await store.keep(`checkpoint ${step}`, async () => {
        const { phase, subject, dispose } = open();
        try {
          const found = await splitCheckpoint(
            subject,
            { step, phase },
            { by: of.by, ...(signal === undefined ? {} : { signal }) },
          );
          const place = of.labels.map((one) =>
            found.labels.findIndex((own) => labelKey(own) === labelKey(one)),
          );
          return Float64Array.from([
            PHASE_NAMES.indexOf(phase),
            ...place.flatMap((l) => (l === -1 ? new Array<number>(G).fill(0) : found.norm[l]!)),
            ...found.cosine.map((x) => x ?? Number.NaN),
            found.cosineOfAll ?? Number.NaN,
            ...place.map((l) => (l === -1 ? 0 : found.weightShare[l]!)),
          ]);
        } finally {
          dispose();
        }
      }),
    );
  }
  const [norms, cosines, all, shares] = [1, 1 + L * G, 1 + L * G + G, 2 + L * G + G];
  return {
    step: checkpoints.map(({ step }) => step),
    phase: rows.map((row) => PHASE_NAMES[row[0]!]!),
    norm: rows.map((row) => of.labels.map((_, l) => [...row.subarray(norms + l * G, norms + (l + 1) * G)])),
    cosine: rows.map((row) => Array.from(row.subarray(cosines, cosines + G), orNull)),
    cosineOfAll: rows.map((row) => orNull(row[all]!)),
    weightShare: rows.map((row) => [...row.subarray(shares, shares + L)]),
  };
}
