const HIDDEN = /(^|\/)(\.[^/]+|node_modules|__pycache__|__MACOSX)(\/|$)/;

/**
 * Whether a path leads through a name that begins with a dot, or through what package managers, Python and macOS leave behind: never part of
 * a model, a benchmark or results.
 */
export const isHidden = (path: string): boolean => HIDDEN.test(path);
