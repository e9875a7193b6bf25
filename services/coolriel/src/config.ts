import { logFaults } from '@magasin/host/log-faults'
import { serviceSettings } from '@magasin/service-kit/service-settings'
import { users } from '@magasin/shop-contracts/families/users'
import {
  defineSettings,
  readSettings,
  setting,
  type Environment,
  type SettingValues,
} from '@magasin/service-kit/settings'

/** What Coolriel can be told. */
export const coolrielSettings = defineSettings({
  ...serviceSettings({
    port: 5010,
    portMeaning: 'The port of Coolriel’s health and metrics',
    labTopic: users.topic.name,
  }),
  group: setting.name('KAFKA_GROUP_ID', 'coolriel', 'The group as which Coolriel reads; another one begins anew'),
  offsetReset: setting.oneOf(
    'KAFKA_AUTO_OFFSET_RESET',
    ['earliest'],
    'earliest',
    'Where a new group begins: at the first event, always',
    { because: 'from any later one on, events that were published before would get no e-mail' },
  ),
  mail: setting.oneOf('MAGASIN_MAIL', ['folder'], 'folder', 'How e-mails leave: `folder`, as files'),
  outputDir: setting.text('OUTPUT_DIR', 'output', 'The folder into which e-mails are written'),
})

export type CoolrielConfig = SettingValues<typeof coolrielSettings>

/** Reads the environment of a Coolriel that runs by itself. Throws CONFIG_INVALID, which lists every fault. */
export function readCoolrielConfig(env: Environment = process.env): CoolrielConfig {
  return readSettings(coolrielSettings, env, logFaults)
}
