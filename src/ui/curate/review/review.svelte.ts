/* eslint-disable svelte/prefer-svelte-reactivity -- dates, sets and maps here are plain values that are replaced whole */
import { pairKey, type Draft } from '../../../core/drafting/draft.ts';
import { exportTrail } from '../../../core/review/chain.ts';
import type { Change, Kept, Score, Wording } from '../../../core/review/events.ts';
import { applied, fold, undoOf, untouched, verdict, type PairReview, type Verdict } from '../../../core/review/fold.ts';
import { checksOf } from '../../../core/review/lint.ts';
import { draftsHash } from '../../../core/review/subject.ts';
import { appendEvent, beginTrail, eventsOf, textHash } from '../../../store/reviews.ts';
import type { TrailRow } from '../../../store/review-rows.ts';
import { library } from '../../shared/library.svelte.ts';
import { FINE, scoreChange, scoreOf, unlessSame, type Judged } from './changes.ts';
import { DraftsInReview } from './drafts-in-review.svelte.ts';
import { isShown, type Shown } from './shown.ts';

/** One set of drafts under review by one person: everything on the screen follows from the events. */
export class Review extends DraftsInReview {
  trail = $state.raw<TrailRow | null>(null);
  events = $state.raw<readonly Kept[]>([]);
  pairs = $state.raw<ReadonlyMap<string, PairReview>>(new Map());
  at = $state<string | null>(null);
  shown = $state<Shown>('open');
  /** Which question the next score is for, and what is judged of each before it has one. */
  turn = $state<1 | 2>(1);
  pending = $state.raw<Readonly<Record<1 | 2, Omit<Score, 'score'>>>>({ 1: FINE, 2: FINE });
  /** Events are added one behind the other, however fast keys are pressed. */
  private adding: Promise<void> = Promise.resolve();

  readonly draft = $derived(this.drafts.find((d) => pairKey(d) === this.at) ?? null);
  readonly review = $derived(this.at === null ? null : (this.pairs.get(this.at) ?? null));
  readonly list = $derived(this.drafts.filter((d) => pairKey(d) === this.at || this.matches(pairKey(d))));
  /** What the checks before print say of each pair, as it is worded now. */
  readonly flags = $derived(
    checksOf(
      this.drafts.map((d) => ({ id: pairKey(d), wording: this.wordingOf(d), images: d.sha256 })),
      this.set?.blind ?? null,
    ),
  );
  readonly counts = $derived.by(() => {
    const all = [...this.pairs.values()].map((r) => verdict(r, this.thresholds));
    const count = (v: Verdict): number => all.filter((x) => x === v).length;
    return { open: count('open'), kept: count('kept'), dropped: count('dropped'), all: all.length };
  });

  /** A question as it is worded now. */
  wordingOf(draft: Draft): Wording {
    return (this.pairs.get(pairKey(draft))?.values ?? untouched(draft)).wording;
  }

  /** What the reviewers said of the pair in sight; nothing where it is a reviewer who looks. */
  get others(): readonly { readonly reviewer: string; readonly review: PairReview }[] {
    const { at, trail } = this;
    if (at === null || trail?.role !== 'adjudicator') return [];
    return this.reviewed.flatMap(({ opening, pairs }) => {
      const review = pairs.get(at);
      return opening.role === 'reviewer' && review ? [{ reviewer: opening.reviewer, review }] : [];
    });
  }

  /** Begins or goes on with a person's own trail. */
  async enter(reviewer: string, role: TrailRow['role']): Promise<void> {
    const { set } = this;
    if (!set) return;
    await this.guarded(async () => {
      const store = await library.opened();
      const own = this.trails.find((t) => t.reviewer === reviewer && t.role === role && !t.imported);
      const row: TrailRow = own ?? {
        ...{ id: crypto.randomUUID(), set: set.id, reviewer, role },
        ...{ madeAt: new Date().toISOString(), imported: false },
      };
      const drafts = await draftsHash(this.drafts, textHash);
      if (!own) await beginTrail(store, row, { kind: 'open', reviewer, role, drafts, thresholds: this.thresholds });
      this.trail = row;
      this.events = await eventsOf(store, row.id);
      this.pairs = fold(this.drafts, this.events).pairs;
      await this.refreshTrails();
      await this.look();
      this.shown = role === 'adjudicator' ? 'disagreed' : 'open';
      this.next();
      this.at ??= this.drafts[0] ? pairKey(this.drafts[0]) : null;
    });
  }

  leave(): void {
    this.trail = null;
    this.events = [];
    this.at = null;
  }

  /** Whatever is pressed is done in its turn: a key may come before what the one before it did is kept. */
  private queue(work: () => Promise<void> | void): void {
    this.adding = this.adding.then(() => this.guarded(async () => work()));
  }

  /** Adds what was done to the pair that is in sight by then. */
  change(make: (review: PairReview) => Change | null): void {
    this.queue(async () => {
      const made = this.review && make(this.review);
      if (made) await this.add(made);
    });
  }

  /** Scores a question, by default the one in turn; the other is then in turn. */
  score(value: number, which: 1 | 2 | null = null): void {
    this.queue(async () => {
      const { review } = this;
      if (!review) return;
      const n = which ?? this.turn;
      const made = unlessSame(scoreChange(review, n, scoreOf(review, n) ?? this.pending[n], value));
      if (made) await this.add(made);
      this.turn = n === 1 ? 2 : 1;
    });
  }

  /** Says the opposite of one judgement. What is not correct is scored by that alone; the others wait for a score. */
  judge(what: Judged, which: 1 | 2 | null = null): void {
    this.queue(async () => {
      const { review } = this;
      if (!review) return;
      const n = which ?? this.turn;
      const now = scoreOf(review, n);
      const { correct, relevant, language } = now ?? this.pending[n];
      const next = { correct, relevant, language, [what]: !{ correct, relevant, language }[what] };
      this.pending = { ...this.pending, [n]: next };
      const made = now || !next.correct ? unlessSame(scoreChange(review, n, next, now?.score ?? 1)) : null;
      if (made) await this.add(made);
    });
  }

  otherTurn(): void {
    this.queue(() => {
      this.turn = this.turn === 1 ? 2 : 1;
    });
  }

  /** Takes the last thing back that still stands, and shows its pair. */
  undo(): void {
    this.queue(async () => {
      const made = undoOf(this.events);
      if (made === null) return;
      await this.add(made);
      if (made.pair !== this.at) this.show(made.pair);
      this.pending = { 1: FINE, 2: FINE };
    });
  }

  private async add(change: Change): Promise<void> {
    const [last, trail] = [this.events.at(-1), this.trail];
    if (!last || !trail) return;
    const event = await appendEvent(await library.opened(), trail.id, last, change);
    this.events = [...this.events, event];
    const draft = this.drafts.find((d) => pairKey(d) === change.pair);
    const before = this.pairs.get(change.pair);
    if (draft && before) this.pairs = new Map(this.pairs).set(change.pair, applied(before, change, untouched(draft)));
  }

  /** The next pair of the list behind the one in sight, from the beginning again at its end. */
  next(step: 1 | -1 = 1): void {
    const list = this.drafts.filter((d) => this.matches(pairKey(d)));
    const place = this.drafts.findIndex((d) => pairKey(d) === this.at);
    const behind = (d: Draft): boolean => this.drafts.indexOf(d) > place;
    const before = (d: Draft): boolean => this.drafts.indexOf(d) < place;
    const to = step === 1 ? (list.find(behind) ?? list[0]) : (list.findLast(before) ?? list.at(-1));
    if (to) this.show(pairKey(to));
  }

  private show(pair: string): void {
    this.at = pair;
    this.turn = 1;
    this.pending = { 1: FINE, 2: FINE };
  }

  /** Goes to another pair once what was pressed is kept. */
  goOn(step: 1 | -1 = 1): void {
    this.queue(() => this.next(step));
  }

  matches(pair: string): boolean {
    const review = this.pairs.get(pair);
    return review !== undefined && isShown(review, this.shown, this.outcomes, this.thresholds);
  }

  /** The trail as JSON Lines with its seal. */
  async exported(): Promise<Blob> {
    await this.adding;
    return new Blob([await exportTrail(this.events, new Date().toISOString(), textHash)], {
      type: 'application/jsonl',
    });
  }
}
