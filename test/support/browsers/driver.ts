/** A real browser as the tests drive it; one page. */
export interface Driver {
  /** Name and version, as the browser tells them. */
  readonly version: string;
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Calls `async (...args) => body` in the page and gives its JSON value. */
  call(body: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Puts files of this machine into the `<input type=file>` that the selector finds. */
  setFiles(selector: string, paths: readonly string[]): Promise<void>;
  /** Where the browser puts what is downloaded. */
  readonly downloads: string;
  close(): Promise<void>;
}
