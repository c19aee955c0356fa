import type { ReliabilityBin } from '../statistics/calibration.ts';
import type { Margins } from '../statistics/margins.ts';

/*
 * Plots as SVG text, drawn from numbers alone: no document, no script. Colours are classes (styles.ts), so that a page's theme holds for them too.
 */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML and SVG take it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
}

/** A number as coordinates are written: two decimals at most. */
const n = (x: number): string => String(Math.round(x * 100) / 100);

function svg(width: number, height: number, label: string, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${n(width)} ${n(height)}" width="${n(width)}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg>`;
}
function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" class="${kind}"/>`;
}
function label(x: number, y: number, text: string, kind = ''): string {
  return `<text x="${n(x)}" y="${n(y)}"${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</text>`;
}

/** A point and its interval; percent. */
export interface IntervalMark {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly best: boolean;
}

/** Intervals on one axis from 0 to 100%, with the line of random guessing. */
export function intervalSvg(rows: readonly IntervalMark[], chance: number, title: string): string {
  const longest = Math.max(...rows.map((r) => shortened(r.name, 30).length));
  const [left, width, right, step] = [Math.max(40, longest * 6.6 + 14), 320, 140, 26];
  const x = (v: number): number => left + (v / 100) * width;
  const bottom = rows.length * step + 8;
  const ticks = [0, 25, 50, 75, 100];
  const parts = [
    ...ticks.map((t) => line(x(t), 4, x(t), bottom, 'grid')),
    line(x(chance), 4, x(chance), bottom, 'chance'),
    ...rows.flatMap(({ name, value, low, high, best }, i) => {
      const y = i * step + step / 2 + 4;
      return [
        label(left - 12, y + 4, shortened(name, 30), 'end'),
        line(x(low), y, x(high), y, 'bar'),
        ...[low, high].map((v) => line(x(v), y - 4, x(v), y + 4, 'bar')),
        `<circle cx="${n(x(value))}" cy="${n(y)}" r="4.5" class="${best ? 'dot best' : 'dot'}"/>`,
        label(
          left + width + 14,
          y + 4,
          `${value.toFixed(2)}  (${low.toFixed(1)}–${high.toFixed(1)})`,
          best ? 'strong' : '',
        ),
      ];
    }),
    ...ticks.map((t) => label(x(t), bottom + 16, String(t), 'middle muted')),
    label(x(chance), bottom + 32, `random guessing, ${chance}%`, 'middle muted'),
  ];
  const spoken = rows.map(
    (r) => `${r.name} ${r.value.toFixed(2)}%, 95% interval ${r.low.toFixed(1)} to ${r.high.toFixed(1)}`,
  );
  return svg(left + width + right, bottom + 38, `${title}. ${spoken.join('; ')}.`, parts);
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Accuracy against confidence, a dot for each bin, as large as its questions are many; on the diagonal probabilities mean what they say. */
export function reliabilitySvg(name: string, bins: readonly ReliabilityBin[]): string {
  const [left, top, size] = [40, 26, 180];
  const x = (v: number): number => left + v * size;
  const y = (v: number): number => top + (1 - v) * size;
  const most = Math.max(1, ...bins.map((b) => b.questions));
  const ticks = [0, 0.5, 1];
  const parts = [
    label(left, 14, name, 'strong'),
    ...ticks.flatMap((t) => [line(x(t), y(0), x(t), y(1), 'grid'), line(x(0), y(t), x(1), y(t), 'grid')]),
    line(x(0), y(0), x(1), y(1), 'chance'),
    `<polyline class="curve" points="${bins.map((b) => `${n(x(b.confidence))},${n(y(b.accuracy))}`).join(' ')}"/>`,
    ...bins.map(
      (b) =>
        `<circle cx="${n(x(b.confidence))}" cy="${n(y(b.accuracy))}" r="${n(3 + 5 * Math.sqrt(b.questions / most))}" class="blob"/>`,
    ),
    ...ticks.map((t) => label(x(t), y(0) + 15, String(t * 100), 'middle muted')),
    ...ticks.map((t) => label(left - 8, y(t) + 4, String(t * 100), 'end muted')),
    label(x(0.5), y(0) + 31, 'confidence, %', 'middle muted'),
  ];
  const spoken = bins.map(
    (b) => `${(b.confidence * 100).toFixed(0)}% sure, ${(b.accuracy * 100).toFixed(0)}% right (${b.questions})`,
  );
  return svg(left + size + 16, top + size + 38, `Reliability of ${name}: ${spoken.join('; ')}.`, parts);
}

/** Margins as bars: right answers above the line, wrong ones below. */
export function marginSvg(name: string, { histogram }: Margins): string {
  const [left, top, width, half] = [14, 26, 206, 70];
  const most = Math.max(1, ...histogram.flatMap((b) => [b.right, b.wrong]));
  const bar = width / Math.max(1, histogram.length);
  const middle = top + half;
  const end = histogram.at(-1)?.high ?? 0;
  const rect = (i: number, count: number, up: boolean): string => {
    const h = (count / most) * half;
    return count === 0
      ? ''
      : `<rect x="${n(left + i * bar + 0.5)}" y="${n(up ? middle - h : middle)}" width="${n(bar - 1)}" height="${n(h)}" class="${up ? 'right' : 'wrong'}"/>`;
  };
  const parts = [
    label(left, 14, name, 'strong'),
    ...histogram.flatMap((b, i) => [rect(i, b.right, true), rect(i, b.wrong, false)]),
    line(left, middle, left + width, middle, 'axis'),
    label(left + width, top + 10, 'right', 'end muted'),
    label(left + width, middle + half, 'wrong', 'end muted'),
    label(left, middle + half + 16, '0', 'muted'),
    label(left + width, middle + half + 16, `${end.toPrecision(2)} nats`, 'end muted'),
  ];
  const sum = (side: 'right' | 'wrong'): number => histogram.reduce((s, b) => s + b[side], 0);
  return svg(
    left + width + 16,
    middle + half + 24,
    `Margins of ${name}: ${sum('right')} right and ${sum('wrong')} wrong answers, from 0 to ${end.toPrecision(2)} nats.`,
    parts,
  );
}
