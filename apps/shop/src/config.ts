import { coolrielSettings } from '@magasin/coolriel/config'
import { accessFaults } from '@magasin/service-kit/access'
import { defineSettings, readSettings, type Environment, type SettingValues } from '@magasin/service-kit/settings'
import { storeManagerSettings } from '@magasin/store-manager/config'

/** What the shop can be told: all that its services can. The port is the store's. */
export const shopSettings = defineSettings({
  ...storeManagerSettings,
  ...coolrielSettings,
  port: storeManagerSettings.port,
})

export type ShopConfig = SettingValues<typeof shopSettings>

/** Reads the environment. Throws CONFIG_INVALID, which lists every fault. */
export function readShopConfig(env: Environment = process.env): ShopConfig {
  return readSettings(shopSettings, env, accessFaults)
}
