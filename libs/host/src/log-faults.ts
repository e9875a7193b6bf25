import type { LogSettings } from '@magasin/service-kit/service-settings'

/** For `readSettings` of a service that reads the events of another one and runs by itself. */
export function logFaults({ log }: Pick<LogSettings, 'log'>): readonly string[] {
  return log === 'table'
    ? [
        'MAGASIN_LOG must be kafka://host:port for a service that reads events and runs by itself: a table is read in the process of the store (`magasin start`)',
      ]
    : []
}
