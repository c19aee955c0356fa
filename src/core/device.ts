/** Where a model is computed in this browser. */
export const DEVICES = ['webgpu', 'wasm'] as const;
export type Device = (typeof DEVICES)[number];
/** What may be asked for: a device, or whichever passes its checks. */
export type DeviceChoice = 'auto' | Device;
