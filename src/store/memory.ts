/**
 * Puts an IndexedDB that lives in memory, written in JavaScript, in the place of the browser's own: everything above it stays as it is, and all of it is
 * gone with the page.
 */
export async function replaceIndexedDb(): Promise<void> {
  // @ts-expect-error -- the package's types of this entry lie where its own exports do not show them
  await import('fake-indexeddb/auto');
}
