import { benchmarkFiles, reviewedEntries, unreviewedEntries } from '../core/review/benchmark.ts';
import { agreementCsv, checksCsv, datasetCard } from '../core/review/card.ts';
import type { Draft } from '../core/drafting/draft.ts';
import { verifyTrail } from '../core/review/chain.ts';
import type { Thresholds } from '../core/review/events.ts';
import { checksOf } from '../core/review/lint.ts';
import { agreements, resolve, reviewed, type Reviewed } from '../core/review/resolve.ts';
import { draftsHash } from '../core/review/subject.ts';
import { OFFICIAL_ANSWERING } from '../core/prompts/builtin.ts';
import { fault, FaultError } from '../core/fault.ts';
import { VERSION } from '../core/version.ts';
import { sourceFile, type SourceFile } from '../files/source.ts';
import type { Store } from '../store/db.ts';
import type { DraftSet } from '../store/draft-rows.ts';
import { imageBlob } from '../store/images.ts';
import { eventsOf, importTrail, textHash, trailsOf } from '../store/reviews.ts';

/** The trails of a set with the state that follows from them. */
export async function reviewedTrails(
  store: Store,
  set: string,
  drafts: readonly Draft[],
): Promise<readonly Reviewed[]> {
  const trails = await trailsOf(store, set);
  const all = await Promise.all(trails.map(async (t) => reviewed(drafts, await eventsOf(store, t.id))));
  return all.filter((t) => t !== null);
}

/**
 * Keeps a trail that another reviewer exported, once it is proved and of these drafts.
 * @throws FaultError naming the broken line, or what it is a review of
 */
export async function bringTrail(store: Store, set: string, drafts: readonly Draft[], text: string): Promise<string> {
  const proved = await verifyTrail(text, textHash);
  if (!proved.ok) throw new FaultError(fault('unreadable', `This trail is broken. ${proved.broken.message}`));
  const [first] = proved.events;
  if (first?.kind !== 'open') throw new FaultError(fault('unreadable', 'This file holds no review.'));
  if (first.drafts !== (await draftsHash(drafts, textHash)))
    throw new FaultError(
      fault('bad-argument', 'This is a review of other drafts. Open the drafts that were reviewed.'),
    );
  const { reviewer, role } = first;
  if ((await trailsOf(store, set)).some((t) => t.reviewer === reviewer && t.role === role))
    throw new FaultError(fault('bad-argument', `There is a trail of ${reviewer} here already.`));
  await importTrail(
    store,
    { id: crypto.randomUUID(), set, reviewer, role, madeAt: first.at, imported: true },
    proved.events,
  );
  return reviewer;
}

/** A benchmark's folder made from a set of drafts, its images read from the store when they are wanted. */
export async function benchmarkFolder(
  store: Store,
  set: DraftSet,
  drafts: readonly Draft[],
  trails: readonly Reviewed[] | null,
  thresholds: Thresholds,
  license: string | null,
): Promise<{ readonly name: string; readonly files: readonly SourceFile[]; readonly pairs: number }> {
  const outcomes = trails && resolve(drafts, trails, thresholds);
  const made = benchmarkFiles(
    outcomes ? reviewedEntries(outcomes) : unreviewedEntries(drafts),
    outcomes !== null,
    OFFICIAL_ANSWERING,
  );
  if (made.pairs === 0) throw new FaultError(fault('bad-argument', 'No pair enters the benchmark yet: none is kept.'));
  const review = trails && outcomes && { trails, outcomes, agreements: agreements(trails, thresholds), thresholds };
  const checks = checksOf(made.printed, set.blind ?? null);
  const card = datasetCard({
    ...{ name: set.name, license, lookalike: VERSION, madeAt: new Date().toISOString() },
    ...{ pairs: made.pairs, images: made.images.length, drafts, search: set.search ?? null, review },
    checks,
  });
  const texts = [
    ...made.files,
    { path: 'README.md', text: card },
    ...(checks.size > 0 ? [{ path: 'review/checks.csv', text: checksCsv(checks) }] : []),
    ...(review && review.agreements.length > 0
      ? [{ path: 'review/agreement.csv', text: agreementCsv(review.agreements) }]
      : []),
  ];
  const images = made.images.map(async ({ to, sha256, from }) => {
    const blob = await imageBlob(store, sha256);
    if (!blob)
      throw new FaultError(
        fault('not-found', `The image ${from} is not kept on this device. Bring its collection on the page of pairs.`),
      );
    return sourceFile(to, blob);
  });
  const files = [...texts.map((t) => sourceFile(t.path, new Blob([t.text]))), ...(await Promise.all(images))];
  return { name: set.name, files, pairs: made.pairs };
}
