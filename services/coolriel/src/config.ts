import { defineSettings, setting } from '@magasin/service-kit/settings'

/** What Coolriel can be told. */
export const coolrielSettings = defineSettings({
  mail: setting.oneOf('MAGASIN_MAIL', ['folder'], 'folder', 'How e-mails leave: `folder`, as files'),
  outputDir: setting.text('OUTPUT_DIR', 'output', 'The folder into which e-mails are written'),
})
