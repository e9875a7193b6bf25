import type { GenerationStatus, ReadModelStatus } from '@magasin/read-models/read-model-store'

interface Recorded {
  /** Events from which read models are projected. */
  readonly recorded: number
  /** Of the definition that this version has. */
  readonly fingerprint: string
}

/** How far read models are, line by line. */
export function describeStatus(status: ReadModelStatus, { recorded, fingerprint }: Recorded): readonly string[] {
  const { current, shadow, rebuilds, projector } = status
  const waiting = rebuilds.requested - rebuilds.answered
  return [
    `Readers see  ${current === null ? 'nothing yet: they are built for the first time' : describeGeneration(current, recorded)}`,
    ...(current !== null && current.fingerprint !== fingerprint
      ? ['             by another definition: the shop builds them anew when it runs']
      : []),
    ...(shadow === null ? [] : [`Being built  ${describeGeneration(shadow, recorded)}`]),
    ...(waiting > 0 ? [`Asked for    ${waiting === 1 ? 'a rebuild' : `${waiting} rebuilds, which one answers`}`] : []),
    `Projector    ${projector ?? 'none now: the shop does not run, or cannot write there (its log says why)'}`,
  ]
}

function describeGeneration({ generation, events }: GenerationStatus, recorded: number): string {
  const far = events >= recorded ? 'all' : `${Math.floor((100 * events) / recorded)} %`
  return `generation ${generation}: ${events.toLocaleString('en')} of ${recorded.toLocaleString('en')} events, ${far}`
}
