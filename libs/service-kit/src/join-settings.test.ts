import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { joinSettings } from './join-settings.ts'
import { setting } from './settings.ts'

const logLevel = setting.text('LOG_LEVEL', 'info', 'What is logged')
const group = setting.name('KAFKA_GROUP_ID', 'letters', 'The group of letters')

describe('the settings of services in one process', () => {
  test('are those of each, and what they share once', () => {
    assert.deepEqual(Object.keys(joinSettings({ logLevel }, { logLevel, group })), ['logLevel', 'group'])
  })

  test('are refused if a second service takes the name of a setting for another of its own', () => {
    const others = [
      { group: setting.name('INVOICES_GROUP', 'invoices', 'The group of invoices') },
      { group: setting.name('KAFKA_GROUP_ID', 'invoices', 'The group of invoices') },
      { invoicesGroup: setting.name('KAFKA_GROUP_ID', 'letters', 'The group of invoices') },
    ]
    for (const other of others) assert.throws(() => joinSettings({ group }, other), /do not mean the same/)
  })
})
