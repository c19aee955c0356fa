import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';

const folder = new URL('../../docs/schema/', import.meta.url);

/** The published JSON Schemas of the results folder (docs/results.md). */
export type SchemaName = 'run' | 'record' | 'summary';

const compiled = new Map<SchemaName, ValidateFunction>();

function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  const schema: object = JSON.parse(readFileSync(new URL(`${name}.schema.json`, folder), 'utf8')) as object;
  const made = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  compiled.set(name, made);
  return made;
}

/**
 * What is wrong with a value by a published schema.
 * @returns one line for each fault, with its place; empty where there is none
 */
export function schemaFaults(name: SchemaName, value: unknown): readonly string[] {
  const validate = validator(name);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((e) => `${name}${e.instancePath}: ${e.message ?? e.keyword}`);
}

/**
 * What is wrong with the files of a results folder.
 * @param text content of a file of the folder, by its name
 */
export function folderFaults(text: (file: string) => string): readonly string[] {
  const lines = text('records.jsonl')
    .split('\n')
    .filter((line) => line !== '');
  return [
    ...schemaFaults('run', JSON.parse(text('run.json'))),
    ...schemaFaults('summary', JSON.parse(text('summary.json'))),
    ...lines.flatMap((line) => schemaFaults('record', JSON.parse(line))),
  ];
}
