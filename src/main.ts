import { mount } from 'svelte';
import './ui/shell/styles/tokens.css';
import './ui/shell/styles/base.css';
// The chosen theme holds from the first paint.
import './ui/kit/theme.svelte.ts';

/** The page; or, when the command line opened it with `?drive`, only the hook by which it is driven. */
async function start(): Promise<void> {
  if (new URLSearchParams(location.search).has('drive')) {
    const { installDrive } = await import('./cli/index.ts');
    installDrive();
    return;
  }
  const target = document.getElementById('app');
  if (!target) throw new Error('The page has no element #app.');
  const { default: App } = await import('./ui/App.svelte');
  mount(App, { target });
}

void start();
