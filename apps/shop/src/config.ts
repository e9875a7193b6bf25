import { coolrielSettings } from '@magasin/coolriel/config'
import { accessFaults } from '@magasin/service-kit/access'
import { joinSettings } from '@magasin/service-kit/join-settings'
import { readSettings, type Environment, type SettingValues } from '@magasin/service-kit/settings'
import { storeManagerSettings } from '@magasin/store-manager/config'

const { port: _portOfItsOwn, ...settingsOfCoolriel } = coolrielSettings
/** What the shop can be told: all that its services can. The port is the store's. */
export const shopSettings = joinSettings(storeManagerSettings, settingsOfCoolriel)

export type ShopConfig = SettingValues<typeof shopSettings>

/** Reads the environment. Throws CONFIG_INVALID, which lists every fault. */
export function readShopConfig(env: Environment = process.env): ShopConfig {
  return readSettings(shopSettings, env, accessFaults)
}
