import { tick, untrack } from 'svelte';

/** Rows of a long list that are drawn: from the first on, below the second. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Rows that are drawn wherever the list is, where nobody says: a key that walks through the page must find the list's ends. */
const LEAST = 20;

/**
 * The rows of a list that are in sight, and as many again on either side; its nearer end where it is out of sight.
 * @param top of the list against the window's upper edge, px
 * @param row height of every row, px
 * @param height of the window, px
 * @param least rows that are drawn wherever the list is
 */
export function rangeInSight(top: number, row: number, height: number, total: number, least = LEAST): Range {
  const [first, last] = [-top / row, (height - top) / row];
  const more = height / row;
  return {
    from: Math.max(0, Math.min(Math.floor(first - more), total - least)),
    to: Math.min(total, Math.max(Math.ceil(last + more), least)),
  };
}

/**
 * Draws of a list that scrolls with the page only what is in sight. All rows have the same height.
 * @param list the element whose children are the rows; it is as high as all of them
 * @param row height of a row with the space behind it, px
 * @param least rows that are drawn wherever the list is
 */
export function createWindowed(
  list: () => HTMLElement | undefined,
  total: () => number,
  row: () => number,
  least = LEAST,
) {
  let range = $state.raw<Range>({ from: 0, to: 0 });

  function look(): void {
    const element = list();
    if (!element) return;
    const next = rangeInSight(element.getBoundingClientRect().top, row(), innerHeight, total(), least);
    // What is drawn is no reason to look again.
    const now = untrack(() => range);
    if (next.from !== now.from || next.to !== now.to) range = next;
  }
  $effect(() => {
    look();
    let asked = 0;
    const soon = (): void => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        look();
      });
    };
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    // What stands above the list may grow without a scroll or a resize of the window.
    const observer = new ResizeObserver(soon);
    observer.observe(document.body);
    return () => {
      cancelAnimationFrame(asked);
      observer.disconnect();
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  });
  return {
    get range(): Range {
      return { from: Math.min(range.from, total()), to: Math.min(range.to, total()) };
    },
    /** Scrolls the page until a row is whole in sight, and draws it. */
    async show(at: number): Promise<void> {
      const element = list();
      if (!element) return;
      const top = element.getBoundingClientRect().top + at * row();
      const below = top + row() - innerHeight;
      if (top < 0) scrollBy({ top, behavior: 'instant' });
      else if (below > 0) scrollBy({ top: below, behavior: 'instant' });
      look();
      await tick();
    },
  };
}
