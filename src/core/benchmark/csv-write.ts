/** A cell as RFC 4180 wants it. */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** A table as CSV, each line ended. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

/** A list as Python writes it, which is how the published table has categories. */
export function pythonList(items: readonly string[]): string {
  const quoted = items.map((i) =>
    i.includes("'") && !i.includes('"') ? `"${i}"` : `'${i.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`,
  );
  return `[${quoted.join(', ')}]`;
}
