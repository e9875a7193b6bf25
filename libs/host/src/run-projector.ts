import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventLog } from '@magasin/event-log/event-log'
import type { ReadModels } from '@magasin/read-models/define-read-models'
import { startProjector, type Projector, type ProjectorListener } from '@magasin/read-models/projector'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import type { Health } from '@magasin/service-kit/health'
import type { Logger } from '@magasin/service-kit/logger'
import { addCounter, addGauge, type Metrics } from '@magasin/service-kit/metrics'
import type { PartitionRef } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'

export interface ProjectRequest {
  readonly models: ReadModels
  /** What they are projected from: topics of the part's own store. */
  readonly topics: readonly string[]
  readonly store: ReadModelStore
}

export interface ProjectorContext extends ProjectRequest {
  readonly catalogue: Catalogue
  readonly log: EventLog
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
}

export const readModelsCheck = { name: 'read-models', required: false } as const

/** Keeps read models at the end of the log of a store, with metrics and a health check. */
export function runProjector(context: ProjectorContext): Projector {
  const { catalogue, health, store, metrics } = context
  const { listener, anyFault } = listen(context)
  const projector = startProjector({ ...context, decode: (record) => catalogue.decode(record), listener })
  const lag = addGauge(metrics, {
    name: 'magasin_read_models_lag',
    help: 'Events that the read models do not have yet; NaN in a process that does not project them, or cannot',
    collect: () => lag.set(projector.lag() ?? Number.NaN),
  })
  health.add({
    ...readModelsCheck,
    async check() {
      await store.check()
      const fault = anyFault()
      if (fault !== undefined) throw new MagasinError(catalogue.errorKind(codeOf(fault)), 'the projector cannot go on')
    },
  })
  return projector
}

/** Logs what an operator wants to know: a fault once, and that it is over. */
function listen({ logger, metrics, models }: ProjectorContext) {
  const builds = addCounter(metrics, {
    name: 'magasin_read_models_builds_total',
    help: 'Read models built anew by this process',
  })
  const faults = new Map<string, unknown>()
  const readModels = models.name
  const listener: ProjectorListener = {
    onBuildBegun: (generation, why) => logger.info({ readModels, generation, why }, 'read models are built anew'),
    onBuilt(generation, events) {
      builds.inc()
      logger.info({ readModels, generation, events }, 'read models are built')
    },
    onFault(fault, at) {
      const key = keyOf(at)
      const known = faults.get(key)
      faults.set(key, fault)
      if (known === undefined || codeOf(known) !== codeOf(fault))
        logger.warn({ readModels, ...at, err: fault }, 'read models are not up to date, and are tried again')
    },
    onRecovery(at) {
      if (faults.delete(keyOf(at))) logger.info({ readModels, ...at }, 'read models go on')
    },
  }
  return { listener, anyFault: (): unknown => faults.values().next().value }
}

/** `null` is all of them. */
const keyOf = (at: PartitionRef | null): string => (at === null ? '' : placeOf(at))

const codeOf = (fault: unknown): string => (isMagasinError(fault) ? fault.code : 'INTERNAL')
