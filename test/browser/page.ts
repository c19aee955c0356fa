import { expect, type Page } from '@playwright/test';

/* What the browser tests do with a page and Playwright has no word for. */

/**
 * Goes to an address of the same document and waits until its page is there: `goto` may come back while the page before still stands, with fields and
 * buttons that are named alike.
 */
export async function visit(page: Page, hash: string, heading: string | RegExp): Promise<void> {
  await page.goto(`./${hash}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
}

/** The id of the run that the page goes to. */
export async function runOf(page: Page): Promise<string> {
  await expect(page).toHaveURL(/#\/runs\/[0-9a-f]+$/);
  return /runs\/([0-9a-f]+)/.exec(page.url())?.[1] ?? '';
}

/** Clicks a button that reloads the page, and waits until the page is there anew. */
export async function reloadBy(page: Page, click: () => Promise<void>): Promise<void> {
  const loaded = page.waitForEvent('load');
  await click();
  await loaded;
}

/**
 * Has the page press a button of its own, or reload itself, in the very turn in which it says something. A click from here comes a round trip later, and
 * on a busy machine what it was to interrupt is over by then. To be asked for before that can be said.
 * @param what the button's words; null to reload
 */
export async function onceSaid(page: Page, said: RegExp, what: string | null): Promise<void> {
  await page.evaluate(
    ([pattern, button]) => {
      const due = new RegExp(pattern);
      const look = (): void => {
        const main = document.querySelector('main');
        if (!due.test(main?.textContent ?? '')) return;
        const found = [...(main?.querySelectorAll('button') ?? [])].find((b) => b.textContent.trim() === button);
        if (button !== null && (found === undefined || found.disabled)) return;
        observer.disconnect();
        if (button === null) location.reload();
        else found?.click();
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    },
    [said.source, what] as const,
  );
}

/** The page is not wider than its window, once it has been laid out for it. */
export async function expectNoOverflow(page: Page, what = 'pixels beyond the window'): Promise<void> {
  const over = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect.poll(over, { message: what }).toBeLessThanOrEqual(0);
}
