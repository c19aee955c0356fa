import * as connect from '../../../../src/hub/connect.ts';
import * as api from '../../../../src/hub/api.ts';
import { createHub } from '../../../../src/hub/client.ts';
import * as downloads from '../../../../src/hub/download.ts';
import { importModel } from '../../../../src/hub/import.ts';
import { repairFromHub } from '../../../../src/hub/repair.ts';
import * as models from '../../../../src/store/models.ts';
import { openStore } from '../../../../src/store/db.ts';
import { listDownloads } from '../../../../src/store/downloads.ts';
import { openAll } from '../../../../src/files/source.ts';
import { filesOfZip } from '../../../../src/files/zip.ts';
import { exportZip } from '../../../../src/store/transfer.ts';
import { verifyModel } from '../../../../src/store/verify.ts';
import { registerApp } from '../../../../src/sw/register.ts';

/** The store and the hub in a real browser, for the tests to drive: the same modules that the app uses, without its pages. */
const lab = {
  ...connect,
  ...api,
  createHub,
  ...downloads,
  repairFromHub,
  importModel,
  exportZip,
  filesOfZip: async (zip: Blob) => openAll(await filesOfZip(zip)),
  ...models,
  openStore,
  listDownloads,
  verifyModel,
  registerApp,
};
export type Lab = typeof lab;

declare global {
  interface Window {
    storeLab: Lab;
  }
}
window.storeLab = lab;
