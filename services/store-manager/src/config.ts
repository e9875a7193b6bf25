import { logLevels } from '@magasin/service-kit/logger'
import { defineSettings, setting } from '@magasin/service-kit/settings'

/** What the store-manager can be told. */
export const storeManagerSettings = defineSettings({
  host: setting.text('HOST', '127.0.0.1', 'The address on which services listen'),
  port: setting.port('PORT', 5000, 'The port of the store'),
  dataDir: setting.text('MAGASIN_DATA', 'data', 'The folder of the databases and tokens'),
  token: setting.secret('MAGASIN_TOKEN', 'The first manager’s token; unset, it is made at the first start', {
    minLength: 16,
  }),
  access: setting.oneOf('MAGASIN_ACCESS', ['token', 'open'], 'token', '`open`: no token is needed; only on loopback'),
  database: setting.oneOf('MAGASIN_DB', ['sqlite'], 'sqlite', 'The engine of each service’s own database'),
  log: setting.oneOf(
    'MAGASIN_LOG',
    ['table'],
    'table',
    'What carries events to subscribers: `table`, the event table itself',
  ),
  logLevel: setting.oneOf('LOG_LEVEL', logLevels, 'info', 'The least level that is logged'),
})
