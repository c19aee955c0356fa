/** Lookalike's own version, as results and certificates name it; kept equal to package.json by a test. */
export const VERSION = '0.1.0';
