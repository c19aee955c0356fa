/** The one tooltip of the page; it stands in the top layer, so that no scrolling table cuts it off. */
function createTip() {
  let shown = $state.raw<{ readonly text: string; readonly x: number; readonly y: number } | null>(null);
  return {
    get value() {
      return shown;
    },
    show(text: string, anchor: Element): void {
      const box = anchor.getBoundingClientRect();
      shown = { text, x: box.left, y: box.bottom + 6 };
    },
    hide(): void {
      shown = null;
    },
  };
}

export const tip = createTip();
