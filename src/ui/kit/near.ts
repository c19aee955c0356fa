/** Calls back once when an element comes near the screen. One observer for the whole page. */
const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

function observe(): IntersectionObserver {
  return (observer ??= new IntersectionObserver(
    (entries, all) => {
      for (const e of entries) {
        if (!e.isIntersecting) continue;
        all.unobserve(e.target);
        waiting.get(e.target)?.();
        waiting.delete(e.target);
      }
    },
    { rootMargin: '300px' },
  ));
}

/** @returns the way to stop waiting */
export function whenNear(element: Element, then: () => void): () => void {
  waiting.set(element, then);
  observe().observe(element);
  return () => {
    waiting.delete(element);
    observer?.unobserve(element);
  };
}
