/** A path with its "." and ".." carried out. */
export function straight(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && out.length > 0) out.pop();
    else if (part !== '.' && part !== '' && part !== '..') out.push(part);
  }
  return out.join('/');
}

const ABSOLUTE = /^(?:file:\/*|[A-Za-z]:[\\/]|[\\/]{1,2}|~[\\/]|[a-z][a-z0-9+.-]*:\/\/)/i;

/** A path that the file may have had where the question file was written, and what makes it another one. */
export interface OtherPath {
  readonly path: string;
  readonly otherwise: string;
}

/**
 * Other readings of an address that no file has as it is written, the likeliest first: the path of an address of the web, percent-encoding undone, and the
 * ends of an absolute path (of another computer, a Windows drive, a file:// address).
 */
export function otherPaths(written: string): readonly OtherPath[] {
  const out = new Map<string, string>();
  const add = (path: string, otherwise: string): void => {
    const tidied = straight(path.replace(/\\/g, '/')).normalize('NFC');
    if (tidied !== '' && !out.has(tidied)) out.set(tidied, otherwise);
  };
  const trimmed = written
    .trim()
    .replace(/^["'<]+|["'>]+$/g, '')
    .replace(/^[\\/]{2}[?.][\\/](?:UNC[\\/])?/, ''); // Windows' own way of writing long paths
  add(trimmed, 'the path as it is meant');
  const plain = trimmed.replace(/[?#].*$/s, '');
  add(plain, 'what stands behind ? or # is no part of a path');
  for (const path of [plain, trimmed]) {
    for (const read of decodings(path)) add(read, 'percent-encoding and the like undone');
  }
  if (ABSOLUTE.test(trimmed)) {
    for (const path of [plain, ...decodings(plain)]) {
      const parts = path.replace(ABSOLUTE, '').replace(/\\/g, '/').split('/');
      for (let from = 0; from < parts.length; from++)
        add(parts.slice(from).join('/'), 'the end of a path of another computer');
    }
  }
  return [...out].map(([path, otherwise]) => ({ path, otherwise }));
}

/** The texts that an encoded one may stand for: percent-encoding once and twice, in UTF-8 or Latin-1; `+` for a space; HTML's &amp;. */
function decodings(path: string): readonly string[] {
  const once = percentDecoded(path);
  const all = [
    once,
    percentDecoded(once),
    once.replace(/\+/g, ' '),
    once.replace(/&amp;/g, '&').replace(/&#39;/g, "'"),
  ];
  return [...new Set(all)].filter((p) => p !== path);
}

function percentDecoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
}
