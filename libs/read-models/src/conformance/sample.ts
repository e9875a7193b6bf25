import { defineReadModels } from '../define-read-models.ts'
import type { Batch } from '../read-model-store.ts'

export const sampleModels = defineReadModels({
  name: 'sample',
  version: 1,
  rankings: ['wins'],
  documents: {
    team: { requires: ['title', 'points'], index: { by_points: 'points', by_bonus: { field: 'bonus', absent: 0 } } },
  },
  on: {},
})

export const at = (seq: number) => ({ logId: 'log', seq, eventId: `e${seq}` })
export const batch = (from: number, to: number, steps: Batch['steps']): Batch => ({
  moves: [{ topic: 't', partition: 0, from: from === 0 ? null : at(from), to: at(to) }],
  steps,
})
export const win = (member: number, add: number) => ({ ranking: 'wins', member, add })
