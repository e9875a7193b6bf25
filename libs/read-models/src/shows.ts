import type { ReadModels } from './define-read-models.ts'
import type { Cell } from './step.ts'

/** Whether a record has every field that its definition requires. */
export function shows({ records }: ReadModels, record: string, fields: Readonly<Record<string, Cell>>): boolean {
  return records.get(record)?.requires.every((field) => Object.hasOwn(fields, field)) ?? false
}
