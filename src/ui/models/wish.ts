import * as v from 'valibot';

/** The model whose dialog is open. It survives the reload that opening the page to the hub takes, once, in this tab. */
export interface Wish {
  readonly id: string;
  readonly dtype: string;
}

const KEY = 'lookalike-wish';
const schema: v.GenericSchema<unknown, Wish> = v.object({ id: v.string(), dtype: v.string() });

export function leaveWish(wish: Wish | null): void {
  try {
    if (wish) sessionStorage.setItem(KEY, JSON.stringify(wish));
  } catch {
    // Storage is blocked: the user opens the dialog again.
  }
}

export function takeWish(): Wish | null {
  try {
    const kept = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    const wish = v.safeParse(schema, JSON.parse(kept ?? 'null'));
    return wish.success ? wish.output : null;
  } catch {
    return null;
  }
}
