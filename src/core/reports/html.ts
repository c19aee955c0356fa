import type { Report } from './document.ts';
import type { Block } from './document-blocks.ts';
import type { Cell, Grid } from './grid.ts';
import { escapeHtml } from './plots.ts';
import { REPORT_CSS } from './styles.ts';
import type { WorstPair } from './worst.ts';

/** An image of a pair as a data: address; null where it is not shown. */
export type ImageAddress = (pair: string, image: 1 | 2) => string | null;

export interface HtmlOptions {
  /** Version of this program, for the last line. */
  readonly version: string;
  /** Off unless given: images of patients are nobody's to pass on by accident. */
  readonly image?: ImageAddress;
}

/** What a report may load: nothing. Styles are in it, images are data. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A report as one HTML file that needs no script and no network. */
export function reportHtml(report: Report, { version, image = () => null }: HtmlOptions): string {
  const sections = report.sections.map((section, i) => ({ ...section, id: `s${i + 1}` }));
  const links = sections.map((s) => `<li><a href="#${s.id}">${escapeHtml(s.title)}</a></li>`).join('');
  const bodies = sections.map(
    (s) =>
      `<section aria-labelledby="${s.id}"><h2 id="${s.id}">${escapeHtml(s.title)}</h2>\n${s.blocks.map((b) => blockHtml(b, image)).join('\n')}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(report.title)}</title>
<style>${REPORT_CSS}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(report.title)}</h1>
${report.lead.map((t) => paragraph(t)).join('\n')}
<nav aria-label="Sections"><ul>${links}</ul></nav></header>
${bodies.join('\n')}
<footer class="note">Made by Lookalike ${escapeHtml(version)}. This file loads nothing and runs nothing.</footer>
</main>
</body>
</html>
`;
}

function paragraph(text: string, kind = ''): string {
  return `<p${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</p>`;
}

function blockHtml(block: Block, image: ImageAddress): string {
  switch (block.kind) {
    case 'text':
      return paragraph(block.text, block.alert === true ? 'alert' : '');
    case 'plots':
      return `<div class="plots" tabindex="0" role="group" aria-label="Plots">${block.svg.join('')}</div>`;
    case 'grid':
      return gridHtml(block.grid, block.heat === true);
    case 'pairs':
      return block.pairs.map((p) => pairHtml(p, image)).join('\n');
  }
}

const isNumber = (text: string): boolean => /^[-+]?[\d.]+(e[-+]\d+)?$|^-$|^< 0\.001$|^\d+ of \d+$/.test(text);

function gridHtml(grid: Grid, heat: boolean): string {
  if (grid.rows.length === 0) return grid.notes.map((t) => paragraph(t, 'note')).join('');
  const caption = escapeHtml(grid.caption);
  const numeric = grid.columns.map((_, i) => i > 0 && grid.rows.every((r) => isNumber(r[i]?.text ?? '')));
  const groups = grid.groups
    ?.map((g) =>
      g.text === ''
        ? `<td colspan="${g.span}"></td>`
        : `<th scope="colgroup" colspan="${g.span}">${escapeHtml(g.text)}</th>`,
    )
    .join('');
  const heads = grid.columns
    .map((c, i) =>
      c === '' ? '<td></td>' : `<th scope="col"${numeric[i] ? ' class="num"' : ''}>${escapeHtml(c)}</th>`,
    )
    .join('');
  const body = grid.rows.map(
    (row) => `<tr>${row.map((c, i) => cellHtml(c, i, numeric[i] === true, heat)).join('')}</tr>`,
  );
  return `<h3>${caption}</h3>
<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table${heat ? ' class="heat"' : ''}><thead>${groups === undefined ? '' : `<tr>${groups}</tr>`}<tr>${heads}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>
${grid.notes.map((t) => paragraph(t, 'note')).join('\n')}`;
}

function cellHtml({ text, marks }: Cell, column: number, numeric: boolean, heat: boolean): string {
  const inner = marks.length === 0 ? escapeHtml(text) : `<span class="${marks.join(' ')}">${escapeHtml(text)}</span>`;
  if (column === 0) return `<th scope="row"${text.length > 32 ? ' class="wide"' : ''}>${inner}</th>`;
  const share = heat && /^\d+\.\d+$/.test(text) ? Math.min(10, Math.round(Number(text) / 10)) : null;
  const kinds = [
    ...(numeric ? ['num'] : text.length <= 8 ? ['short'] : []),
    ...(share === null ? [] : [`h${share}`]),
    ...(/^[0-9a-f]{64}$/.test(text) ? ['hash'] : text.length > 32 ? ['wide'] : []),
  ];
  return `<td${kinds.length === 0 ? '' : ` class="${kinds.join(' ')}"`}>${inner}</td>`;
}

/** A pair with its images; nothing where there are none: the table above it says the rest. */
function pairHtml({ pair }: WorstPair, image: ImageAddress): string {
  const shown = ([1, 2] as const).flatMap((i) => {
    const address = image(pair.id, i);
    if (address === null) return [];
    const right = pair.images[i === 1 ? 0 : 1].right;
    const alt = `Image ${i} of pair ${pair.id}`;
    return [
      `<figure><img src="${escapeHtml(address)}" alt="${escapeHtml(alt)}"><figcaption class="note">Image ${i}, right: ${right}</figcaption></figure>`,
    ];
  });
  if (shown.length === 0) return '';
  return `<div class="pair"><p>${escapeHtml(`${pair.id}: ${pair.question} A: ${pair.options.A} B: ${pair.options.B}`)}</p><div>${shown.join('')}</div></div>`;
}
