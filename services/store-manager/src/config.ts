import { accessFaults } from '@magasin/service-kit/access'
import { readModelsSetting } from '@magasin/service-kit/read-models-setting'
import { serviceSettings } from '@magasin/service-kit/service-settings'
import { users } from '@magasin/shop-contracts/families/users'
import {
  defineSettings,
  readSettings,
  setting,
  type Environment,
  type SettingValues,
} from '@magasin/service-kit/settings'

/** What the store-manager can be told. */
export const storeManagerSettings = defineSettings({
  ...serviceSettings({
    port: 5000,
    portMeaning: 'The port of the store; Coolriel, served alone, listens on 5010',
    labTopic: users.topic.name,
  }),
  token: setting.secret('MAGASIN_TOKEN', 'The first manager’s token; unset, it is made at the first start', {
    minLength: 16,
  }),
  access: setting.oneOf('MAGASIN_ACCESS', ['token', 'open'], 'token', '`open`: no token is needed; only on loopback'),
  readModels: readModelsSetting(
    'Where the store keeps the read models of its reports: `sqlite`, a file of the data folder, or `redis://host:port`',
  ),
  testRoutes: setting.oneOf(
    'MAGASIN_TEST_ROUTES',
    ['on', 'off'],
    'off',
    '`on`: `GET /test/slow/:seconds` answers after that long, for experiments with timeouts',
  ),
})

export type StoreManagerConfig = SettingValues<typeof storeManagerSettings>

/** Reads the environment. Throws CONFIG_INVALID, which lists every fault. */
export function readStoreManagerConfig(env: Environment = process.env): StoreManagerConfig {
  return readSettings(storeManagerSettings, env, accessFaults)
}
