import { test } from '@playwright/test';
import { walk } from './walk.ts';

test('a new user runs the demo, brings own folders, survives a reload, looks at an item and exports', ({
  page,
}, info) => walk(page, info));
