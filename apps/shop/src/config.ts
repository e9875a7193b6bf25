import { coolrielSettings } from '@magasin/coolriel/config'
import { accessFaults } from '@magasin/service-kit/access'
import { defineSettings, readSettings, type SettingValues } from '@magasin/service-kit/settings'
import { storeManagerSettings } from '@magasin/store-manager/config'

/** What the shop can be told: all that its services can. */
export const shopSettings = defineSettings({ ...storeManagerSettings, ...coolrielSettings })

export type ShopConfig = SettingValues<typeof shopSettings>

/** Reads the environment. Throws CONFIG_INVALID, which lists every fault. */
export function readShopConfig(env: Readonly<Record<string, string | undefined>> = process.env): ShopConfig {
  return readSettings(shopSettings, env, accessFaults)
}
