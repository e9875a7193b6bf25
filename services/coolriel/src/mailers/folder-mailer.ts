import { randomUUID } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Email } from '../rendering/email.ts'
import { makeFolder, syncFolder } from '@magasin/service-kit/durable-folder'
import { replaceFile, writeDurably } from '@magasin/service-kit/replace-file'
import { shareNext } from '@magasin/sql/share-next'
import type { Mailer } from './mailer.ts'

export interface FolderMailerOptions {
  readonly dir: string
}

/**
 * A mailer that writes `{fileName}.html` into a folder, which it makes where there is none.
 * A page is there whole or not at all, whatever happens to the process; an e-mail that is sent again is the same file again.
 * What a killed process left half written is removed here. Throws OUTPUT_FOLDER_UNUSABLE, also from `check`.
 */
export async function openFolderMailer(options: FolderMailerOptions): Promise<Mailer> {
  const dir = resolve(options.dir)
  const sync = shareNext(() => syncFolder(dir))
  const check = (): Promise<void> => explained(dir, () => probe(dir))
  await explained(dir, () => makeFolder(dir))
  await check()
  await explained(dir, () => removeLeftovers(dir))
  return {
    async send(email, signal) {
      signal?.throwIfAborted()
      // Also if the same bytes are there already: a process that was killed may have written them without making them durable.
      const file = join(dir, pageName(email))
      await replaceFile({ file, draft: draftIn(dir), write: (draft) => writeDurably(draft, email.html), signal })
      // The new name is durable only with its folder; all who wait for that share one sync of it.
      await sync()
    },
    check,
    close: () => Promise.resolve(),
  }
}

/** Letters, digits, `_` and `-` only: no such name leads out of the folder, hides, or takes a leftover's place. */
function pageName({ fileName }: Email): string {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(fileName))
    throw new MagasinError(
      shopErrors.RECIPIENT_REFUSED,
      'an e-mail needs a file name of 1 to 200 letters, digits, "_" and "-": correct its definition',
    )
  return `${fileName}.html`
}

/** Hidden, and never the same twice. */
const draftIn = (dir: string): string => join(dir, `.magasin-${randomUUID()}.tmp`)
const draftName = /^\.magasin-[0-9a-f-]{36}\.tmp$/

/**
 * Removes what killed processes left. A process that still writes here (none does in one shop, an old one may while it is replaced)
 * only sees its rename fail, and tries again.
 */
async function removeLeftovers(dir: string): Promise<void> {
  const names = await readdir(dir)
  for (const name of names) if (draftName.test(name)) await rm(join(dir, name), { force: true })
}

/** Writes and removes a file: permissions alone say nothing of a read-only or a full disk. */
async function probe(dir: string): Promise<void> {
  const draft = draftIn(dir)
  try {
    await writeDurably(draft, '?')
  } finally {
    await rm(draft, { force: true })
  }
}

async function explained(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MagasinError(
      shopErrors.OUTPUT_FOLDER_UNUSABLE,
      `e-mails cannot be written to ${dir} (${reason}): correct the folder, or set OUTPUT_DIR to one that can be written`,
      { cause },
    )
  }
}
