/** The name of a file, without the folders of its path. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
