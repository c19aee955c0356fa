export type Theme = 'system' | 'light' | 'dark';
const KEY = 'lookalike-theme';

function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system'; // storage is blocked: the system's theme is right then
  }
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

function createTheme() {
  const kept = readTheme();
  let theme = $state<Theme>(kept);
  apply(kept);
  return {
    get value(): Theme {
      return theme;
    },
    set(next: Theme): void {
      theme = next;
      apply(next);
      try {
        if (next === 'system') localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, next);
      } catch {
        // Kept for this visit only.
      }
    },
  };
}

export const theme = createTheme();
