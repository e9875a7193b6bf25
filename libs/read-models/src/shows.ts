import type { ReadModels } from './define-read-models.ts'
import type { Cell } from './step.ts'

/** Whether a document has every field that its definition requires. */
export function shows({ documents }: ReadModels, document: string, fields: Readonly<Record<string, Cell>>): boolean {
  return documents.get(document)?.requires.every((field) => Object.hasOwn(fields, field)) ?? false
}
