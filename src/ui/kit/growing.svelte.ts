/**
 * How much of a long list is drawn: some at once, the rest in steps of their own, so that no task of the page is long. It does not shrink.
 * @param total length of the list
 */
export function createGrowing(total: () => number, step = 24) {
  let drawn = $state(step);
  $effect(() => {
    if (drawn >= total()) return;
    const timer = setTimeout(() => (drawn += step), 16);
    return () => clearTimeout(timer);
  });
  return {
    get drawn() {
      return drawn;
    },
  };
}
