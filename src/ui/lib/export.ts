export async function saveResults(..._: unknown[]): Promise<void> {}
