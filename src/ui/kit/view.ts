/** How the two images of a pair are looked at; one state for both, so that they always show the same place in the same way. */
export interface View {
  /** 'fit': the whole image fills its pane; 'pixels': one image pixel is one pixel of the screen. */
  readonly base: 'fit' | 'pixels';
  readonly zoom: number;
  /** Shift of the image's centre in pane widths and heights. */
  readonly x: number;
  readonly y: number;
  /** Grey values 0 to 255 that are spread from black to white, and their middle. */
  readonly window: number;
  readonly level: number;
}
export const PLAIN_VIEW: View = { base: 'fit', zoom: 1, x: 0, y: 0, window: 255, level: 127.5 };
const ZOOM = { least: 0.5, most: 32 };

/**
 * Zooms by a factor about a point of the pane, which stays where it is.
 * @param at offset of the point from the pane's centre, in pane widths and heights
 */
export function zoomed(view: View, factor: number, at: { x: number; y: number } = { x: 0, y: 0 }): View {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, view.zoom * factor));
  const f = zoom / view.zoom;
  return { ...view, zoom, x: at.x + (view.x - at.x) * f, y: at.y + (view.y - at.y) * f };
}

export function moved(view: View, dx: number, dy: number): View {
  const most = Math.max(1, view.zoom);
  const hold = (v: number): number => Math.min(most, Math.max(-most, v));
  return { ...view, x: hold(view.x + dx), y: hold(view.y + dy) };
}

export function windowed(view: View, dWindow: number, dLevel: number): View {
  return {
    ...view,
    window: Math.min(512, Math.max(2, view.window + dWindow)),
    level: Math.min(255, Math.max(0, view.level + dLevel)),
  };
}

/** out = slope * in + intercept on values 0 to 1: what an SVG feFunc of type linear takes. */
export function transferOf(view: Pick<View, 'window' | 'level'>): { slope: number; intercept: number } {
  return { slope: 255 / view.window, intercept: 0.5 - view.level / view.window };
}

export function isWindowed(view: View): boolean {
  return view.window !== PLAIN_VIEW.window || view.level !== PLAIN_VIEW.level;
}

/** Scale that fits an image into a pane, in CSS pixels an image pixel. */
export function fitScale(image: { width: number; height: number }, pane: { width: number; height: number }): number {
  if (image.width === 0 || image.height === 0) return 1;
  return Math.min(pane.width / image.width, pane.height / image.height);
}
