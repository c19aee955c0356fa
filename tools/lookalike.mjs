#!/usr/bin/env node
/** The command line: `lookalike COMMAND`, and behind every `npm run COMMAND` (tools/commands/registry.mjs lists them). */
import { main } from './cli/main.mjs';
import { runMain } from './say.mjs';

// `npm run evaluate | head` ends the reader early: that is no fault of the command.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
await runMain(() => main(process.argv.slice(2)));
