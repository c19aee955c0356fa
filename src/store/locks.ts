export { webLocks } from '../bridge/locks.ts';
